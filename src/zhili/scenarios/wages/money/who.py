"""Who does what with money on a project. Who is what there is ``wages.who``'s; here is only what each may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from zhili.base.codes import CodeError, parse_case_number
from zhili.core.people.actors import Actor
from zhili.scenarios.wages import who
from zhili.scenarios.wages.models import Crew, Project, Seat, WageLine, WageSheet


@dataclass(frozen=True)
class May:
    """What an actor may do on a project. An office looks and does nothing: it acts through warnings and complaints.

    ``drafts``: firms whose crews' sheets it draws up. ``pays``: it is the contractor's officer. ``told``: it tells
    figures.
    """

    reads: bool
    drafts: frozenset[int] = frozenset()
    pays: bool = False
    told: bool = False

    def drafts_for(self, crew: Crew) -> bool:
        return crew.firm_id in self.drafts


def labour(actor: Actor) -> bool:
    """Posts of a county or the city that work with matters, the labour office among them: they are offered the page."""
    works = bool(actor.roles & {"handler", "leader", "auditor"})
    return actor.kind == "post" and works and actor.office_level in ("county", "city")


def may(actor: Actor, project: Project) -> May:
    """Asked anew for each request. Raises Http404 for whoever has no part: as if there were no such project."""
    if actor.kind == "post":
        if not projects(actor).filter(pk=project.pk).exists():
            raise Http404
        return May(True, told=bool(actor.roles & {"handler", "leader"}))
    hands = who.hands(actor, project)
    if not (hands.officer or hands.firms):
        raise Http404
    return May(True, hands.firms, hands.officer, hands.officer)


def projects(actor: Actor) -> QuerySet[Project]:
    """Those whose money an actor may look at. A team leader sees the days of a crew, not the wages of its workers."""
    rows = who.projects(actor)
    if actor.kind != "account":
        return rows
    return rows.filter(Q(officer_id=actor.account_id) | Q(pk__in=_seats(actor).values("project_id")))


def sheets_of(actor: Actor) -> Q:
    """The sheets of an account: of its own firms' crews as their clerk, all of a project as the contractor's
    officer.
    """
    seats = _seats(actor).filter(project=OuterRef("project_id"))
    own = Exists(seats.filter(firm=OuterRef("crew__firm_id")))
    return Q(project__officer_id=actor.account_id) | Q(own)


def to_draft(project: Project, known: May, month: date) -> set[int]:
    """The crews whose sheets of a month are still to be drawn up: of the firms it draws up for, none checked yet."""
    crews = set(project.crews.filter(firm__in=known.drafts).values_list("pk", flat=True))
    fixed = WageSheet.objects.filter(crew__in=crews, month=month, settles=None)
    return crews - set(fixed.exclude(state__in=("draft", "void")).values_list("crew_id", flat=True))


def _seats(actor: Actor) -> QuerySet[Seat]:
    held = Seat.objects.filter(account_id=actor.account_id or 0, kind="clerk")
    return held.filter(Q(until=None) | Q(until__gt=timezone.now()))


def project(number: str, actor: Actor) -> tuple[Project, May]:
    """By its number; 404 unless the actor has a part in it."""
    try:
        parsed = parse_case_number(number)
    except CodeError:
        raise Http404 from None
    rows = Project.objects.select_related("case", "developer", "contractor", "division")
    found = rows.filter(case__number=parsed).first()
    if found is None:
        raise Http404
    return found, may(actor, found)


def sheet(pk: int, actor: Actor) -> tuple[WageSheet, May]:
    rows = WageSheet.objects.select_related(
        "project__case", "project__contractor", "crew__firm", "settles__worker"
    )
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    known = may(actor, found.project)
    if actor.kind == "account" and not known.pays and found.crew.firm_id not in known.drafts:
        raise Http404
    return found, known


def line(pk: int, actor: Actor) -> tuple[WageLine, May]:
    rows = WageLine.objects.select_related("sheet__project__case", "sheet__crew__firm", "engagement__worker")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    _sheet, known = sheet(found.sheet_id, actor)
    return found, known
