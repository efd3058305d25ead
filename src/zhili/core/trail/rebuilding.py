"""What can be made anew from the leaves and their numbers: tiles, and the right edge that the sealer keeps.

Tiles are evidence only in so far as they agree with the leaves; one that does not was altered, and is named before it
is replaced. Replacing needs the owner of the tables, past the triggers, and leaves a leaf.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from zhili.base.merkle import CompactRange
from zhili.core.trail import leaves, sealing, tiles

Tell = Callable[[int, int], None]
WINDOW = 64


@dataclass
class Found:
    """What a look over all derived parts found. ``wrong``: (level, index) of tiles other than the leaves make."""

    size: int = 0
    tiles: int = 0
    written: int = 0
    wrong: list[tuple[int, int]] = field(default_factory=list)
    edge_wrong: bool = False


@dataclass(frozen=True)
class Right:
    """A tile as the leaves make it."""

    level: int
    index: int
    root: bytes
    hashes: bytes


def look_over(tell: Tell = lambda done, total: None) -> Found:
    """Write tiles that are lacking, and compare every tile and the right edge with the leaves. O(size)."""
    found = Found(size=tiles.tree_size())
    while written := sealing.catch_up():
        found.written += written
    edge = CompactRange()
    for right in _tiles(found.size, edge, tell):
        found.tiles += 1
        if not _stored(right):
            found.wrong.append((right.level, right.index))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT size, edge FROM trail_sealer FOR UPDATE")
        row = cursor.fetchone()
        if row and row[0] == found.size and bytes(row[1]) != edge.packed():
            found.edge_wrong = True
            cursor.execute("UPDATE trail_sealer SET edge = %s", [edge.packed()])
    return found


def replace(wrong: list[tuple[int, int]], owner: Any) -> None:
    """Put right tiles in the place of wrong ones, and keep in the trail which. ``owner``: a psycopg connection as the
    owner of the tables."""
    right = {
        (one.level, one.index): one for one in _tiles(tiles.tree_size(), CompactRange(), lambda a, b: None)
    }
    with owner.transaction():
        owner.execute("ALTER TABLE trail_tile DISABLE TRIGGER trail_tile_append_only")
        for level, index in wrong:
            one = right[level, index]
            owner.execute(
                "UPDATE trail_tile SET root = %s, hashes = %s WHERE level = %s AND index = %s",
                [one.root, one.hashes, level, index],
            )
        owner.execute("ALTER TABLE trail_tile ENABLE TRIGGER trail_tile_append_only")
    what = {
        "record": "trail.tiles_replaced",
        "tiles": [list(one) for one in wrong][:1000],
        "number": len(wrong),
    }
    leaves.append("record", timezone.now(), what, {}, secrets.token_bytes(16))


def _tiles(size: int, edge: CompactRange, tell: Tell) -> Iterator[Right]:
    """Every full tile of the tree from its leaves, each level's as it fills; ``edge`` grows by all leaves."""
    rows: list[list[bytes]] = [[]]
    counts = [0]
    step = WINDOW * tiles.WIDTH
    for start in range(0, size, step):
        with connection.cursor() as cursor:
            cursor.execute(tiles.LEAVES, [start, min(size, start + step)])
            hashes = [bytes(digest) for (digest,) in cursor.fetchall()]
        if len(hashes) != min(size, start + step) - start:
            raise LookupError(f"leaves from number {start} on are not all there: zhili trail audit")
        edge.extend(hashes)
        rows[0] += hashes
        level = 0
        while level < len(rows):
            while len(rows[level]) >= tiles.WIDTH:
                whole = b"".join(rows[level][: tiles.WIDTH])
                del rows[level][: tiles.WIDTH]
                right = Right(level, counts[level], tiles.fold(whole), whole)
                yield right
                counts[level] += 1
                if level + 1 == len(rows):
                    rows.append([])
                    counts.append(0)
                rows[level + 1].append(right.root)
            level += 1
        tell(min(size, start + step), size)


def _stored(right: Right) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT root = %s AND hashes = %s FROM trail_tile WHERE level = %s AND index = %s",
            [right.root, right.hashes, right.level, right.index],
        )
        found = cursor.fetchone()
    return bool(found and found[0])
