"""What rules remember of subjects: one row a subject, read and written for a whole batch in one statement each.

A wearer's row is sealed under the people key ring: a state may hold what was measured last. A row whose key is gone
begins anew, as after a gap.

A row's bytes are, for each rule: its number (2 bytes), the moment it wants to be woken (8-byte float of seconds, 0 for
never), the length of its state (4 bytes; all ones: None) and the state itself, little-endian. A rule that was judged
keeps its place though it remembers nothing: so it is known how many subjects it watches.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from django.db import connection

from zhili.base.signals.rules import WEARER
from zhili.core.people import keys
from zhili.core.signals.store import packing

Key = tuple[str, int]
"""A subject: its kind and its id."""

KEPT: Final = 100_000
"""Subjects kept in memory by the judge whose turn it is; others are read when they are heard of."""
_HEAD: Final = struct.Struct("<HdI")
_NONE: Final = 0xFFFFFFFF

READ: Final = """
SELECT s.kind, s.subject_id, s.body, s.wake_at FROM signals_subjectstate s
JOIN unnest(%s::text[], %s::bigint[]) AS k(kind, id) ON s.kind = k.kind AND s.subject_id = k.id"""
WRITE: Final = """
INSERT INTO signals_subjectstate AS s (kind, subject_id, body, wake_at)
SELECT * FROM unnest(%s::text[], %s::bigint[], %s::bytea[], %s::timestamptz[])
ON CONFLICT (kind, subject_id) DO UPDATE SET body = excluded.body, wake_at = excluded.wake_at"""
DUE: Final = """
SELECT kind, subject_id FROM signals_subjectstate WHERE wake_at <= %s ORDER BY wake_at LIMIT %s"""


@dataclass(slots=True)
class State:
    """One subject's: by rule number, what it remembers and when it wants to be woken (seconds since 1970, 0: never).

    ``asked``: the row's own moment, never later than the earliest of these.
    """

    rules: dict[int, tuple[bytes | None, float]] = field(default_factory=dict)
    asked: float = 0.0
    changed: bool = False

    def put(self, rule: int, state: bytes | None, wake: float) -> None:
        now = (state, wake)
        if self.rules.get(rule) != now:
            self.rules[rule] = now
            self.changed = True

    def settle(self, now: float | None = None) -> None:
        """Move the row's moment: earlier at once, later only when it has come (``now``).

        A silence is put off by every reading; an index entry moved each time would cost more than one look too early.
        """
        wanted = min((wake for _, wake in self.rules.values() if wake), default=0.0)
        if not wanted:
            moved = 0.0 if now is not None else self.asked
        elif not self.asked or wanted < self.asked or (now is not None and self.asked <= now):
            moved = wanted
        else:
            moved = self.asked
        if moved != self.asked:
            self.asked = moved
            self.changed = True


def pack(state: State, key: Key | None = None) -> bytes:
    """``key``: whose it is, where it may have to be sealed."""
    plain = _packed(state)
    if key is None or key[0] != WEARER:
        return plain
    ring = keys.ring()
    name = ring.current.encode()
    return bytes((len(name),)) + name + ring.seal(plain, _bound(key))


def _packed(state: State) -> bytes:
    parts = []
    for rule, (body, wake) in state.rules.items():
        parts.append(_HEAD.pack(rule, wake, _NONE if body is None else len(body)))
        if body:
            parts.append(body)
    return b"".join(parts)


def _opened(body: bytes, key: Key) -> bytes:
    end = 1 + body[0] if body else 0
    try:
        return packing.unseal(body[1:end].decode(), body[end:], _bound(key)) if body else b""
    except (packing.Unreadable, ValueError):
        return b""


def _bound(key: Key) -> bytes:
    return b"signals.state" + key[1].to_bytes(8, "big", signed=True)


def unpack(body: bytes, wake_at: datetime | None, key: Key | None = None) -> State:
    if key is not None and key[0] == WEARER:
        body = _opened(body, key)
    rules: dict[int, tuple[bytes | None, float]] = {}
    place = 0
    while place < len(body):
        rule, wake, length = _HEAD.unpack_from(body, place)
        place += _HEAD.size
        if length == _NONE:
            rules[rule] = (None, wake)
        else:
            rules[rule] = (body[place : place + length], wake)
            place += length
    return State(rules, wake_at.timestamp() if wake_at else 0.0)


class Memory:
    """The states this process knows. Valid for as long as every turn of judging was its own (judging_run.py)."""

    def __init__(self) -> None:
        self.known: dict[Key, State] = {}

    def forget(self) -> None:
        self.known.clear()

    def load(self, keys: Iterable[Key]) -> dict[Key, State]:
        """The state of each; an empty one for a subject never judged. One query for those not known."""
        wanted = dict.fromkeys(keys)
        missing = [key for key in wanted if key not in self.known]
        if missing:
            found = read(missing)
            for key in missing:
                self.known[key] = found.get(key) or State()
        return {key: self.known[key] for key in wanted}

    def store(self, states: dict[Key, State]) -> None:
        """Write those that changed, in one statement; the longest unheard of leave the memory when it is full."""
        changed = [(key, state) for key, state in states.items() if state.changed]
        write(changed)
        for key, state in states.items():
            state.changed = False
            self.known[key] = self.known.pop(key)  # to the end: heard of last
        for key in list(self.known)[: max(0, len(self.known) - KEPT)]:
            del self.known[key]


def read(keys: list[Key]) -> dict[Key, State]:
    with connection.cursor() as cursor:
        cursor.execute(READ, [[kind for kind, _ in keys], [one for _, one in keys]])
        return {
            (kind, one): unpack(bytes(body), at, (kind, one)) for kind, one, body, at in cursor.fetchall()
        }


def write(changed: list[tuple[Key, State]]) -> None:
    if not changed:
        return
    changed.sort(key=lambda one: one[0])  # rows are locked in one order, whoever writes
    with connection.cursor() as cursor:
        cursor.execute(
            WRITE,
            [
                [key[0] for key, _ in changed],
                [key[1] for key, _ in changed],
                _array([pack(state, key) for key, state in changed]),
                [moment(state.asked) for _, state in changed],
            ],
        )


def _array(several: list[bytes]) -> str:
    """A literal of bytea[]: ten times as quick as having each value quoted for an array."""
    return "{" + ",".join(['"\\\\x' + one.hex() + '"' for one in several]) + "}"


def due(now: datetime, most: int) -> list[Key]:
    """Subjects a rule of which may want to be woken, longest due first. By the index: costs what is due."""
    with connection.cursor() as cursor:
        cursor.execute(DUE, [now, most])
        return [(kind, one) for kind, one in cursor.fetchall()]


def forget(kind: str, subject_id: int) -> None:
    """What rules remember of a subject is gone: a wearer took their consent back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM signals_subjectstate WHERE kind = %s AND subject_id = %s", [kind, subject_id]
        )


def moment(seconds: float) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
