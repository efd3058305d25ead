"""Rows that have no leaf of their own: held against the changes, and against the document a lot of officers left."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db import models
from django.db.models import Count

from zhili.core.people.offices import tree
from zhili.core.trail.audit.covering import LeafRow
from zhili.core.trail.audit.faults import Fault, Part, short
from zhili.core.trail.models import Change
from zhili.core.visits.answers import VISIT
from zhili.core.visits.models import Apart, Assignment, Conflict, DueCheck, Officer, Plan, Visit, VisitState
from zhili.core.visits.officers import name as name_of

NOT_OF_VISITS = ("id", "plan_id", "premises_id", "date", "counted", "explanation")
"""Columns of a visit that only the plan's digest speaks of, which names no row."""


@dataclass(frozen=True)
class _Table:
    """What covers without leaves share: rows in order of their key, a batch at a time."""

    model: type[models.Model]
    without: Collection[str]
    step: int = 2_000

    @property
    def name(self) -> str:
        return self.model._meta.db_table

    @property
    def beside(self) -> Mapping[str, Collection[str]]:
        return {self.name: self.without}

    @property
    def claims(self) -> Callable[[LeafRow], bool]:
        return lambda _leaf: False

    def size(self) -> int:
        return self.model._base_manager.count()

    def of_leaves(self, leaves: Sequence[LeafRow], *, thorough: bool) -> list[Fault]:
        return []

    def batch(self, after: Any) -> Part:
        rows: models.QuerySet = self.model._base_manager.order_by("pk")
        found = list((rows.filter(pk__gt=after) if after is not None else rows)[: self.step])
        part = Part(len(found), after=found[-1].pk if len(found) == self.step else None)
        part.faults += self.wrong(found)
        if part.after is None:
            part.faults += self.gone()
        return part

    def wrong(self, rows: Sequence[Any]) -> Iterator[Fault]:
        """What is wrong with these rows."""
        raise NotImplementedError

    def gone(self) -> Iterator[Fault]:
        """Rows that should be there."""
        raise NotImplementedError


@dataclass(frozen=True)
class Paired(_Table):
    """Rows known by a pair of ids: each was added by a change and not ended since, with its reason."""

    subject: str = ""
    pair: tuple[str, str] = ("", "")

    def wrong(self, rows: Sequence[Any]) -> Iterator[Fault]:
        last = self._last([self._key(row) for row in rows])
        for row in rows:
            change = last.get(self._key(row))
            if change is None or change.done != "added":
                yield Fault("added", self.name, str(row.pk), "|".join(self.pair), found=self._key(row))
            elif change.after.get("reason") != row.reason:
                told = short(change.after.get("reason"))
                yield Fault("altered", self.name, str(row.pk), "reason", told, short(row.reason))

    def gone(self) -> Iterator[Fault]:
        there = {"-".join(map(str, pair)) for pair in self.model._base_manager.values_list(*self.pair)}
        for key, change in self._last(None).items():
            if change.done == "added" and key not in there:
                yield Fault("gone", self.name, key)

    def _key(self, row: Any) -> str:
        return "-".join(str(getattr(row, name)) for name in self.pair)

    def _last(self, keys: list[str] | None) -> dict[str, Change]:
        made = Change.objects.filter(subject=self.subject)
        if keys is not None:
            made = made.filter(key__in=keys)
        return {one.key: one for one in made.order_by("key", "-id").distinct("key")}


@dataclass(frozen=True)
class Teams(_Table):
    """Who goes: what the document of the assignment says, or the change of a visit that no plan sent anybody to."""

    def wrong(self, rows: Sequence[Officer]) -> Iterator[Fault]:
        documents = {
            one.pk: _told(one)
            for one in Assignment.objects.filter(pk__in={r.assignment_id for r in rows if r.assignment_id})
        }
        sent = _sent({row.visit_id for row in rows if row.assignment_id is None})
        for row in rows:
            if row.assignment_id is None:
                known = (row.visit_id, row.body_id, row.inspector_id) in sent
            else:
                node = tree().nodes.get(row.body_id)
                told = (row.visit_id, node.code if node else "", name_of(row.inspector_id))
                known = told in documents.get(row.assignment_id, ())
            if not known:
                yield Fault("added", self.name, str(row.pk), "visit_id|inspector_id|body_id|assignment_id")

    def gone(self) -> Iterator[Fault]:
        by_plan = groupby(Assignment.objects.order_by("plan_id", "-id"), lambda one: one.plan_id)
        for last in (next(own) for _plan, own in by_plan):
            rows = Officer.objects.filter(assignment=last).values_list("visit_id", "inspector_id")
            there = {(visit, name_of(inspector)) for visit, inspector in rows}
            for visit, _code, said in _told(last):
                if (visit, said) not in there:
                    yield Fault("gone", self.name, f"visit {visit} {said}")


def _told(one: Assignment) -> set[tuple[int, str, str]]:
    """(visit, code of the body, officer's number) of a document."""
    return {(visit, code, said) for visit, _day, code, team in one.document["visits"] for said in team}


def _sent(visits: Collection[int]) -> set[tuple[int, int, int]]:
    """(visit, body, inspector) of visits made outside a plan, from the change that made each."""
    made = Change.objects.filter(subject=VISIT, done="added", key__in=[str(one) for one in visits])
    return {
        (int(one.key), body, inspector) for one in made for body, inspector in one.after.get("officers", ())
    }


@dataclass(frozen=True)
class States(_Table):
    """A visit's state is what its last change says, or its plan; its bodies are those of its checks."""

    def wrong(self, rows: Sequence[Visit]) -> Iterator[Fault]:
        made = Change.objects.filter(subject=VISIT, key__in=[str(row.pk) for row in rows])
        last = {
            one.key: one.after["state"]
            for one in made.filter(after__has_key="state").order_by("key", "-id").distinct("key")
        }
        dropped = set(
            Plan.objects.filter(
                pk__in={row.plan_id for row in rows if row.plan_id}, state="dropped"
            ).values_list("pk", flat=True)
        )
        bodies: dict[int, set[int]] = {}
        for visit, body in DueCheck.objects.filter(visit__in=rows).values_list("visit_id", "body_id"):
            bodies.setdefault(visit or 0, set()).add(body)
        for row in rows:
            key = str(row.pk)
            state = VisitState.DROPPED if row.plan_id in dropped else last.get(key, VisitState.PLANNED)
            if row.plan_id is None and key not in last:
                yield Fault("added", self.name, key, "plan_id")
            if row.state != state:
                yield Fault("altered", self.name, key, "state", str(state), str(row.state))
            if state != VisitState.DROPPED and sorted(row.bodies) != sorted(bodies.get(row.pk, ())):
                yield Fault(
                    "altered", self.name, key, "bodies", str(sorted(bodies.get(row.pk, ()))), str(row.bodies)
                )

    def gone(self) -> Iterator[Fault]:
        for plan in Plan.objects.annotate(there=Count("visits")).exclude(there=models.F("visits_planned")):
            yield Fault("gone", self.name, f"plan {plan.pk}", "", str(plan.visits_planned))


def covers(apart: str, conflict: str) -> list[_Table]:
    """By the subjects of their changes."""
    return [
        Paired(Apart, ("id",), subject=apart, pair=("one_id", "other_id")),
        Paired(Conflict, ("id",), subject=conflict, pair=("inspector_id", "firm_id")),
        Teams(Officer, ("id",), step=20_000),
        States(Visit, NOT_OF_VISITS),
    ]
