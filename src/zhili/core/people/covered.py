"""How a personal value is tied to the trail: by its hash, which steps carry; here, that the value still is that one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from zhili.core.people import secrets
from zhili.core.people.models import Secret
from zhili.core.trail.audit.covering import LeafRow, register
from zhili.core.trail.audit.faults import Fault, Part

TABLE = Secret._meta.db_table
BESIDE = ("subject_id", "created_at", "expires_at", "erased_at", "erased_under", "replaced_by")


@dataclass(frozen=True)
class Secrets:
    """Every value that is there opens, and is what its hash, its mask and its index say. Nobody sees it.

    What was erased has nothing left but its hash, when, and under what rule.
    """

    name: str = TABLE
    step: int = 1_000

    @property
    def beside(self) -> Mapping[str, Collection[str]]:
        """Whose it is and how long it is kept may change by law, and when it was erased says its own leaf."""
        return {TABLE: BESIDE}

    @property
    def claims(self) -> Callable[[LeafRow], bool]:
        return lambda _leaf: False

    def size(self) -> int:
        return Secret.objects.count()

    def batch(self, after: Any) -> Part:
        rows = Secret.objects.order_by("pk")
        found = list((rows.filter(pk__gt=UUID(after)) if after else rows)[: self.step])
        part = Part(len(found), after=str(found[-1].pk) if len(found) == self.step else None)
        for row in found:
            if column := secrets.unsound(row):
                part.faults.append(Fault("altered", TABLE, str(row.pk), column))
        return part

    def of_leaves(self, leaves: Sequence[LeafRow], *, thorough: bool) -> list[Fault]:
        return []  # which value stands in which step is asked of the steps (cases/covered.py)


register(Secrets())
