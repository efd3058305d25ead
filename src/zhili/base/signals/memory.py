"""What is remembered of a subject between two batches: compact bytes with a version, bounded whatever arrives.

Layout (little-endian): version, digest of the condition, the frontier (ms), how many keys stand at the frontier and how
many readings wait; then these, then what the condition itself remembers. No coordinates: a position is kept as its
distance from the zone.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Final

VERSION: Final = 1
NEVER: Final = -(1 << 62)
"""A moment (ms) before every other."""
WAITING: Final = 256
"""Readings that wait for their lateness to pass, at most; of more the oldest are judged early."""
TIES: Final = 32
"""Readings of one moment that are told apart, at most."""

_HEAD: Final = struct.Struct("<BHqBH")
_TIE: Final = struct.Struct("<Bq")
_WAIT: Final = struct.Struct("<qBqd")
LONE: Final = struct.Struct(_HEAD.format + _TIE.format[1:])
"""The head and its keys where one stands at the frontier: nearly every state's."""

Key = tuple[int, int, int]
"""(ms since 1970, which of the rule's measures, source): one reading; a second one of the same key is a repetition."""


@dataclass(slots=True)
class Memory:
    """``frontier``: everything before it is judged. ``ties``: who was heard at it (only without lateness).
    ``waiting``: readings not judged yet, by key. ``body``: bytes of the condition's own."""

    frontier: int = NEVER
    ties: list[tuple[int, int]] = field(default_factory=list)
    waiting: dict[Key, float] = field(default_factory=dict)
    body: bytes = b""


def load(state: bytes | None, shape: int) -> Memory | None:
    """The memory in a stored state; None when there is none, or it is of another version, condition, or damaged."""
    if state is None or len(state) < _HEAD.size:
        return None
    version, digest, frontier, ties, waiting = _HEAD.unpack_from(state)
    at = _HEAD.size
    if version != VERSION or digest != shape or len(state) < at + ties * _TIE.size + waiting * _WAIT.size:
        return None
    found = Memory(frontier)
    if ties:
        end = at + ties * _TIE.size
        found.ties = list(_TIE.iter_unpack(state[at:end]))
        at = end
    if waiting:
        end = at + waiting * _WAIT.size
        found.waiting = {one[:3]: one[3] for one in _WAIT.iter_unpack(state[at:end])}
        at = end
    found.body = state[at:]
    return found


def dump(memory: Memory, shape: int) -> bytes:
    """The bytes to store."""
    head = _HEAD.pack(VERSION, shape, memory.frontier, len(memory.ties), len(memory.waiting))
    if memory.ties:
        head += b"".join([_TIE.pack(*one) for one in memory.ties])
    if memory.waiting:
        head += b"".join([_WAIT.pack(*key, value) for key, value in memory.waiting.items()])
    return head + memory.body
