"""How a version is tied to the trail: it is what its last change says, its document has the digest of the leaf."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from zhili.core.tables.models import TableVersion
from zhili.core.tables.telling import DATED, TABLE, digest, facts_of
from zhili.core.trail.audit.covering import LeafRow, register
from zhili.core.trail.audit.faults import Fault, Part, short
from zhili.core.trail.models import Change

COLUMN: Final = {"office": "office_id"}
STEP: Final = 500


@dataclass(frozen=True)
class Versions:
    """The table of versions. Its leaves are those of its changes, which the trail covers itself."""

    name: str = "tables_tableversion"

    @property
    def beside(self) -> Mapping[str, Collection[str]]:
        return {self.name: ()}

    @property
    def claims(self) -> Callable[[LeafRow], bool]:
        return lambda _leaf: False

    def size(self) -> int:
        return TableVersion.objects.count()

    def batch(self, after: Any) -> Part:
        rows = TableVersion.objects.order_by("pk")
        found = list((rows.filter(pk__gt=after) if after is not None else rows)[:STEP])
        made = Change.objects.filter(subject=TABLE, key__in=[str(one.pk) for one in found]).order_by("id")
        of: dict[str, list[Change]] = {}
        for change in made:
            of.setdefault(change.key, []).append(change)
        part = Part(len(found), after=found[-1].pk if len(found) == STEP else None)
        for row in found:
            part.faults += self._of(row, of.get(str(row.pk), []))
        if part.after is None:
            part.faults += self._gone()
        return part

    def of_leaves(self, leaves: Sequence[LeafRow], *, thorough: bool) -> list[Fault]:
        return []

    def _of(self, row: TableVersion, made: list[Change]) -> list[Fault]:
        key = str(row.pk)
        if not made:
            return [Fault("added", self.name, key, "id", found=key)]
        then, now = made[-1].after, facts_of(row)
        wrong = [
            (COLUMN.get(name, name), then.get(name), now.get(name))
            for name in sorted(then.keys() | now.keys())
            if then.get(name) != now.get(name)
        ]
        if (real := digest(row.document)) != row.sha256:
            wrong.append(("document", row.sha256, real))
        for done, column in DATED.items():
            at = next((one.at for one in reversed(made) if one.done == done), None)
            if getattr(row, column) != at:
                wrong.append((column, str(at), str(getattr(row, column))))
        return [
            Fault("altered", self.name, key, column, short(told), short(found))
            for column, told, found in wrong
        ]

    def _gone(self) -> list[Fault]:
        there = {str(pk) for pk in TableVersion.objects.values_list("pk", flat=True)}
        lost = (
            Change.objects.filter(subject=TABLE, done="drafted").exclude(key__in=there).order_by("id")[:100]
        )
        return [Fault("gone", self.name, one.key) for one in lost]


register(Versions())
