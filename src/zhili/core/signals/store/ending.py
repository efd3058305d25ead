"""What is over goes: measurements and roll-ups by the partition, counts and refused messages by the row."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from zhili.core import params
from zhili.core.signals.models import Closed
from zhili.core.signals.store.limits import seconds

TALLIES_KEPT: Final = timedelta(days=31)
QUIET: Final = timedelta(minutes=3)
FRAMES_KEPT: Final = 500
"""Of each way in, the newest."""
AT_ONCE: Final = 5_000
FOLD: Final = """
WITH gone AS (DELETE FROM signals_tally WHERE minute >= %s AND minute < %s RETURNING *)
INSERT INTO signals_tally (minute, channel, messages, readings, refused, undecoded)
SELECT minute, channel, sum(messages), sum(readings), sum(refused), sum(undecoded) FROM gone GROUP BY minute, channel"""
OLD: Final = "DELETE FROM {} WHERE id IN (SELECT id FROM {} WHERE {} < %s ORDER BY id LIMIT %s)"
FRAMES: Final = """
DELETE FROM signals_frame WHERE id IN (
  SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY channel ORDER BY id DESC) AS n FROM signals_frame) f
  WHERE n > %s)"""


def drop_due() -> int:
    """Drop one partition whose last reading has been kept as long as it may; how many (0 or 1).

    Waits two seconds at most for readers of the whole table; the worker tries again.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '2s'")
        cursor.execute("SELECT signals_drop_one()")
        return int(cursor.fetchone()[0] is not None)


def tidy(now: datetime | None = None) -> int:
    """Fold counts to one row a minute, drop old ones, old refusals and all but the newest frames."""
    now = now or timezone.now()
    refused = now - timedelta(seconds=seconds(params.duration("signals.refusal_days")[0]))
    done = _fold(now)
    with connection.cursor() as cursor:
        for table, column, before in (
            ("signals_tally", "minute", now - TALLIES_KEPT),
            ("signals_refusal", "last_at", refused),
            ("signals_frame", "at", refused),
        ):
            cursor.execute(OLD.format(table, table, column), [before, AT_ONCE])
            done += cursor.rowcount
        cursor.execute(FRAMES, [FRAMES_KEPT])
        return done + int(cursor.rowcount)


@transaction.atomic
def _fold(now: datetime) -> int:
    """Rows of minutes that are over; how many minutes were gone through is of no interest to the worker."""
    until = (now - QUIET).replace(second=0, microsecond=0)
    closed = Closed.objects.select_for_update().filter(grain="min").first()
    since = closed.until if closed else until - timedelta(days=1)
    if since < until:
        with connection.cursor() as cursor:
            cursor.execute(FOLD, [since, until])
        Closed.objects.update_or_create(grain="min", defaults={"until": until})
    return 0
