"""What stands on the tree: its tiles, signed heads and their signatures, and what is kept outside the database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q

from zhili.base import notes
from zhili.base.merkle import LENGTH
from zhili.core.trail import keys, memory, proofs, tiles
from zhili.core.trail.audit.covering import LEAF
from zhili.core.trail.audit.faults import Fault, Part, short
from zhili.core.trail.audit.tree import HEAD, SEALED, UNKNOWN, Stretch
from zhili.core.trail.models import Restoration, SignedHead, SigningKey, Tile, TreeHead

TILE, SIGNED, KEY = (model._meta.db_table for model in (Tile, SignedHead, SigningKey))
MOST_LEVELS = 7
"""256 to the 8th: more leaves than can be numbered."""
BESIDE = {TILE: (), SIGNED: ("id", "at")}
"""The tables looked at here, and of each the columns nothing vouches for."""


def look_at_tiles(stretch: Stretch) -> list[Fault]:
    """The full tiles of leaf hashes within a stretch of the tree: each hash is that of its leaf.

    Where a tile is whole in itself and differs from a leaf, it is the leaf that was exchanged, body and hash together.
    """
    first = -(-stretch.start // tiles.WIDTH)
    until = (stretch.start + len(stretch.hashes)) // tiles.WIDTH
    there = [one for one in Tile.objects.filter(level=0, index__gte=first, index__lt=until) if _whole(one)]
    stored = {
        tile.index * tiles.WIDTH + n: bytes(tile.hashes)[n * LENGTH : (n + 1) * LENGTH]
        for tile in there
        for n in range(tiles.WIDTH)
    }
    found: list[Fault] = []
    known: set[bytes] | None = None
    for number, theirs in stored.items():
        at = number - stretch.start
        mine, leaf = stretch.hashes[at], stretch.ids[at]
        if mine in (theirs, UNKNOWN):
            continue
        known = set(stored.values()) if known is None else known
        if mine in known:  # whole in itself, and at another's place
            found.append(Fault("number", SEALED, str(number), "leaf_id", short(theirs), f"leaf {leaf}"))
        else:
            found.append(Fault("leaf", LEAF, str(leaf), "body|hash", short(theirs), short(mine)))
    return found


def _whole(tile: Tile) -> bool:
    stored = bytes(tile.hashes)
    return len(stored) == tiles.WIDTH * LENGTH and tiles.fold(stored) == bytes(tile.root)


@dataclass(frozen=True)
class Tiles:
    """Every tile is whole in itself, made of those below it, and there are as many as the tree fills."""

    name: str = TILE
    step: int = 256

    def size(self) -> int:
        return Tile.objects.count()

    def batch(self, after: Any) -> Part:
        level, index = after or (0, -1)
        rows = list(Tile.objects.filter(level=level, index__gt=index).order_by("index")[: self.step])
        part = Part(len(rows), self._out_of_range() if after is None else [])
        expected = tiles.full_tiles(level, tiles.tree_size())
        below = self._below(level, rows)
        for n, tile in enumerate(rows, index + 1):
            if tile.index != n or n >= expected:
                part.faults.append(
                    Fault("tile", TILE, f"{level}/{tile.index}", "index", str(n), str(tile.index))
                )
                break
            part.faults += self._tile(tile, below.get(tile.index))
        above = Tile.objects.filter(level=level + 1)
        if len(rows) == self.step:
            part.after = [level, rows[-1].index]
        else:
            last = rows[-1].index if rows else index
            # at the end they may be still to come: an older tree is cut little by little
            if last + 1 < expected and above.filter(index__gte=(last + 1) // tiles.WIDTH).exists():
                part.faults.append(Fault("tile", TILE, f"{level}/{last + 1}", "", f"{expected} tiles"))
            part.after = [level + 1, -1] if level < MOST_LEVELS and above.exists() else None
        return part

    def _out_of_range(self) -> list[Fault]:
        odd = Tile.objects.filter(Q(level__lt=0) | Q(level__gt=MOST_LEVELS) | Q(index__lt=0))
        return [Fault("tile", TILE, f"{one.level}/{one.index}", "level|index") for one in odd[:10]]

    def _tile(self, tile: Tile, below: bytes | None) -> Iterator[Fault]:
        key = f"{tile.level}/{tile.index}"
        if not _whole(tile):
            yield Fault("tile", TILE, key, "hashes|root")
        elif below is not None and below != bytes(tile.hashes):
            yield Fault("tile", TILE, key, "hashes", "the roots of the tiles below")

    def _below(self, level: int, rows: list[Tile]) -> dict[int, bytes]:
        if level == 0 or not rows:
            return {}
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT index / %s, string_agg(root, ''::bytea ORDER BY index) FROM trail_tile"
                " WHERE level = %s AND index >= %s AND index < %s GROUP BY 1",
                [tiles.WIDTH, level - 1, rows[0].index * tiles.WIDTH, (rows[-1].index + 1) * tiles.WIDTH],
            )
            return {index: bytes(roots) for index, roots in cursor.fetchall()}


@dataclass(frozen=True)
class Signatures:
    """Every signed head: its text says what its row says, a key of this log signed it, and the tree has that root."""

    name: str = SIGNED
    step: int = 500

    def size(self) -> int:
        return SignedHead.objects.count()

    def batch(self, after: Any) -> Part:
        rows = list(SignedHead.objects.filter(pk__gt=after or 0).order_by("pk")[: self.step])
        part = Part(len(rows), after=rows[-1].pk if len(rows) == self.step else None)
        roots = _roots([row.size for row in rows])
        vkeys = keys.vkeys() if rows else []
        for row in rows:
            part.faults += _signed(row, vkeys, roots.get(row.size))
        return part


def _signed(row: SignedHead, vkeys: list[str], root: bytes | None) -> Iterator[Fault]:
    key, mine = str(row.pk), notes.Checkpoint(row.origin, row.size, bytes(row.root))
    told, reason = read(row.text, vkeys)
    if told is None:
        yield Fault("signature", SIGNED, key, "text", found=reason)
    elif told != mine:
        yield Fault("altered", SIGNED, key, "origin|size|root", _told(told), _told(mine))
    elif root != told.root and not _lost(told):
        yield Fault("root", SIGNED, key, "root", short(root or b"-"), short(told.root))


def read(text: str, vkeys: list[str]) -> tuple[notes.Checkpoint | None, str]:
    """The checkpoint, if one of these keys signed it; else why not."""
    try:
        verified = notes.verify_note(text, vkeys)
        return notes.parse_checkpoint(verified.note.text), ""
    except notes.NoteError as error:
        return None, f"{type(error).__name__}: {error}"


@dataclass(frozen=True)
class Outside:
    """Every line of the file outside the database (memory.py): signed by this log, and the tree has that root."""

    name: str = memory.NAME
    step: int = 2_000

    def size(self) -> int:
        return SignedHead.objects.count()

    def batch(self, after: Any) -> Part:
        lines, end = memory.read_from(after or 0, self.step)
        part = Part(len(lines), after=end if len(lines) == self.step else None)
        vkeys = keys.vkeys() if lines else []
        told = [read(text, vkeys) if text is not None else (None, "") for text in lines]
        roots = _roots([one.size for one, _reason in told if one is not None])
        for text, (one, reason) in zip(lines, told, strict=True):
            if one is None and text is not None:
                part.faults.append(
                    Fault("signature", memory.NAME, short(text.replace("\n", " ")), found=reason)
                )
            elif one is not None and roots.get(one.size) != one.root and not _lost(one):
                there = roots.get(one.size)
                fault = Fault("outside", HEAD, str(one.size), "root", short(one.root), short(there or b"-"))
                part.faults.append(fault)
        return part


def _roots(sizes: list[int]) -> dict[int, bytes]:
    """The root of the tree at each of these sizes, as heads have it (which are counted again) or as tiles give it."""
    found = {h.size: bytes(h.root) for h in TreeHead.objects.filter(size__in=sizes)}
    for size in set(sizes) - set(found):
        try:
            found[size] = proofs.root(size)
        except proofs.NoProof:
            continue
    return found


def _lost(told: notes.Checkpoint) -> bool:
    """Whether its leaves were lost by a restore that was declared."""
    return Restoration.objects.filter(former=told.origin, size__lt=told.size).exists()


def _told(one: notes.Checkpoint) -> str:
    return f"{one.origin} {one.size} {short(one.root)}"
