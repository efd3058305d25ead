"""How the rows of visits are tied to their leaves; items and officers to the last change of each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from zhili.core.files.models import File
from zhili.core.trail.audit.covering import LeafRow, Rows, Told, record, register
from zhili.core.trail.audit.faults import Fault, Part, short
from zhili.core.trail.models import Change
from zhili.core.visits import catalogue, drawing, inspectors, officers, standing, telling
from zhili.core.visits.models import (
    Arrival,
    Assignment,
    Finding,
    Inspector,
    Item,
    Lot,
    Plan,
    Signature,
    VisitAnswer,
    VisitRecord,
)

COLUMN = {
    "plan": "id",
    "office": "office_id",
    "visits": "visits_planned",
    "sha256": "digest",
    "draw": "draw_id",
    "visit": "visit_id",
    "item": "item_id",
    "account": "account_id",
    "inspector": "inspector_id",
    "body": "body_id",
}
STATE = ("title", "state", "explanation", "bodies")


def _named(said: Mapping[str, Any], **other: str) -> dict[str, tuple[Any, str]]:
    names = COLUMN | other
    return {name: (value, names.get(name, name)) for name, value in said.items() if name != "record"}


def _plan(row: Plan) -> Told:
    return Told(at=row.made_at, what=_named(telling.plan(row)), at_column="made_at")


def _assignment(row: Assignment) -> Told:
    return Told(at=row.at, what=_named(telling.assignment(row), plan="plan_id"))


def _document(row: Assignment) -> Iterator[tuple[str, str, str]]:
    digest = officers.digest(row.document)
    if digest != row.digest:
        yield "document", row.digest, digest


def _answer(row: VisitAnswer) -> Told:
    shown, sealed = telling.answer(row)
    hidden = ("value", "note", "photos", "author_id", "label", "made_at", "seen", "salt")
    return Told(row.at, _named(shown), sealed=sealed, salt=bytes(row.salt), hidden=hidden)


def _finding(row: Finding) -> Told:
    shown, sealed = telling.finding(row)
    hidden = ("what", "author_id", "salt")
    return Told(row.at, _named(shown), sealed=sealed, salt=bytes(row.salt), hidden=hidden)


def _arrival(row: Arrival) -> Told:
    return Told(row.at, _named(telling.arrival(row)), salt=bytes(row.salt), sealed={}, hidden=("salt",))


def _signature(row: Signature) -> Told:
    shown, sealed = telling.signature(row)
    hidden = ("capacity", "reason", "file_id", "sha256", "author_id", "label", "made_at", "salt")
    return Told(row.at, _named(shown), sealed=sealed, salt=bytes(row.salt), hidden=hidden)


def _under(row: Signature) -> Iterator[tuple[str, str, str]]:
    digest = officers.digest({"shown": row.shown})
    if digest != row.digest:
        yield "shown", row.digest, digest
    if row.file_id is not None:
        kept = File.objects.filter(pk=row.file_id).values_list("sha256", flat=True).first() or ""
        if kept != row.sha256:
            yield "file_id", row.sha256, kept


def _record(row: VisitRecord) -> Told:
    return Told(row.at, _named(telling.record(row)))


def _paper(row: VisitRecord) -> Iterator[tuple[str, str, str]]:
    digest = officers.digest(row.document)
    if digest != row.digest:
        yield "document", row.digest, digest


@dataclass(frozen=True)
class Changed:
    """A table each of whose rows is what its last change says. The changes' leaves the trail covers itself."""

    model: type[Item] | type[Inspector] | type[Lot]
    subject: str
    facts: Callable[[Any], dict[str, Any]]
    step: int = 2_000

    @property
    def name(self) -> str:
        return self.model._meta.db_table

    @property
    def beside(self) -> Mapping[str, Collection[str]]:
        return {self.name: ()}

    @property
    def claims(self) -> Callable[[LeafRow], bool]:
        return lambda _leaf: False

    def size(self) -> int:
        return self.model._base_manager.count()

    def batch(self, after: Any) -> Part:
        rows: models.QuerySet = self.model._base_manager.order_by("pk")
        found = list((rows.filter(pk__gt=after) if after is not None else rows)[: self.step])
        made = Change.objects.filter(subject=self.subject, key__in=[str(one.pk) for one in found])
        last = {one.key: one for one in made.order_by("key", "-id").distinct("key")}
        part = Part(len(found), after=found[-1].pk if len(found) == self.step else None)
        for row in found:
            part.faults += self._of(row, last.get(str(row.pk)))
        if part.after is None:
            part.faults += self._gone()
        return part

    def of_leaves(self, leaves: Sequence[LeafRow], *, thorough: bool) -> list[Fault]:
        return []

    def _of(self, row: Any, change: Change | None) -> list[Fault]:
        key, facts = str(row.pk), self.facts(row)
        if change is None:
            return [Fault("added", self.name, key, "id", found=key)]
        return [
            Fault(
                "altered",
                self.name,
                key,
                COLUMN.get(name, name),
                short(change.after.get(name)),
                short(facts[name]),
            )
            for name in facts
            if facts[name] != change.after.get(name)
        ]

    def _gone(self) -> list[Fault]:
        there = {str(pk) for pk in self.model._base_manager.values_list("pk", flat=True)}
        added = Change.objects.filter(subject=self.subject, done="added").order_by("id")
        return [
            Fault("gone", self.name, key) for key in added.values_list("key", flat=True) if key not in there
        ]


register(
    Rows(Plan, record(telling.PLANNED), _plan, without=STATE),
    Rows(Assignment, record(telling.ASSIGNED), _assignment, _document, without=("id",)),
    Rows(VisitAnswer, record(telling.ANSWERED), _answer, without=("id",)),
    Rows(Finding, record(telling.FOUND), _finding, without=("id", "case_id")),
    Rows(Arrival, record(telling.ARRIVED), _arrival, without=("id",)),
    Rows(Signature, record(telling.SIGNED), _signature, _under, without=("id",)),
    Rows(VisitRecord, record(telling.RECORDED), _record, _paper, without=("id",)),
    Changed(Item, catalogue.ITEM, catalogue.facts),
    Changed(Inspector, inspectors.INSPECTOR, inspectors.facts),
    Changed(Lot, drawing.LOT, drawing.facts),
    *standing.covers(catalogue.APART, inspectors.CONFLICT),
)
