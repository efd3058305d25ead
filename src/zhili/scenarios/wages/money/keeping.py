"""One place where a row of evidence gets its leaf: public facts without persons, the rest only committed to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final, Protocol, TypeVar

from zhili.core.cases import doors
from zhili.core.people.actors import Actor
from zhili.scenarios.wages.models import Project

ADJUSTED: Final = "wages_adjusted"
STEPPED: Final = "wages_sheet"
MARKED: Final = "wages_line"
SENT: Final = "wages_payment"
ANSWERED: Final = "wages_answer"
TOLD: Final = "wages_fact"
REBANKED: Final = "wages_account"


class Kept(Protocol):
    """A row that keeps the id of its leaf."""

    at: Any
    leaf_id: Any
    salt: Any


K = TypeVar("K", bound=Kept)
Facts = dict[str, Any]


def keep(
    kind: str,
    actor: Actor,
    project: Project,
    rows: Sequence[K],
    facts: Callable[[K], tuple[Facts, Facts]],
    month: date | None = None,
) -> list[K]:
    """Give rows their leaves, in the running transaction; they are not saved yet. One event tells of all."""
    told: Facts = {"project": project.pk}
    if month is not None:
        told["month"] = month.isoformat()
    made = doors.record_many(kind, actor, [facts(row) for row in rows], told)
    for row, one in zip(rows, made, strict=True):
        row.at, row.leaf_id, row.salt = one.at, one.leaf_id, one.salt
    return list(rows)


def fen_text(fen: int) -> str:
    """12345 → "123.45"."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"
