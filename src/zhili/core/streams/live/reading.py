"""Reading the outbox for screens: at once what is committed, and nothing missed that commits late."""

import json
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from zhili.core.streams.live import telling
from zhili.core.streams.live.bell import CHANNEL
from zhili.core.streams.live.position import Position
from zhili.core.streams.live.telling import Row, Told

BATCH = 500
AHEAD = 20_000
"""Most events shown beyond the horizon; with more, screens wait for the horizon like everybody else."""
LOOK = 0.8
"""Seconds after which the reader looks even if no bell rang."""
REPLAY = 5_000
"""Most events a screen is told again; whoever missed more draws itself anew."""
COLUMNS = "e.id, e.xid::text, e.at, e.type, e.subject, e.payload::text"

# "e.xid", not "xid": see streams/reading.py. Rows beyond the horizon come too; those shown already are named.
NEWS = f"""
SELECT {COLUMNS}, e.xid < h.xmin, h.xmin::text
FROM (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS xmin) h
LEFT JOIN LATERAL (
  SELECT * FROM streams_event e
  WHERE (e.xid, e.id) > (%s::xid8, %s) AND e.type = ANY(%s) AND e.id <> ALL(%s) AND (%s OR e.xid < h.xmin)
  ORDER BY e.xid, e.id LIMIT {BATCH}) e ON true"""  # noqa: S608
LAST = f"""
SELECT {COLUMNS} FROM streams_event e
WHERE e.xid < pg_snapshot_xmin(pg_current_snapshot()) AND e.type = ANY(%s)
ORDER BY e.xid DESC, e.id DESC LIMIT %s"""  # noqa: S608
OLDEST = "SELECT e.xid::text, e.id FROM streams_event e ORDER BY e.xid, e.id LIMIT 1"
MISSED = f"""
SELECT {COLUMNS} FROM streams_event e
WHERE (e.xid, e.id) > (%s::xid8, %s) AND e.type = ANY(%s) ORDER BY e.xid, e.id LIMIT %s"""  # noqa: S608
KNOWN = "SELECT %s::xid8 <= pg_snapshot_xmax(pg_current_snapshot())"


@dataclass(frozen=True)
class News:
    """What came: to be told to screens, who then stand at `place`."""

    told: list[Told]
    place: Position


@dataclass
class Reader:
    """Follows the outbox from a position: live rows at once, deduplicated by id, and the log catches up."""

    place: Position
    ahead: dict[int, int] = field(default_factory=dict)
    """Events beyond the horizon that were shown: id -> transaction."""

    def read(self) -> tuple[News, bool]:
        """What is new, and whether there may be more at once. One query, and what the tellers ask."""
        with connection.cursor() as cursor:
            eager = len(self.ahead) < AHEAD
            given: list[Any] = [str(self.place.xid), self.place.id, telling.types(), list(self.ahead), eager]
            cursor.execute(NEWS, given)
            found = cursor.fetchall()
        horizon = int(found[0][7])
        rows = [(_row(one), bool(one[6])) for one in found if one[0] is not None]
        self.ahead.update((row.id, row.xid) for row, settled in rows if not settled)
        full = len(rows) == BATCH
        settled = [row.place for row, done in rows if done]
        if full:
            self.place = max([self.place, *settled])
        else:
            self.place = max(self.place, Position(horizon, 0))
        self.ahead = {id: xid for id, xid in self.ahead.items() if (xid, id) > self.place}
        return News(telling.tell([row for row, _ in rows]), self.place), full


def begin(keep: int) -> tuple[Reader, list[Told], Position]:
    """A reader at the present, what was told last, and the position from which that is complete."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
        place = Position(int(cursor.fetchone()[0]), 0)
        cursor.execute(LAST, [telling.types(), keep])
        rows = [_row(one) for one in reversed(cursor.fetchall())]
        rows = [row for row in rows if row.place <= place]
        floor = rows[0].place if len(rows) == keep else _oldest(cursor) or place
    return Reader(place), telling.tell(rows), floor


def missed(since: Position) -> list[Told] | None:
    """What a screen missed that stood at `since`; None when that is too much, or no longer kept."""
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [str(since.xid)])
        if not cursor.fetchone()[0]:
            return None  # of another server: before a restore
        oldest = _oldest(cursor)
        if oldest is not None and since < oldest:
            return None
        cursor.execute(MISSED, [str(since.xid), since.id, telling.types(), REPLAY + 1])
        rows = [_row(one) for one in cursor.fetchall()]
    return None if len(rows) > REPLAY else telling.tell(rows)


def listen() -> None:
    """From now on this thread's connection hears the bell."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {CHANNEL}")
        channel = cursor.fetchone()[0]
        cursor.execute(f"LISTEN {connection.ops.quote_name(channel)}")


def hush() -> None:
    """The connection goes back to the pool as it came."""
    if connection.connection is not None and connection.is_usable():
        with connection.cursor() as cursor:
            cursor.execute("UNLISTEN *")
    connection.close()


def wait(stop: threading.Event) -> None:
    """Until the bell rings, or LOOK has passed; asked to stop, a little later at most."""
    end = time.monotonic() + LOOK
    while not stop.is_set() and (left := end - time.monotonic()) > 0:
        if any(True for _ in connection.connection.notifies(timeout=min(left, 0.25), stop_after=1)):
            return


def _oldest(cursor: Any) -> Position | None:
    cursor.execute(OLDEST)
    row = cursor.fetchone()
    return Position(int(row[0]), row[1]) if row else None


def _row(one: Any) -> Row:
    return Row(one[0], int(one[1]), one[2], one[3], one[4], json.loads(one[5]))
