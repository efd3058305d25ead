"""Registering workers into a crew (article 28), on a pad or a phone; the slip with code, digits and link."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor
from zhili.portal import receipts
from zhili.portal.asked import text_in
from zhili.portal.errors import attempt
from zhili.portal.lenses import Page
from zhili.scenarios.wages import asked, ending, registering, who
from zhili.scenarios.wages.kinds import ENDS, PAY
from zhili.scenarios.wages.models import Crew, DocumentPhoto, Engagement, WageSheet
from zhili.scenarios.wages.pages import photo
from zhili.scenarios.wages.registering import Person, Registered, Terms

FIELDS = ("name", "citizen_id", "phone", "bank_account", "pay", "rate", "starts")


def crew(request: HttpRequest, pk: int) -> HttpResponse:
    """A crew's people, and the form for one more; what was registered is shown once, with its digits and its link."""
    actor = asked.signed_in(request)
    if isinstance(actor, HttpResponse):
        return actor
    one = asked.crew_of(actor, pk)
    may = who.hands(actor, one.project).keeps(one)
    typed = {name: text_in(request.POST, name) for name in FIELDS}
    made, trouble = None, None
    if request.method == "POST":
        if not may:
            raise Refused("forbidden", _("工人由班组长、本单位劳资员或劳资专管员登记"), 403)
        made, trouble = attempt(lambda: _register(request, actor, one, typed))
    context: dict[str, Any] = {
        "crew": one,
        "rows": _rows(one),
        "may": may,
        "typed": typed if trouble else {"starts": timezone.localdate().isoformat()},
        "trouble": trouble,
        "pay": PAY,
        "today": timezone.localdate(),
        **_ends(actor, one),
    }
    if made is not None:
        context |= _slip(request, one, made)
    response = render(request, "wages/crew.html", context, status=trouble.status if trouble else 200)
    return asked.quiet(response)


def _register(request: HttpRequest, actor: Actor, one: Crew, typed: dict[str, str]) -> Registered:
    person = Person(typed["name"], typed["citizen_id"], typed["phone"], typed["bank_account"])
    if typed["pay"] not in dict(PAY):
        raise Refused("no_pay", _("请选择计薪方式"), 422)
    try:
        starts = date.fromisoformat(typed["starts"])
    except ValueError:
        raise Refused("bad_day", _("请填写进场日期"), 422) from None
    photo = request.FILES.get("photo")
    content = photo.read(registering.PHOTO_MOST + 1) if photo else b""
    return registering.register(actor, one, person, Terms(typed["pay"], fen(typed["rate"]), starts), content)


def fen(text: str) -> int:
    """Yuan as typed, in fen. Raises Refused."""
    try:
        amount = Decimal(text.replace(",", "").strip() or "x")
    except InvalidOperation:
        raise Refused("bad_rate", _("单价应是元，最多两位小数，例如 300 或 12.50"), 422) from None
    whole = amount * 100
    if not amount.is_finite() or whole != whole.to_integral_value() or not 0 < whole < 10**10:
        raise Refused("bad_rate", _("单价应是元，最多两位小数，例如 300 或 12.50"), 422)
    return int(whole)


def _slip(request: HttpRequest, one: Crew, made: Registered) -> dict[str, Any]:
    code = who.link(one.project, made.worker)
    address = request.build_absolute_uri(f"/wages/me/{code}")
    return {"made": made, "address": address, "picture": receipts.qr(address)}


def _rows(one: Crew) -> list[dict[str, Any]]:
    """Who is in the crew: by code and masked name, and how their contract stands. Three queries."""
    found = list(
        Engagement.objects.filter(crew=one, ends=None)
        .select_related("worker")
        .annotate(photo=Exists(DocumentPhoto.objects.filter(worker=OuterRef("worker"), sealed__isnull=False)))
        .prefetch_related("versions__signatures")
        .order_by("worker__code")
    )
    shown = asked.names([row.worker for row in found])
    rows = []
    for row in found:
        newest = max(row.versions.all(), key=lambda version: version.number, default=None)
        rows.append(
            {
                "one": row,
                "name": shown[row.worker_id],
                "leads": one.leader_id == row.worker_id,
                "signed": len(newest.signatures.all()) if newest else 0,
                "drafted": newest is not None,
                "rate": f"{row.rate_fen / 100:.2f}",
            }
        )
    return rows


def _ends(actor: Actor, one: Crew) -> dict[str, Any]:
    """Who may end work here, and who left in the last two months: each with what is left to settle. Four queries."""
    hands = who.hands(actor, one.project)
    since = timezone.localdate() - ending.EARLIEST
    gone = list(one.engagements.select_related("worker").filter(ends__gte=since).order_by("-ends", "pk"))
    shown = asked.names([row.worker for row in gone])
    sheets = WageSheet.objects.filter(settles__in=gone).exclude(state="void")
    settled = dict(sheets.values_list("settles_id", "pk"))
    return {
        "ends": hands.officer or hands.speaks_for(one),
        "settles": hands.speaks_for(one),
        "photos": photo.may(actor, one),
        "reasons": ENDS,
        "gone": [
            {
                "one": row,
                "name": shown[row.worker_id],
                "undo": ending.undoable(row),
                "sheet": settled.get(row.pk),
                "month": f"{row.ends:%Y-%m}",
            }
            for row in gone
        ],
    }


@require_POST
def link(request: HttpRequest, pk: int, engagement: int) -> HttpResponse:
    """A new link and new digits for a worker who lost theirs, shown once."""
    actor = asked.signed_in(request)
    if isinstance(actor, HttpResponse):
        return actor
    one = asked.crew_of(actor, pk)
    if not who.hands(actor, one.project).keeps(one):
        raise Refused("forbidden", _("工人由班组长、本单位劳资员或劳资专管员登记"), 403)
    found = one.engagements.select_related("worker").filter(pk=engagement).first()
    if found is None:
        raise Refused("no_worker", _("本项目没有这个工号，请先登记"), 404)
    made = Registered(found.worker, found, registering.new_pin(found.worker), True)
    context = {
        "crew": one,
        "rows": _rows(one),
        "may": True,
        "typed": {},
        "pay": PAY,
        "today": timezone.localdate(),
        **_ends(actor, one),
    }
    return asked.quiet(render(request, "wages/crew.html", context | _slip(request, one, made)))


pages = (
    Page("desk/wages/crews/<int:pk>", crew, "wages_crew"),
    Page("desk/wages/crews/<int:pk>/link/<int:engagement>", link, "wages_link"),
)
