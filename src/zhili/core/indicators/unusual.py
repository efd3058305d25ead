"""Places with notably more matters than their own past. Counts of places, never of persons.

The method, which a page must be able to say in one sentence: what came in within the last seven days is compared with
the weekly mean of the eight weeks before, of the same place. A count varies by itself by about the square root of its
mean; a place is named when it has at least FEWEST matters and lies more than TIMES such widths above its mean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from typing import Any

from django.db import connection

from zhili.core.indicators.measures import CHILD, CONFIDENTIAL
from zhili.core.indicators.storing import CURRENT

FEWEST = 5
"""Fewer than so many in a week say nothing, and could point at somebody."""
TIMES = 3.0
WEEK, WEEKS = 7, 8
SUMS = f"""
SELECT division_id,
       coalesce(sum(opened) FILTER (WHERE period > %(week)s), 0)::bigint,
       coalesce(sum(opened) FILTER (WHERE period <= %(week)s), 0)::bigint
FROM indicators_fact
WHERE generation = {CURRENT} AND division_id = ANY(%(places)s) AND grain = 'b'
  AND period > %(since)s AND period <= %(until)s AND left(scenario, 1) NOT IN ('{CONFIDENTIAL}', '{CHILD}')
GROUP BY 1"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Hot:
    """A place (division or cell id), its matters of the last seven days, and its weekly mean before."""

    place: int
    count: int
    usual: float

    @property
    def widths(self) -> float:
        """How many widths above its own mean."""
        return (self.count - self.usual) / sqrt(max(self.usual, 1.0))


def villages(places: Sequence[int], until: date) -> list[Hot]:
    """Those of these villages that stand out in the week to ``until``, most first; one query over nine weeks."""
    week = until - timedelta(days=WEEK)
    values: dict[str, Any] = {
        "places": list(places),
        "until": until,
        "week": week,
        "since": week - timedelta(days=WEEK * WEEKS),
    }
    with connection.cursor() as cursor:
        cursor.execute(SUMS, values)
        return standing_out({place: (now, before) for place, now, before in cursor.fetchall()})


def standing_out(counts: Mapping[int, tuple[int, int]]) -> list[Hot]:
    """Of (this week, the eight weeks before) by place, those that stand out, most first; without any past none."""
    if not any(before for _now, before in counts.values()):
        return []
    found = [Hot(place, now, before / WEEKS) for place, (now, before) in counts.items() if now >= FEWEST]
    return sorted((one for one in found if one.widths > TIMES), key=lambda one: (-one.widths, one.place))
