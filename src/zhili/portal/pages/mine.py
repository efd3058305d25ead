"""A resident's own matters, and finding one by its number and code."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from zhili.base.codes import CodeError, parse_case_number
from zhili.core.cases import joining, query
from zhili.core.cases.models import Case
from zhili.core.people import grants
from zhili.core.people.actors import of_request
from zhili.core.web import words
from zhili.portal.asked import number_in
from zhili.portal.rows import rows

PAGE = 30


def mine(request: HttpRequest) -> HttpResponse:
    """/my. Without an account there is no list: the page says how to look one up instead."""
    actor = of_request(request)
    if actor.account_id is None:
        return render(request, "portal/my_stranger.html", {})
    found = query.own(actor)
    if (before := number_in(request.GET, "before")) is not None:
        found = found.filter(id__lt=before)
    page = list(found[: PAGE + 1])
    more = f"?before={page[PAGE - 1].pk}" if len(page) > PAGE else ""
    joined = joining.of_account(actor)[:PAGE] if before is None else []
    context = {"rows": rows(page[:PAGE], desk=False), "more": more, "joined": rows(joined, desk=False)}
    return render(request, "portal/my.html", context)


def track(request: HttpRequest) -> HttpResponse:
    """/track: number and, for one's own anonymous report, the code."""
    typed = {
        "number": request.POST.get("number", request.GET.get("number", "")),
        "code": request.POST.get("code", ""),
    }
    if request.method != "POST":
        return render(request, "portal/track.html", {"typed": typed, "errors": {}})
    errors: dict[str, str] = {}
    number = ""
    try:
        number = parse_case_number(typed["number"])
    except CodeError as error:
        errors["number"] = words.fault_of(error)
    code = typed["code"].strip()
    if number and not code and not _open_to_all(request, number):
        errors["code"] = gettext("没有找到可以公开查看的这件事。是您本人报的，请同时填写查询码。")
    if number and code:
        granted = grants.resolve(code)
        case = Case.objects.filter(number=number).values_list("pk", flat=True).first()
        if granted is None or granted.grant_case != case:
            errors["code"] = gettext("编号和查询码对不上，请核对后再试。")
    if errors:
        return render(request, "portal/track.html", {"typed": typed, "errors": errors}, status=422)
    target = f"/c/{number}"
    return redirect(f"{target}?g={code.replace(' ', '')}" if code else target)


def _open_to_all(request: HttpRequest, number: str) -> bool:
    case = Case.objects.filter(number=number).first()
    if case is None:
        return False
    return query.sees(of_request(request), case) or query.public().filter(pk=case.pk).exists()
