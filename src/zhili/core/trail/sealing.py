"""The sealer: gives each leaf its number in the tree, once and for good, and says from time to time how it stands.

Leaf ids are given out before their transactions commit, so numbering "whatever comes after the last id" would miss
leaves that commit late. As the readers of streams do, the sealer takes only leaves of transactions older than every
one still running, in the order (xid, id): below that horizon no leaf can appear any more. Numbers, the right edge of
the tree and the head are written in one transaction: killed at any point, it goes on from what was committed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction

from zhili.base.merkle import CompactRange
from zhili.core.trail import tiles

BATCH = 10_000

WAITING = """
SELECT l.id, l.xid::text, l.hash FROM trail_leaf l
WHERE (l.xid, l.id) > (%s::xid8, %s) AND l.xid < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY l.xid, l.id LIMIT %s"""
# Asked without a lock first: a worker with nothing to do must not write (see streams/reading.py).
ANYTHING = """
SELECT (SELECT l.id FROM trail_leaf l WHERE (l.xid, l.id) > (s.xid, s.leaf_id)
        AND l.xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY l.xid, l.id LIMIT 1) IS NOT NULL,
       s.size > coalesce((SELECT size FROM trail_treehead ORDER BY size DESC LIMIT 1), 0)
       AND coalesce((SELECT at FROM trail_treehead ORDER BY size DESC LIMIT 1)
                    <= clock_timestamp() - make_interval(secs => %s), true)
FROM trail_sealer s"""
BEGIN = "INSERT INTO trail_sealer (id, size, edge, leaf_id) VALUES (1, 0, '', 0) ON CONFLICT (id) DO NOTHING"
TAKE = "SELECT size, edge, xid::text, leaf_id FROM trail_sealer FOR UPDATE SKIP LOCKED"
STORE = "UPDATE trail_sealer SET size = %s, edge = %s, xid = %s::xid8, leaf_id = %s"
HEAD = """
INSERT INTO trail_treehead (size, root, at)
SELECT %s, %s, clock_timestamp()
WHERE NOT EXISTS (SELECT 1 FROM trail_treehead
                  WHERE size >= %s OR at > clock_timestamp() - make_interval(secs => %s))"""
# What a restored site knows of its leaves is which have numbers; their transactions were another server's.
UNNUMBERED = """
SELECT l.id, l.xid::text, l.hash FROM trail_leaf l
WHERE NOT EXISTS (SELECT 1 FROM trail_sealed s WHERE s.leaf_id = l.id) ORDER BY l.id LIMIT %s"""
HERE = """
UPDATE trail_sealer SET xid = pg_current_xact_id(), leaf_id = coalesce((SELECT max(id) FROM trail_leaf), 0)"""

Row = tuple[int, str, bytes]


def head_pause() -> timedelta:
    """A head is added when the tree has grown and the last one is this old (ZHILI_TRAIL_HEAD_SECONDS, 60)."""
    return timedelta(seconds=settings.TRAIL_HEAD_SECONDS)


def seal(limit: int = BATCH, head_every: timedelta | None = None) -> int:
    """Number up to ``limit`` leaves, and add a head when one is due; how many were numbered.

    Tiles that became full are written with the numbers. ``head_every``: as ``head_pause`` unless given. Any number of
    workers may call it: one at a time seals, the others pass by. Bounded: one short transaction.
    """
    head_every = head_pause() if head_every is None else head_every
    leaves, head = _anything(head_every)
    if not (leaves or head):
        return 0
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(TAKE)
            state = cursor.fetchone()
            if state is None:
                return 0
            size, edge, xid, leaf_id = state
            cursor.execute(WAITING, [xid, leaf_id, limit])
            rows: list[Row] = cursor.fetchall()
        tree = CompactRange.unpacked(size, bytes(edge))
        hashes = _number(tree, rows)
        if rows:
            _store(tree, rows[-1][1], rows[-1][0])
        tiles.grow(tree.size, hashes)
        _head(tree, head_every)
    return len(rows)


def catch_up() -> int:
    """Cut a tree that was sealed before there were tiles: some of it; how many tiles of level 0. 0 when all is cut."""
    if not tiles.lacking(tiles.tree_size()):
        return 0
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(TAKE)
            state = cursor.fetchone()
        return tiles.grow(state[0]) if state else 0


def seal_all(limit: int = BATCH, head_every: timedelta = timedelta(0)) -> int:
    """Number everything below the horizon and add a head: for commands and tests."""
    total = 0
    while done := seal(limit, head_every):
        total += done
    return total


def rebase() -> int:
    """After a restore into another server, whose transaction ids start low again: how many leaves were numbered.

    Leaves that had no number yet get theirs now, in the order of their ids; those written from now on follow. Call it
    once, before workers start. Leaves restored must carry a transaction id of this server or none in its future:
    leave the column ``xid`` out when they are written back.
    """
    total = 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BEGIN)
        cursor.execute("SELECT size, edge FROM trail_sealer FOR UPDATE")
        size, edge = cursor.fetchone()
        tree = CompactRange.unpacked(size, bytes(edge))
        while True:
            cursor.execute(UNNUMBERED, [BATCH])
            rows: list[Row] = cursor.fetchall()
            if not rows:
                break
            _number(tree, rows)
            total += len(rows)
        _store(tree, "0", 0)
        cursor.execute(HERE)
        _head(tree, timedelta(0))
    return total


def _anything(head_every: timedelta) -> tuple[bool, bool]:
    with connection.cursor() as cursor:
        cursor.execute(ANYTHING, [head_every.total_seconds()])
        found = cursor.fetchone()
        if found is None:
            cursor.execute(BEGIN)
            cursor.execute(ANYTHING, [head_every.total_seconds()])
            found = cursor.fetchone()
    return bool(found[0]), bool(found[1])


def _number(tree: CompactRange, rows: Iterable[Row]) -> list[bytes]:
    """Give these leaves the next numbers, and grow the tree by them; their hashes."""
    hashes = []
    copying = "COPY trail_sealed (index, leaf_id) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(copying) as copy:
        for leaf_id, _xid, digest in rows:
            copy.write_row((tree.size, leaf_id))
            hashes.append(bytes(digest))
            tree.append(hashes[-1])
    return hashes


def _store(tree: CompactRange, xid: str, leaf_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(STORE, [tree.size, tree.packed(), xid, leaf_id])


def _head(tree: CompactRange, every: timedelta) -> None:
    if tree.size:
        with connection.cursor() as cursor:
            cursor.execute(HEAD, [tree.size, tree.root(), tree.size, every.total_seconds()])
