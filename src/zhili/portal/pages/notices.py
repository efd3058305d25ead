"""Messages of this person and this office, newest first."""

from typing import Any

from django.apps import apps
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor, of_request

PAGE = 50
MANY = 99
"""More than this many unread are not counted one by one."""


def mine(actor: Actor) -> QuerySet[Any]:
    """In-app notices to the account, and to the office it acts for."""
    who = Q(account_id=actor.account_id)
    if actor.kind == "post":
        who |= Q(office_id=actor.office_id)
    return apps.get_model("notices", "Notice")._default_manager.filter(who, channel="app")


def unread_count(request: HttpRequest) -> int:
    if not request.user.is_authenticated:
        return 0
    try:
        return len(mine(of_request(request)).filter(read_at=None).values_list("id", flat=True)[:MANY])
    except LookupError:
        return 0


@login_required
def listing(request: HttpRequest) -> HttpResponse:
    actor = of_request(request)
    before = request.GET.get("before", "")
    found = mine(actor).order_by("-id")
    if before.isascii() and before.isdigit():
        found = found.filter(id__lt=int(before))
    page = list(found[: PAGE + 1])
    more = f"?before={page[PAGE - 1].pk}" if len(page) > PAGE else ""
    ids = {n.case_id for n in page[:PAGE] if n.case_id}
    numbers = dict(Case.objects.filter(pk__in=ids).values_list("pk", "number"))
    prefix = "/desk/c/" if actor.kind == "post" else "/c/"
    shown = [(n, f"{prefix}{numbers[n.case_id]}" if n.case_id in numbers else "") for n in page[:PAGE]]
    return render(request, "portal/notices.html", {"notices": shown, "more": more, "before": before})


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    mine(of_request(request)).filter(read_at=None).update(read_at=timezone.now(), state="read")
    return redirect("notices")
