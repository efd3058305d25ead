"""What a scenario demands of the tables it asks, beyond being whole: said once, held wherever a table is judged.

    checks.declare("discretion.", beyond_the_clause)

``beyond_the_clause(table)`` gives faults with the row and why; a table with one is never confirmed. The kernel knows
no scenario by name, and a table nobody asks is held to nothing more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from zhili.base.decisions import Fault, Table, faults

Check = Callable[[Table], Iterable[Fault]]


@dataclass(frozen=True)
class Asker:
    """Who asks the tables of a prefix: its demands, and where past decisions are asked again under a version."""

    prefix: str
    check: Check
    again: Callable[[str, int], str]
    """``f(name, number)``: the address of the page that does it; "" where there is none for this table."""


_askers: dict[str, Asker] = {}


def declare(asker: Asker) -> None:
    """Said again for the same prefix, the later one stands."""
    _askers[asker.prefix] = asker


def faults_in(table: Table) -> list[Fault]:
    """Everything that keeps a table from coming into force: gaps and overlaps, then what its asker demands."""
    found = faults(table)
    if any(one.kind not in ("gap", "overlap", "never", "no citation") for one in found):
        return found  # cells that cannot be read are told first
    return [*found, *(fault for one in _of(table.name) for fault in one.check(table))]


def again(name: str, number: int) -> str:
    """Where past decisions are asked again under this version; "" where nobody offers it."""
    return next((address for one in _of(name) if (address := one.again(name, number))), "")


def _of(name: str) -> list[Asker]:
    return [one for prefix, one in _askers.items() if name.startswith(prefix)]
