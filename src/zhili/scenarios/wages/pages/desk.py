"""/desk/wages: the projects one works with, and each with its crews, its people, and whose word is lacking."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhili.base.codes import CodeError
from zhili.core.cases import doors, present
from zhili.core.cases.errors import Refused
from zhili.core.people import phones
from zhili.core.people.actors import Actor
from zhili.core.registers import firms
from zhili.core.registers.models import Firm
from zhili.core.web.words import fault_of
from zhili.portal.asked import text_in
from zhili.portal.lenses import Page
from zhili.scenarios.wages import asked, days, who
from zhili.scenarios.wages.kinds import PARTIES
from zhili.scenarios.wages.models import Crew, Project, Seat, Worker
from zhili.scenarios.wages.money import warned

SHOWN = 200
RECENT = timedelta(days=40)
SEATED = "wages_seated"


def index(request: HttpRequest) -> HttpResponse:
    actor = asked.signed_in(request)
    if isinstance(actor, HttpResponse):
        return actor
    words = text_in(request.GET, "q")
    rows = who.projects(actor)
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(case__number__contains=words))
    rows = rows.annotate(crews_now=Count("crews", filter=Q(crews__ended_on=None), distinct=True))
    found = list(rows.order_by("-case_id")[:SHOWN])
    context = {
        "rows": [{"one": one, "stage": present.stage_title(one.case)} for one in found],
        "q": words,
        "may_file": actor.kind == "account" or bool(actor.roles & {"handler", "leader"}),
    }
    return render(request, "wages/index.html", context)


def project(request: HttpRequest, number: str) -> HttpResponse:
    actor = asked.signed_in(request)
    if isinstance(actor, HttpResponse):
        return actor
    one = asked.project_of(actor, number)
    hands = who.hands(actor, one)
    today = timezone.localdate()
    crews = list(
        one.crews.select_related("firm", "leader")
        .annotate(people=Count("engagements", filter=Q(engagements__ends=None)))
        .order_by("ended_on", "firm__name", "name")
    )
    manages = hands.officer or (actor.kind == "account" and one.case.opener_id == actor.account_id)
    seen = {crew.pk for crew in crews if actor.kind == "post" or manages or hands.keeps(crew)}
    seats = one.seats.select_related("firm").filter(until=None)
    context = {
        "one": one,
        "stage": present.stage_title(one.case),
        "hands": hands,
        "crews": [
            {
                "one": crew,
                "seen": crew.pk in seen,
                "leader": asked.names([crew.leader])[crew.leader.pk] if crew.leader else "",
            }
            for crew in crews
        ],
        "seats": list(seats.order_by("firm__name")),
        "lacking": [row for row in _lacking(one, crews) if row["crew_id"] in seen],
        "today": today,
        "officer": one.contacts.get("officer", {}),
        "deposit": f"{one.deposit_fen / 100:,.2f}" if one.deposit_kind != "none" else "",
        "warnings": warned.of(one) if hands.officer or actor.kind == "post" else None,
        "manages": manages,
    }
    return render(request, "wages/project.html", context)


def _lacking(one: Project, crews: Sequence[Crew]) -> list[dict[str, Any]]:
    """Days of the last forty days that are not confirmed, by crew and day: how many lines, whose word is lacking."""
    today = timezone.localdate()
    names, parts = {crew.pk: crew.name for crew in crews}, dict(PARTIES)
    found: dict[tuple[Any, int], dict[str, Any]] = {}
    for line in days.lacking(one, today - RECENT, today + timedelta(days=1)):
        row = found.setdefault(
            (line.date, line.crew_id),
            {"date": line.date, "crew_id": line.crew_id, "crew": names.get(line.crew_id, ""), "lines": 0,
             "missing": {}, "disputed": 0},
        )  # fmt: skip
        row["lines"] += 1
        row["disputed"] += bool(line.disputed)
        for role in line.missing:
            row["missing"][role] = row["missing"].get(role, 0) + 1
    for row in found.values():
        row["missing"] = [(parts[role], count) for role, count in sorted(row["missing"].items())]
    return [found[key] for key in sorted(found, reverse=True)]


@require_POST
def add_crew(request: HttpRequest, number: str) -> HttpResponse:
    actor = asked.signed_in(request)
    if isinstance(actor, HttpResponse):
        return actor
    one = asked.project_of(actor, number)
    return asked.done(request, lambda: _add_crew(request, actor, one), f"/desk/wages/{number}")


def _add_crew(request: HttpRequest, actor: Actor, one: Project) -> str:
    hands = who.hands(actor, one)
    firm = _firm(text_in(request.POST, "firm"))
    if not (hands.officer or firm.pk in hands.firms):
        raise Refused("forbidden", _("班组由劳资专管员或本单位劳资员登记"), 403)
    name = " ".join(text_in(request.POST, "name").split())[:40]
    if not name:
        raise Refused("no_name", _("请填写班组名称"), 422)
    made, new = Crew.objects.get_or_create(project=one, firm=firm, name=name)
    if not new:
        raise Refused("known", _("这个单位已有同名的班组"), 409)
    return _("已登记班组：%(name)s") % {"name": made.name}


@require_POST
def appoint(request: HttpRequest, number: str) -> HttpResponse:
    """Name a clerk of a firm, a crew's leader, or another officer."""
    actor = asked.signed_in(request)
    if isinstance(actor, HttpResponse):
        return actor
    one = asked.project_of(actor, number)
    return asked.done(request, lambda: _appoint(request, actor, one), f"/desk/wages/{number}")


def _appoint(request: HttpRequest, actor: Actor, one: Project) -> str:
    hands, kind = who.hands(actor, one), text_in(request.POST, "kind")
    if kind == "leader":
        return _lead(request, hands, one)
    opener = actor.kind == "account" and one.case.opener_id == actor.account_id
    if not (hands.officer or opener):
        raise Refused("forbidden", _("人员由施工总承包单位的劳资专管员指定"), 403)
    try:
        account = phones.join(phones.tidy(text_in(request.POST, "phone")))
    except CodeError as error:
        raise Refused("bad_phone", fault_of(error), 422) from None
    with transaction.atomic():
        if kind == "officer":
            Project.objects.filter(pk=one.pk).update(officer=account)
            firm_id = one.contractor_id
        elif kind == "clerk":
            firm_id = _firm(text_in(request.POST, "firm")).pk
            seat = {"project": one, "firm_id": firm_id, "account": account, "kind": kind, "until": None}
            Seat.objects.get_or_create(**seat, defaults={"since": timezone.now()})
        else:
            raise Refused("bad_kind", _("请选择身份"), 422)
        what = {"project": one.case.number, "kind": kind}
        doors.record(SEATED, actor, what, {"account": account.pk, "firm": firm_id})
    return _("已指定。请对方用这个手机号登录。")


def _lead(request: HttpRequest, hands: who.Hands, one: Project) -> str:
    crew = one.crews.filter(pk=int(text_in(request.POST, "crew") or 0)).first()
    if crew is None or not (hands.officer or crew.firm_id in hands.firms):
        raise Refused("forbidden", _("班组长由劳资专管员或本单位劳资员指定"), 403)
    code = text_in(request.POST, "code").upper()
    worker = Worker.objects.filter(code=code, engagements__crew__project=one).first()
    if worker is None:
        raise Refused("no_worker", _("本项目没有这个工号，请先登记"), 422)
    crew.leader = worker
    crew.save(update_fields=["leader"])
    return _("已指定班组长。")


def _firm(code: str) -> Firm:
    try:
        return firms.get(code)
    except Firm.DoesNotExist:
        raise Refused("no_firm", _("登记里没有这个统一社会信用代码的单位，请核对"), 422) from None


pages = (
    Page("desk/wages", index, "wages_index"),
    Page("desk/wages/<str:number>", project, "wages_project"),
    Page("desk/wages/<str:number>/crews", add_crew, "wages_add_crew"),
    Page("desk/wages/<str:number>/appoint", appoint, "wages_appoint"),
)
