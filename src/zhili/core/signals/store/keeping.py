"""Making partitions ahead of time, and the small numbers of measures."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from zhili.base.signals.measures import Measure
from zhili.core.signals import registry

ORDINARY: Final = "signals_measurement"
SEALED: Final = "signals_sealed"
HOURS: Final = "signals_hour"
DAYS: Final = "signals_day"
HOURS_KEPT: Final = 400
DAYS_KEPT: Final = 3_650
AHEAD: Final = timedelta(days=2)

Slot = tuple[str, int, datetime]
"""Table, days kept, the beginning of an hour or a day in UTC."""
_open: set[Slot] = set()
_numbers: dict[str, int] = {}


def table(measure: Measure) -> str:
    """Where its readings are."""
    return SEALED if measure.personal else ORDINARY


def slot(measure: Measure, at: datetime) -> Slot:
    """The partition of a reading; as wide as the database makes it (signals_open in migration 0001)."""
    begin = at.replace(minute=0, second=0, microsecond=0)
    return table(measure), measure.keeps_days, begin if measure.keeps_days <= 2 else begin.replace(hour=0)


def ensure(slots: Iterable[Slot], cursor: Any) -> None:
    """Have these partitions. One query when one of them was never met in this process, none otherwise."""
    wanted = [one for one in slots if one not in _open]
    if not wanted:
        return
    for parent, keeps, at in sorted(wanted):
        cursor.execute("SELECT signals_open(%s, %s, %s)", [parent, keeps, at])
    transaction.on_commit(lambda: _open.update(wanted))


def numbers(names: Iterable[str]) -> dict[str, int]:
    """The stored number of each measure; of those never met in this process by a query."""
    wanted = set(names)
    if not wanted <= _numbers.keys():
        return _looked_up(wanted)
    return {name: _numbers[name] for name in wanted}


def names() -> dict[int, str]:
    """Every measure's name by its number. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name FROM signals_measurename")
        return dict(cursor.fetchall())


def _looked_up(wanted: set[str]) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, id FROM signals_measurename")
        found = dict(cursor.fetchall())
        if lacking := sorted(wanted - found.keys()):
            cursor.execute(
                "INSERT INTO signals_measurename (name) SELECT unnest(%s::text[]) ON CONFLICT DO NOTHING",
                [lacking],
            )
            cursor.execute("SELECT name, id FROM signals_measurename")
            found = dict(cursor.fetchall())
    transaction.on_commit(lambda: _numbers.update(found))
    return {name: found[name] for name in wanted}


def forget() -> None:
    """Look everything up again (tests that throw the database away)."""
    _open.clear()
    _numbers.clear()


def prepare(now: datetime | None = None) -> int:
    """Partitions of every declared measure for the time ahead, and its number; how many partitions were made."""
    now = now or timezone.now()
    measures = registry.measures().values()
    slots: set[Slot] = {(HOURS, HOURS_KEPT, now), (HOURS, HOURS_KEPT, now + AHEAD)}
    slots |= {(DAYS, DAYS_KEPT, now), (DAYS, DAYS_KEPT, now + AHEAD)}
    for measure in measures:
        if measure.keeps_days <= 2:
            slots |= {slot(measure, now + timedelta(hours=hour)) for hour in range(-1, 4)}
        else:
            slots |= {slot(measure, now + timedelta(days=day)) for day in range(-1, AHEAD.days + 1)}
    made = 0
    with transaction.atomic(), connection.cursor() as cursor:
        numbers(measure.name for measure in measures)
        for parent, keeps, at in sorted(slots):
            cursor.execute("SELECT signals_open(%s, %s, %s)", [parent, keeps, at])
            made += cursor.fetchone()[0]
    return made
