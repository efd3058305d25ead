"""Dated decision tables: drafted by one person, confirmed by a second, in force from a day on, each change a leaf.

``in_force`` says which table held on a day; ``keeping`` drafts, confirms and ends versions; ``recomputing`` asks past
decisions again; ``fines`` makes drafts of the ranges statutes allow. What a table is stands in ``base.decisions``;
docs/decision-tables.md is for who writes them.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zhili.base.decisions import Table
    from zhili.core.tables.reading import InForce


def in_force(name: str, on: date) -> Table | None:
    """The table of this name that held on a day; None when there was none."""
    found = standing(name, on)
    return found.table if found else None


def standing(name: str, on: date) -> InForce | None:
    """The same with its version, its dates and its source, compiled for asking."""
    from zhili.core.tables import reading

    return reading.standing(name, on)
