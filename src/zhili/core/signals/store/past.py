"""Measurements of the past, taken over whole: from another system, or the demo city's. Never judged, told to nobody.

A second door beside ``storing.accept``, for readings older than a device may send. Only ordinary measures come in this
way: what a wearer's device told stays where it was agreed to.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db import connection, transaction

from zhili.base.signals.measures import Reading
from zhili.core.signals import registry
from zhili.core.signals.store import keeping

INSERT: Final = """
INSERT INTO signals_measurement (source_id, measure, at, keeps, received_at, value, lon, lat, samples)
SELECT s, m, a, k, a, v, x, y, NULL
FROM unnest(%s::bigint[], %s::smallint[], %s::timestamptz[], %s::smallint[], %s::float8[], %s::float8[], %s::float8[])
     u(s, m, a, k, v, x, y)
ON CONFLICT DO NOTHING"""
LATE: Final = """
INSERT INTO signals_late (source_id, measure, hour)
SELECT DISTINCT s, m, date_trunc('hour', a) FROM unnest(%s::bigint[], %s::smallint[], %s::timestamptz[]) u(s, m, a)"""
AT_ONCE: Final = 20_000


@transaction.atomic
def load(readings: Iterable[Reading]) -> int:
    """Keep them, those that are there already passed over; how many were new. Roll-ups count their hours again.

    Raises KeyError for an unknown measure, ValueError for one of a person, for samples, and for an impossible value.
    """
    known = registry.measures()
    rows = list(readings)
    for one in rows:
        measure = known[one.measure]
        if measure.personal or one.samples is not None:
            raise ValueError(f"{one.measure} does not come in this way")
        if one.value is not None and not measure.holds(one.value):
            raise ValueError(f"{one.measure} cannot be {one.value}")
    new = 0
    with connection.cursor() as cursor:
        for n in range(0, len(rows), AT_ONCE):
            some = rows[n : n + AT_ONCE]
            keeping.ensure({keeping.slot(known[one.measure], one.at) for one in some}, cursor)
            numbers = keeping.numbers({one.measure for one in some})
            points = [one.point or (None, None) for one in some]
            names = [numbers[one.measure] for one in some]
            sources, times = [one.source for one in some], [one.at for one in some]
            keeps = [known[one.measure].keeps_days for one in some]
            values = [one.value for one in some]
            lons, lats = [point[0] for point in points], [point[1] for point in points]
            cursor.execute(INSERT, [sources, names, times, keeps, values, lons, lats])
            new += cursor.rowcount
            cursor.execute(LATE, [sources, names, times])
    return new
