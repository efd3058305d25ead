"""The tree cut into tiles of 256 hashes, as c2sp.org/tlog-tiles has it, and any hash of it read back from them.

Level 0 holds leaf hashes; each hash of a level above is that over one full tile below. The sealer writes a tile when
it is full (``grow``); the last, partial tile of each level is derived: from the leaves at level 0, from the roots of
the tiles below above that. So nothing but full tiles is stored, and they never change.

Any hash of the tree is the fold of neighbours in one tile, which is why a proof reads two tiles a level and no more.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import psycopg
from django.db import connection

from zhili.base.merkle import EMPTY_ROOT, LENGTH, NODE_PREFIX, node_hash

BITS: Final = 8
WIDTH: Final = 1 << BITS
AT_ONCE: Final = 200
"""Full tiles of level 0 written in one transaction: 51,200 leaves, well under two seconds."""

NEXT = "SELECT coalesce(max(index) + 1, 0) FROM trail_tile WHERE level = %s"
LEAVES = """
SELECT l.hash FROM trail_sealed s JOIN trail_leaf l ON l.id = s.leaf_id
WHERE s.index >= %s AND s.index < %s ORDER BY s.index"""
ROOTS = "SELECT root FROM trail_tile WHERE level = %s AND index >= %s AND index < %s ORDER BY index"
# Full tiles as stored; partial ones above the leaves from the roots of the tiles below; the last from the leaves.
READ = """
SELECT w.level, w.index, t.hashes
FROM unnest(%(full_levels)s::smallint[], %(full)s::bigint[]) AS w(level, index)
CROSS JOIN LATERAL (SELECT hashes FROM trail_tile t WHERE t.level = w.level AND t.index = w.index) t
UNION ALL
SELECT w.level, w.index, t.hashes
FROM unnest(%(levels)s::smallint[], %(tiles)s::bigint[], %(numbers)s::bigint[]) AS w(level, index, number)
CROSS JOIN LATERAL (
  SELECT string_agg(t.root, ''::bytea ORDER BY t.index) AS hashes FROM trail_tile t
  WHERE t.level = w.level - 1 AND t.index >= 256 * w.index AND t.index < 256 * w.index + w.number) t
UNION ALL
SELECT 0::smallint, w.index, t.hashes
FROM unnest(%(last)s::bigint[], %(width)s::bigint[]) AS w(index, number)
CROSS JOIN LATERAL (
  SELECT string_agg(l.hash, ''::bytea ORDER BY s.index) AS hashes
  FROM trail_sealed s JOIN trail_leaf l ON l.id = s.leaf_id
  WHERE s.index >= 256 * w.index AND s.index < 256 * w.index + w.number) t"""
SIZE = "SELECT coalesce(max(index) + 1, 0) FROM trail_sealed"


class NotTiled(LookupError):
    """A tile that should be full is not there (yet): the worker is still cutting an older tree into tiles."""


@dataclass(frozen=True, slots=True)
class Node:
    """The hash over the 2^``height`` leaves from number ``first`` on, a multiple of that width."""

    height: int
    first: int

    @property
    def tile(self) -> tuple[int, int]:
        """(level, index) of the tile it is folded from."""
        level = self.height // BITS
        return level, self.first >> BITS * (level + 1)

    @property
    def within(self) -> tuple[int, int]:
        """(first, number) of the hashes of that tile that lie under it."""
        level, folds = divmod(self.height, BITS)
        return (self.first >> BITS * level) & (WIDTH - 1), 1 << folds


def tree_size() -> int:
    """How many leaves have a number."""
    with connection.cursor() as cursor:
        cursor.execute(SIZE)
        return int(cursor.fetchone()[0])


def full_tiles(level: int, size: int) -> int:
    """How many full tiles a tree of that size has at a level."""
    return size >> BITS * (level + 1)


def width(level: int, index: int, size: int) -> int:
    """How many hashes that tile has in a tree of that size: 256 when it is full, 0 when it is not there."""
    return max(0, min(WIDTH, (size >> BITS * level) - index * WIDTH))


def nodes(start: int, end: int) -> list[Node]:
    """The complete subtrees that make up a range of the tree: largest first, as RFC 6962 splits it."""
    found = []
    while start < end:
        height = (end - start).bit_length() - 1
        found.append(Node(height, start))
        start += 1 << height
    return found


def read(level: int, index: int, number: int) -> bytes:
    """The first ``number`` hashes of a tile, one after another: stored when full, derived when not.

    Raises NotTiled when they are not all there.
    """
    return _read([(level, index, number)])[level, index]


class Reader:
    """Hashes of ranges of one tree, of tiles read before, all at once: one query whatever the size."""

    def __init__(self, size: int, ranges: Iterable[tuple[int, int]]) -> None:
        """``ranges`` as ``merkle.proof_ranges`` gives them. Raises NotTiled."""
        keys = {node.tile for a, b in ranges for node in nodes(a, b)}
        self._tiles = _read([(level, index, width(level, index, size)) for level, index in sorted(keys)])

    def hash(self, start: int, end: int) -> bytes:
        """The hash over those leaves, 32 bytes."""
        found = [self._node(node) for node in nodes(start, end)]
        if not found:
            return EMPTY_ROOT
        whole = found.pop()
        while found:
            whole = node_hash(found.pop(), whole)
        return whole

    def _node(self, node: Node) -> bytes:
        first, number = node.within
        return fold(self._tiles[node.tile][first * LENGTH : (first + number) * LENGTH])


def root(size: int) -> bytes:
    """The root of the first ``size`` leaves, from the tiles. Raises NotTiled."""
    return Reader(size, [(0, size)]).hash(0, size)


def fold(hashes: bytes) -> bytes:
    """The hash over a power of two of hashes that lie side by side."""
    return _kept(hashes) if len(hashes) > 4 * LENGTH else _fold(hashes)


def _fold(hashes: bytes) -> bytes:
    sha256, pair = hashlib.sha256, 2 * LENGTH
    while len(hashes) > LENGTH:  # two neighbours lie as they are hashed: one slice for both
        hashes = b"".join(
            [sha256(NODE_PREFIX + hashes[i : i + pair]).digest() for i in range(0, len(hashes), pair)]
        )
    return hashes


# Proofs of one tree share its right edge and the tiles near its top. Kept by what was hashed, so never out of date.
_kept = lru_cache(maxsize=256)(_fold)


def grow(size: int, tail: Sequence[bytes] = (), at_once: int = AT_ONCE) -> int:
    """Write tiles that a tree of ``size`` fills and that are not there; how many of level 0.

    ``tail``: the hashes of its last leaves, as far as the caller has them. In the caller's transaction, under the
    sealer's lock: one at a time.
    """
    first = _next(0)
    until = min(full_tiles(0, size), first + at_once)
    if first >= until:
        return 0
    known = size - len(tail)
    start, end = first * WIDTH, until * WIDTH
    hashes = _column(LEAVES, [start, min(known, end)]) if start < known else []
    hashes += tail[max(0, start - known) : max(0, end - known)]
    _write(0, first, hashes)
    level, below = 1, until
    while (goal := below >> BITS) > (first_above := _next(level)):
        _write(level, first_above, _column(ROOTS, [level - 1, first_above * WIDTH, goal * WIDTH]))
        level, below = level + 1, goal
    return until - first


def lacking(size: int) -> bool:
    """Whether a tree of that size has a full tile that was not written yet."""
    return _next(0) < full_tiles(0, size)


def _write(level: int, first: int, hashes: list[bytes]) -> None:
    if len(hashes) % WIDTH or any(len(one) != LENGTH for one in hashes):
        raise NotTiled(f"leaves of the tiles of level {level} from {first} on are not all there")
    copying = "COPY trail_tile (level, index, root, hashes) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(copying) as copy:
        for i in range(0, len(hashes), WIDTH):
            whole = b"".join(hashes[i : i + WIDTH])
            copy.write_row((level, first + i // WIDTH, _fold(whole), whole))


def _read(wanted: list[tuple[int, int, int]]) -> dict[tuple[int, int], bytes]:
    """(level, index, number of hashes) of tiles → their hashes, all in one round trip."""
    full = [(level, index) for level, index, number in wanted if number == WIDTH]
    above = [(level, index, number) for level, index, number in wanted if number < WIDTH and level]
    below = [(index, number) for level, index, number in wanted if number < WIDTH and not level]
    values = {
        "full_levels": [level for level, _ in full],
        "full": [index for _, index in full],
        "levels": [level for level, _, _ in above],
        "tiles": [index for _, index, _ in above],
        "numbers": [number for _, _, number in above],
        "last": [index for index, _ in below],
        "width": [number for _, number in below],
    }
    found = {(level, index): hashes for level, index, hashes in _rows(values)}
    for level, index, number in wanted:
        if len(found.setdefault((level, index), b"")) != number * LENGTH:
            raise NotTiled(f"tile {level}/{index} is not there with {number} hashes")
    return found


def _rows(values: dict[str, list[int]]) -> list[tuple[int, int, bytes]]:
    """As writing.py of cases does: Django's cursor binds on the client, so it can neither prepare nor fetch bytes."""
    connection.ensure_connection()
    started = time.monotonic()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        rows = cursor.execute(READ, values, prepare=True, binary=True).fetchall()
    if connection.queries_logged:
        connection.queries_log.append({"sql": READ, "time": f"{time.monotonic() - started:.3f}"})
    return [(level, index, hashes or b"") for level, index, hashes in rows]


def _next(level: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [level])
        return int(cursor.fetchone()[0])


def _column(query: str, values: list[int]) -> list[bytes]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [bytes(data) for (data,) in cursor.fetchall()]
