"""Messages of this person and this office, newest first."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from zhili.core.cases.models import Case
from zhili.core.notices import reading
from zhili.core.notices.models import Notice
from zhili.core.people.actors import of_request
from zhili.portal.asked import number_in

PAGE = 50


def unread_count(request: HttpRequest) -> int:
    return reading.unread(of_request(request)) if request.user.is_authenticated else 0


@login_required
def listing(request: HttpRequest) -> HttpResponse:
    actor = of_request(request)
    found = reading.mine(actor).order_by("-id")
    if (before := number_in(request.GET, "before")) is not None:
        found = found.filter(id__lt=before)
    page = list(found[: PAGE + 1])
    more = f"?before={page[PAGE - 1].pk}" if len(page) > PAGE else ""
    ids = {n.case_id for n in page[:PAGE] if n.case_id}
    numbers = dict(Case.objects.filter(pk__in=ids).values_list("pk", "number"))
    prefix = "/desk/c/" if actor.kind == "post" else "/c/"
    shown = [(n, _where(n, prefix, numbers)) for n in page[:PAGE]]
    return render(request, "portal/notices.html", {"notices": shown, "more": more})


def _where(notice: Notice, prefix: str, numbers: dict[int, str]) -> str:
    """What a message leads to."""
    if notice.kind.startswith("personal."):
        return "/my/data"
    return f"{prefix}{numbers[notice.case_id]}" if notice.case_id in numbers else ""


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    reading.mark_read(of_request(request))
    return redirect("notices")
