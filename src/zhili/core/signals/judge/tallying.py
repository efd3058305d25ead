"""How rules stand while a turn is judged: read at its beginning, counted on, added to what is stored at its end."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import connection

from zhili.core.signals.models import RuleStand

ADD: Final = """
UPDATE signals_rulestand s SET
  subjects = s.subjects + d.subjects, fired = s.fired + d.fired, late = s.late + d.late,
  held_back = s.held_back + d.held_back, fired_at = greatest(s.fired_at, d.fired_at),
  cut_facts = CASE WHEN s.cut_at IS NULL AND d.cut_at IS NOT NULL THEN d.cut_facts::jsonb ELSE s.cut_facts END,
  cut_at = coalesce(s.cut_at, d.cut_at)
FROM unnest(%s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::timestamptz[], %s::timestamptz[],
            %s::text[]) AS d(name, subjects, fired, late, held_back, fired_at, cut_at, cut_facts)
WHERE s.name = d.name"""


@dataclass(slots=True)
class Tally:
    """One rule's. ``before``: subjects it watched already; ``cut_at``: cut off, already or in this turn."""

    name: str
    before: int = 0
    cut_at: datetime | None = None
    cut_before: bool = False
    on_at: datetime | None = None
    trial: bool = False
    cut_facts: dict[str, Any] = field(default_factory=dict)
    subjects: int = 0
    fired: int = 0
    late: int = 0
    held_back: int = 0
    fired_at: datetime | None = None

    @property
    def watched(self) -> int:
        """Subjects, the new ones too."""
        return self.before + self.subjects

    @property
    def changed(self) -> bool:
        return bool(self.subjects or self.fired or self.late or self.held_back)


def load(names: Iterable[str]) -> dict[str, Tally]:
    rows = RuleStand.objects.filter(name__in=list(names)).values_list(
        "name", "subjects", "cut_at", "on_at", "trial"
    )
    return {
        name: Tally(name, subjects, cut_at, cut_at is not None, on_at, trial)
        for name, subjects, cut_at, on_at, trial in rows
    }


def store(tallies: Mapping[str, Tally]) -> None:
    """Add what was counted. Added, not written: a person may have switched the rule on meanwhile."""
    changed = sorted((one for one in tallies.values() if one.changed), key=lambda one: one.name)
    if not changed:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            ADD,
            [
                [one.name for one in changed],
                [one.subjects for one in changed],
                [one.fired for one in changed],
                [one.late for one in changed],
                [one.held_back for one in changed],
                [one.fired_at for one in changed],
                [None if one.cut_before else one.cut_at for one in changed],
                [json.dumps(one.cut_facts) for one in changed],
            ],
        )
