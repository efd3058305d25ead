"""How firms and premises are tied to the trail: each row is what the last change of it says, and no row is missing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast
from uuid import UUID

from django.db.models import CharField, Exists, OuterRef
from django.db.models.functions import Cast

from zhili.core.people.models import Secret
from zhili.core.registers import telling
from zhili.core.registers.models import Firm, Premises
from zhili.core.registers.telling import FIRM, PREMISES, SEALED
from zhili.core.trail.audit.covering import LeafRow, register
from zhili.core.trail.audit.faults import Fault, Part, short
from zhili.core.trail.models import Change

COLUMN: Final = {"division": "division_id", "firm": "firm_id", "cell": "cell_id"} | {
    one: f"{one}_id" for one in SEALED
}


@dataclass(frozen=True)
class Registered:
    """A register's table. Its leaves are those of its changes, which the trail covers itself."""

    model: type[Firm] | type[Premises]
    subject: str
    told: Callable[[Sequence[Any]], list[dict[str, Any]]]
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
        rows: Any = self.model._base_manager.order_by("pk")
        found = list((rows.filter(pk__gt=after) if after is not None else rows)[: self.step])
        last = self._last([str(one.pk) for one in found])
        part = Part(len(found), after=found[-1].pk if len(found) == self.step else None)
        for row, facts in zip(found, self.told(found), strict=True):
            part.faults += self._of(row, facts, last.get(str(row.pk)))
        if part.after is None:
            part.faults += self._gone()
        return part

    def of_leaves(self, leaves: Sequence[LeafRow], *, thorough: bool) -> list[Fault]:
        return []

    def _last(self, keys: list[str]) -> dict[str, Change]:
        made = Change.objects.filter(subject=self.subject, key__in=keys)
        return {one.key: one for one in made.order_by("key", "-id").distinct("key")}

    def _of(self, row: Any, facts: dict[str, Any], change: Change | None) -> list[Fault]:
        key = str(row.pk)
        if change is None:
            return [Fault("added", self.name, key, "id", found=key)]
        wrong = [
            (COLUMN.get(name, name), change.after.get(name), facts.get(name))
            for name in sorted(facts.keys() | change.after.keys())
            if facts.get(name) != change.after.get(name)
        ]
        if row.updated_at != change.at:
            wrong.append(("updated_at", change.at.isoformat(), row.updated_at.isoformat()))
        lost = [
            Fault("gone", Secret._meta.db_table, one["secret"])
            for name in SEALED
            if (one := facts.get(name)) and not one["hash"]
        ]
        return lost + [
            Fault("altered", self.name, key, column, short(then), short(now)) for column, then, now in wrong
        ]

    def _gone(self) -> list[Fault]:
        rows: Any = self.model._base_manager.annotate(text=Cast("pk", CharField()))
        there = Exists(rows.filter(text=OuterRef("key")))
        lost = Change.objects.filter(~there, subject=self.subject, done="added").order_by("id")[:100]
        return [Fault("gone", self.name, one.key) for one in lost]


def _firms(rows: Sequence[Any]) -> list[dict[str, Any]]:
    firms = cast("Sequence[Firm]", rows)
    ids = {one for firm in firms for c in SEALED if (one := getattr(firm, f"{c}_id")) is not None}
    hashes: dict[UUID, str] = dict(Secret.objects.filter(pk__in=ids).values_list("pk", "hash"))
    return [telling.of_firm(firm, hashes) for firm in firms]


def _premises(rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [telling.of_premises(one) for one in rows]


register(Registered(Firm, FIRM, _firms), Registered(Premises, PREMISES, _premises))
