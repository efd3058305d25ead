"""Counting what came and what was refused, and keeping the last of it to look at, sealed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from zhili.core.people import keys
from zhili.core.signals.store import packing
from zhili.core.signals.store.checking import Checked, Message
from zhili.core.signals.store.limits import RAW_MOST

TALLY: Final = """
INSERT INTO signals_tally (minute, channel, messages, readings, refused, undecoded)
VALUES (date_trunc('minute', %s::timestamptz), %s, %s, %s, %s, %s)"""
# A row of a known number goes on being counted; strangers share one when there are too many of them.
REFUSED: Final = """
INSERT INTO signals_refusal AS r (number, reason, day, channel, count, first_at, last_at, detail, key, sealed)
VALUES (%s, %s, %s, %s, %s, %s, %s, '', %s, %s)
ON CONFLICT (number, reason, day) DO UPDATE SET count = r.count + EXCLUDED.count, channel = EXCLUDED.channel,
  last_at = EXCLUDED.last_at, key = EXCLUDED.key, sealed = EXCLUDED.sealed"""
STRANGERS: Final = (
    "SELECT count(*) FROM (SELECT FROM signals_refusal WHERE day = %s AND reason = 'unknown' LIMIT %s) x"
)
ALREADY: Final = (
    "SELECT number FROM signals_refusal WHERE day = %s AND reason = 'unknown' AND number = ANY(%s)"
)
STRANGERS_MOST: Final = 5_000
"""Unknown numbers kept apart in a day."""
FRAME: Final = """
INSERT INTO signals_frame (at, channel, why, size, key, sealed) SELECT %s, %s, %s, %s, %s, %s
WHERE (SELECT count(*) FROM (SELECT FROM signals_frame WHERE channel = %s AND at > %s LIMIT %s) x) < %s"""
FRAMES_AN_HOUR: Final = 60
STATISTICS: Final = """
SELECT minute, sum(messages)::int, sum(readings)::int, sum(refused)::int, sum(undecoded)::int FROM signals_tally
WHERE minute >= date_trunc('minute', %s::timestamptz) GROUP BY minute ORDER BY minute"""


@dataclass(frozen=True, slots=True)
class Minute:
    """What came in one minute: messages accepted, new readings in them, messages refused, frames not decoded."""

    at: datetime
    messages: int
    readings: int
    refused: int
    undecoded: int


def count(batch: Sequence[Message], found: Checked, stored: set[int], cursor: Any) -> None:
    """Count a batch in its own transaction; ``stored``: which of its readings were new."""
    refused = [(index, why) for index, why in enumerate(found.whys) if why]
    refused += [one for one in found.bad if not found.whys[one[0]]]
    taken, readings, not_taken = Counter[str](), Counter[str](), Counter[str]()
    for message, why in zip(batch, found.whys, strict=True):
        taken[message.channel] += not why
    for index in stored:
        readings[batch[found.new[index].message].channel] += 1
    for index, _why in refused:
        not_taken[batch[index].channel] += 1
    now = timezone.now()
    for channel in sorted(taken):
        cursor.execute(TALLY, [now, channel, taken[channel], readings[channel], not_taken[channel], 0])
    if refused:
        _refused(batch, refused, cursor)


def _refused(batch: Sequence[Message], refused: list[tuple[int, str]], cursor: Any) -> None:
    now = timezone.now()
    day = timezone.localdate(now)
    strangers = sorted({_shown(batch[index].number) for index, why in refused if why == "unknown"})
    nameless = _too_many(strangers, day, cursor) if strangers else set()
    rows: dict[tuple[str, str], tuple[int, Message]] = {}
    for index, why in refused:
        message = batch[index]
        number = _shown(message.number)
        key = ("" if why == "unknown" and number in nameless else number, why)
        rows[key] = (rows[key][0] + 1 if key in rows else 1, message)
    ring = keys.ring()
    for (number, why), (times, message) in sorted(rows.items()):
        raw = ring.seal(message.raw[:RAW_MOST], packing.IN_REFUSAL)
        cursor.execute(REFUSED, [number, why, day, message.channel, times, now, now, ring.current, raw])


def _shown(text: str) -> str:
    """What a stranger calls itself, fit to be kept and read: its first letters, the odd ones spelt out."""
    return (text if text.isprintable() else ascii(text)[1:-1])[:64]


def _too_many(strangers: list[str], day: Any, cursor: Any) -> set[str]:
    cursor.execute(STRANGERS, [day, STRANGERS_MOST])
    room = STRANGERS_MOST - cursor.fetchone()[0]
    if room >= len(strangers):
        return set()
    cursor.execute(ALREADY, [day, strangers])
    there = {number for (number,) in cursor.fetchall()}
    others = [one for one in strangers if one not in there]
    return set(others[max(0, room) :])


def undecoded(channel: str, raw: bytes, why: str) -> None:
    """Count a frame nobody could decode and keep it: sealed, its first bytes, sixty an hour and channel."""
    now, ring = timezone.now(), keys.ring()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TALLY, [now, channel, 0, 0, 0, 1])
        sealed = ring.seal(raw[:RAW_MOST], packing.IN_REFUSAL)
        said: list[Any] = [now, channel, _shown(why), len(raw), ring.current, sealed]
        hour = now - timedelta(hours=1)
        cursor.execute(FRAME, [*said, channel, hour, FRAMES_AN_HOUR, FRAMES_AN_HOUR])


def statistics(minutes: int) -> list[Minute]:
    """The last minutes in which anything came, oldest first; the present one is not over."""
    with connection.cursor() as cursor:
        cursor.execute(STATISTICS, [timezone.now() - timedelta(minutes=minutes)])
        return [Minute(*row) for row in cursor.fetchall()]
