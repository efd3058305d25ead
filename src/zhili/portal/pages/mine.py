"""A resident's own matters, and finding one by its number and code."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from zhili.base.codes import CodeError, parse_case_number
from zhili.core.cases import claiming, joining, query
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.people import grants
from zhili.core.people.actors import of_request
from zhili.core.web import words
from zhili.portal.asked import number_in, text_in
from zhili.portal.public_matters import answered
from zhili.portal.rows import rows

PAGE = 30
LONGEST = 60


def mine(request: HttpRequest) -> HttpResponse:
    """/my. Without an account there is no list: the page says how to look one up instead."""
    actor = of_request(request)
    if actor.account_id is None:
        return render(request, "portal/my_stranger.html", {})
    view, text = text_in(request.GET, "view"), text_in(request.GET, "q")
    found = query.own(actor)
    counts = found.order_by().aggregate(**{name: Count("pk", filter=part) for name, part in _views().items()})
    found = found.filter(_views().get(view, Q()))
    if text:
        digits = "".join(sign for sign in text if sign.isdigit())
        told = Q(title__icontains=text) | Q(address__icontains=text)
        found = found.filter(told | Q(number__contains=digits) if len(digits) > 3 else told)
    if (before := number_in(request.GET, "before")) is not None:
        found = found.filter(id__lt=before)
    page = list(found[: PAGE + 1])
    asked = urlencode({name: value for name, value in (("view", view), ("q", text)) if value})
    joined = joining.of_account(actor)[:PAGE] if before is None and not asked else []
    context = {
        "rows": rows(page[:PAGE], desk=False),
        "more": f"?{asked}&before={page[PAGE - 1].pk}" if len(page) > PAGE else "",
        "joined": rows(joined, desk=False, own=False),
        "tabs": [(name, title, counts[name or "all"]) for name, title in _tabs()],
        "view": view if view in _views() else "",
        "text": text,
        "total": counts["all"],
        "typed": {"number": "", "code": ""},
        "errors": {},
    }
    return render(request, "portal/my.html", context)


def _views() -> dict[str, Q]:
    """Open: an office owes the next step. Waiting: the reporter may answer, rate or contest. Done: closed."""
    turn = Q(closed_at=None) & (~Q(party="") | answered())
    return {
        "all": Q(pk__isnull=False),
        "open": Q(closed_at=None) & ~turn,
        "waiting": turn,
        "done": Q(closed_at__isnull=False),
    }


def _tabs() -> list[tuple[str, str]]:
    return [
        ("", gettext("全部")),
        ("waiting", gettext("等您")),
        ("open", gettext("正在办")),
        ("done", gettext("已办结")),
    ]


def add(request: HttpRequest) -> HttpResponse:
    """/my/add: a report made without an account, by its number and code, into the list of one's own."""
    actor = of_request(request)
    typed = {
        "number": request.POST.get("number", request.GET.get("number", ""))[:LONGEST],
        "code": request.POST.get("code", "")[:LONGEST],
    }
    if actor.account_id is None:
        return redirect(f"{reverse('account_login')}?{urlencode({'next': '/my/add'})}")
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            case = claiming.claim(parse_case_number(typed["number"]), typed["code"].strip(), actor)
        except CodeError as error:
            errors["number"] = words.fault_of(error)
        except Refused as refused:
            errors["code"] = refused.message
        else:
            messages.success(request, gettext("已加到“我的事”，以后在这里就能看。"))
            return redirect("case", case.number)
    context = {"typed": typed, "errors": errors}
    return render(request, "portal/my_add.html", context, status=422 if errors else 200)


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
