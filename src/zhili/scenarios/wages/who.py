"""Who may do what on a project: an account by its seats, a worker by account or link, an office by where it reaches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from zhili.core import params
from zhili.core.cases import query
from zhili.core.people import grants
from zhili.core.people.actors import Actor
from zhili.scenarios.wages.models import Crew, Project, Seat, Worker

DOOR: Final = "wages"
"""The grants of workers' links open this door only (``grants.at_door``)."""
PARTY: Final = "worker:"
READERS: Final = frozenset({"handler", "leader", "commander", "auditor", "admin"})
"""Roles of posts that have to do with projects: a grid worker who sees the matter does not see days and wages."""


@dataclass(frozen=True)
class Hands:
    """What an account is on a project. ``firms``: those it speaks for; ``leads``: crews it leads."""

    officer: bool = False
    firms: frozenset[int] = frozenset()
    leads: frozenset[int] = frozenset()
    worker_id: int | None = None

    @property
    def any(self) -> bool:
        return self.officer or bool(self.firms) or bool(self.leads)

    def speaks_for(self, crew: Crew) -> bool:
        """Whether it may say "firm" of a crew."""
        return crew.firm_id in self.firms

    def keeps(self, crew: Crew) -> bool:
        """Whether it may register workers in a crew and hold its pad."""
        return self.officer or crew.firm_id in self.firms or crew.pk in self.leads


def works(actor: Actor) -> bool:
    """Whether a post is offered the pages: whoever handles, leads, commands or audits."""
    return actor.kind == "post" and bool(actor.roles & READERS)


def sees_crew(actor: Actor, crew: Crew) -> bool:
    """Of a project the actor has a part in: an account sees the crews it answers for, not those of other firms."""
    if actor.kind == "post" or crew.project.case.opener_id == actor.account_id:
        return True
    return hands(actor, crew.project).keeps(crew)


def worker_of(actor: Actor) -> Worker | None:
    """The worker whose own account this is. One query; none for a post, and none for nobody."""
    if actor.account_id is None or actor.kind != "account":
        return None
    return Worker.objects.filter(account_id=actor.account_id).first()


def hands(actor: Actor, project: Project) -> Hands:
    """Three queries at most; nothing for whoever has no account. Posts act for no firm, whoever holds them."""
    if actor.account_id is None or actor.kind != "account":
        return Hands()
    officer = project.officer_id == actor.account_id
    now = timezone.now()
    seats = Seat.objects.filter(project=project, account_id=actor.account_id, kind="clerk")
    firms = set(seats.filter(Q(until=None) | Q(until__gt=now)).values_list("firm_id", flat=True))
    if officer:
        firms.add(project.contractor_id)
    worker = Worker.objects.filter(account_id=actor.account_id).values_list("pk", flat=True).first()
    leads = (
        Crew.objects.filter(project=project, leader_id=worker, ended_on=None).values_list("pk", flat=True)
        if worker
        else ()
    )
    return Hands(officer, frozenset(firms), frozenset(leads), worker)


def projects(actor: Actor) -> QuerySet[Project]:
    """Those an actor works with: an office, what it may see; an account, where it has a part."""
    rows = Project.objects.select_related("case", "contractor", "developer", "division")
    if actor.kind == "post":
        if not works(actor):
            return rows.none()
        return rows.filter(case__in=query.visible(actor).filter(procedure="wages.project"))
    if actor.account_id is None or actor.kind != "account":
        return rows.none()
    now = timezone.now()
    seats = Seat.objects.filter(account_id=actor.account_id).filter(Q(until=None) | Q(until__gt=now))
    led = Crew.objects.filter(leader__account_id=actor.account_id, ended_on=None)
    return rows.filter(
        Q(officer_id=actor.account_id)
        | Q(case__opener_id=actor.account_id)
        | Q(pk__in=seats.values("project_id"))
        | Q(pk__in=led.values("project_id"))
    )


def link(project: Project, worker: Worker, param: str = "wages.link") -> str:
    """A new link code for a worker, for an SMS or a slip of paper; shown once. ``param``: how long it opens."""
    until = timezone.now() + timedelta(days=params.duration(param)[0].amount)
    code, row = grants.prepare(project.pk, f"{PARTY}{worker.code}", (), until, door=DOOR)
    grants.save([row])
    return code


def behind(code: str) -> tuple[Worker, Actor] | None:
    """Whose link it is, and as whom they act; None when it is unknown, over or taken back. Two queries."""
    grant = grants.at_door(code, DOOR)
    if grant is None or grant.revoked_at is not None:
        return None
    if grant.expires_at is not None and grant.expires_at <= timezone.now():
        return None
    worker = Worker.objects.filter(code=grant.party.removeprefix(PARTY)).first()
    if worker is None:
        return None
    return worker, Actor(kind="grant", id=grant.pk, grant_case=grant.case_id, grant_party=grant.party)
