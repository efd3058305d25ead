"""What offices owe now: open, due soon, overdue, oldest. Read from an index of open matters, so that what was ever done
costs nothing; a due date passes by itself, which no sum of steps can know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q

from zhili.core.cases.ground import Ground, due_soon, overdue, owed


@dataclass(frozen=True, slots=True)
class Load:
    """How much is owed. ``oldest`` is when the oldest of them was opened."""

    open: int = 0
    overdue: int = 0
    soon: int = 0
    reopened: int = 0
    oldest: datetime | None = None

    def __add__(self, other: Load) -> Load:
        known = [at for at in (self.oldest, other.oldest) if at is not None]
        return Load(
            self.open + other.open,
            self.overdue + other.overdue,
            self.soon + other.soon,
            self.reopened + other.reopened,
            min(known) if known else None,
        )


@dataclass(frozen=True, slots=True)
class Line:
    """The load of one office in one village (division) or cell."""

    office_id: int | None
    division_id: int | None
    cell_id: int | None
    load: Load


def loads(ground: Ground, at: datetime, *, cells: bool = False) -> list[Line]:
    """What is owed at ``at`` on a ground, by office and division (with ``cells`` also by cell); one query."""
    by = ["office_id", "division_id", *(["cell_id"] if cells else [])]
    rows = (
        owed(ground)
        .order_by()
        .values(*by)
        .annotate(
            open=Count("pk"),
            overdue=Count("pk", filter=overdue(at)),
            soon=Count("pk", filter=due_soon(at)),
            again=Count("pk", filter=Q(reopened__gt=0)),
            oldest=Min("opened_at"),
        )
    )
    return [
        Line(
            row["office_id"],
            row["division_id"],
            row.get("cell_id"),
            Load(row["open"], row["overdue"], row["soon"], row["again"], row["oldest"]),
        )
        for row in rows
    ]


def total(lines: Iterable[Line]) -> Load:
    """All of it together."""
    return sum((line.load for line in lines), Load())
