"""The tree counted again: numbers, leaves, heads and the sealer's own edge. And leaves that have no number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from zhili.base.canonical import leaf_hash
from zhili.base.merkle import LENGTH, CompactRange
from zhili.core.trail.audit.covering import COLUMNS, LEAF, Cover, LeafRow, leaf_row
from zhili.core.trail.audit.faults import Fault, Part, short
from zhili.core.trail.leaves import timestamp
from zhili.core.trail.models import Sealer, TreeHead

SEALED, HEAD, SEALER = "trail_sealed", "trail_treehead", "trail_sealer"
BATCH = 16 * 256  # whole tiles
WINDOW = 40_000

BESIDE = {
    LEAF: ("xid",),  # of this server alone: a backup leaves it out
    SEALED: (),
    HEAD: ("at",),
    SEALER: ("id", "xid", "leaf_id"),
}
"""The tables of the tree, and of each the columns that nothing commits to."""

NUMBERED = f"""
SELECT s.index, s.leaf_id, {", ".join("l." + name.strip() for name in COLUMNS.split(","))}
FROM trail_sealed s LEFT JOIN trail_leaf l ON l.id = s.leaf_id
WHERE s.index >= %s ORDER BY s.index LIMIT %s"""  # noqa: S608
HASHES = """
SELECT s.index, l.hash FROM trail_sealed s JOIN trail_leaf l ON l.id = s.leaf_id
WHERE s.index >= %s AND s.index < %s ORDER BY s.index"""
# (xid, id) is the sealer's place: whatever lies before it should have a number
UNNUMBERED = f"""
SELECT (l.xid, l.id) <= (s.xid, s.leaf_id), {", ".join("l." + name.strip() for name in COLUMNS.split(","))}
FROM (SELECT * FROM trail_leaf WHERE id > %s ORDER BY id LIMIT %s) l LEFT JOIN trail_sealer s ON true
WHERE NOT EXISTS (SELECT 1 FROM trail_sealed n WHERE n.leaf_id = l.id)"""  # noqa: S608
WINDOW_END = "SELECT max(id), count(*) FROM (SELECT id FROM trail_leaf WHERE id > %s ORDER BY id LIMIT %s) w"
UNKNOWN = bytes(32)
"""In place of the hash of a leaf that is not there."""


@dataclass(frozen=True)
class Stretch:
    """Leaves side by side in the tree, from number ``start`` on: their ids, and the hashes of their bytes."""

    start: int
    ids: Sequence[int]
    hashes: Sequence[bytes]


@dataclass(frozen=True)
class Tree:
    """The first phase of an audit. ``after``: the tree so far, {"size", "edge", "broken"}."""

    covers: Sequence[Cover]
    thorough: bool = False
    """Whether the rows of these leaves are looked at through them, since nothing else will come by."""
    look: Callable[[Stretch], list[Fault]] | None = None
    """What else to look at of each stretch."""
    name: str = "tree"

    def size(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(max(index) + 1, 0) FROM trail_sealed")
            return int(cursor.fetchone()[0])

    def batch(self, after: Any) -> Part:
        """The next leaves by number: each there, whole, numbered once; heads on the way and, at the end, the last."""
        walk = _Walk.at(after, self.covers)
        start = walk.tree.size
        with connection.cursor() as cursor:
            cursor.execute(NUMBERED, [start, BATCH])
            rows = cursor.fetchall()
            cursor.execute("SELECT index FROM trail_sealed WHERE index < 0")
            below = cursor.fetchall()
        part = walk.part
        part.faults += [Fault("number", SEALED, str(index), "index") for (index,) in below]
        for index, leaf_id, *columns in rows:
            if not walk.reach(index):
                break
            walk.take(leaf_id, leaf_row(columns) if columns[0] is not None else None)
        part.seen, part.place = len(walk.hashes), walk.as_json()
        if self.look is not None:
            part.faults += self.look(Stretch(start, walk.ids, walk.hashes))
        for cover in self.covers:
            part.faults += cover.of_leaves(walk.leaves, thorough=self.thorough)
        if len(rows) == BATCH and walk.tree.size > start:
            part.after = walk.as_json()
        else:
            part.faults += _ends(walk.tree, walk.broken)
        return part


class _Walk:
    """The tree while its leaves go by. ``broken``: one was lacking, so that no root can be counted any more."""

    def __init__(self, tree: CompactRange, broken: bool, covers: Sequence[Cover]) -> None:
        self.tree, self.broken, self.covers, self.part = tree, broken, covers, Part()
        self.leaves: list[LeafRow] = []
        self.ids: list[int] = []
        self.hashes: list[bytes] = []
        sizes = TreeHead.objects.filter(size__gt=tree.size, size__lte=tree.size + BATCH)
        self.heads = {head.size: bytes(head.root) for head in sizes}

    @classmethod
    def at(cls, after: Any, covers: Sequence[Cover]) -> _Walk:
        if after is None:
            return cls(CompactRange(), False, covers)
        tree = CompactRange.unpacked(after["size"], bytes.fromhex(after["edge"]))
        return cls(tree, after["broken"], covers)

    def as_json(self) -> dict[str, Any]:
        return {"size": self.tree.size, "edge": self.tree.packed().hex(), "broken": self.broken}

    def reach(self, index: int) -> bool:
        """Go on to this number, naming those that are lacking; False when it is out of all proportion."""
        lacking = index - self.tree.size
        if lacking:
            told = f"{self.tree.size}–{index - 1}" if lacking > 1 else str(self.tree.size)
            self.part.faults.append(Fault("number", SEALED, told, "index"))
            self.broken = True
        if lacking > WINDOW:
            return False
        for _ in range(lacking):
            self._grow(0, UNKNOWN)
        return True

    def take(self, leaf_id: int, leaf: LeafRow | None) -> None:
        """The leaf that has the next number."""
        if leaf is None:
            number = str(self.tree.size)
            self.part.faults.append(Fault("gone", LEAF, str(leaf_id), found=f"number {number}"))
            self.part.faults.append(Fault("number", SEALED, number, "leaf_id", found=f"leaf {leaf_id}: -"))
            self.broken = True
            self._grow(leaf_id, UNKNOWN)
            return
        self.part.faults += of_leaf(leaf, self.covers)
        self.leaves.append(leaf)
        # the bytes count, not the stored hash: an altered hash column shall not look like an altered tree
        self._grow(leaf_id, leaf_hash(leaf.body))

    def _grow(self, leaf_id: int, digest: bytes) -> None:
        self.ids.append(leaf_id)
        self.hashes.append(digest)
        self.tree.append(digest)
        root = self.heads.get(self.tree.size)
        if root is not None and not self.broken and (again := self.tree.root()) != root:
            key = str(self.tree.size)
            self.part.faults.append(Fault("root", HEAD, key, "root", short(again), short(root)))


def unrooted(size: int) -> dict[str, Any]:
    """A place in the tree to look at leaves from without counting roots: what lies before it is not known."""
    return {"size": size, "edge": bytes(LENGTH * size.bit_count()).hex(), "broken": True}


def edge_of(size: int) -> CompactRange:
    """The right edge of the first ``size`` leaves, from their hashes alone: about a million a second.

    Raises LookupError when some are lacking.
    """
    tree = CompactRange()
    while tree.size < size:
        with connection.cursor() as cursor:
            cursor.execute(HASHES, [tree.size, min(size, tree.size + WINDOW)])
            rows = cursor.fetchall()
        if not rows:
            raise LookupError(f"of {size} leaves only {tree.size} have a number")
        tree.extend([bytes(digest) for _index, digest in rows])
    return tree


def newest() -> Part:
    """The newest head counted again from the hashes of the leaves, without their bytes."""
    head = TreeHead.objects.order_by("-size").first()
    if head is None:
        return Part()
    try:
        again = edge_of(head.size).root()
    except LookupError as short_of:
        return Part(faults=[Fault("root", HEAD, str(head.size), "size", found=str(short_of))])
    wrong = bytes(head.root) != again
    fault = Fault("root", HEAD, str(head.size), "root", short(again), short(head.root))
    return Part(head.size, [fault] if wrong else [])


def of_leaf(leaf: LeafRow, covers: Sequence[Cover]) -> list[Fault]:
    """What is wrong with a leaf in itself: its hash, and the columns that repeat what its body says."""
    key = str(leaf.id)
    digest = leaf_hash(leaf.body)
    if digest != leaf.hash:
        return [Fault("leaf", LEAF, key, "body|hash", short(leaf.hash), short(digest))]
    if leaf.said.get("v") != 1 or set(leaf.said) != {"v", "kind", "at", "what", "seal"}:
        return [Fault("leaf", LEAF, key, "body", found=short(leaf.body))]
    found = []
    if leaf.said["kind"] != leaf.kind:
        found.append(Fault("leaf", LEAF, key, "kind", str(leaf.said["kind"]), leaf.kind))
    if leaf.said["at"] != timestamp(leaf.at):
        found.append(Fault("leaf", LEAF, key, "at", str(leaf.said["at"]), timestamp(leaf.at)))
    if leaf.subject is not None and not any(cover.claims(leaf) for cover in covers):
        found.append(Fault("leaf", LEAF, key, "subject", found=str(leaf.subject)))  # others have none
    if leaf.kind == "step" and leaf.subject is None:
        found.append(Fault("leaf", LEAF, key, "subject", str(leaf.what.get("case"))))
    return found


def _ends(tree: CompactRange, broken: bool) -> list[Fault]:
    """At the end of the numbers: the sealer's own row, and no head that says more."""
    found = _beyond(tree)
    state = Sealer.objects.first()
    size, edge = (state.size, bytes(state.edge)) if state else (0, b"")
    if size != tree.size:
        found.append(Fault("number", SEALER, "1", "size", str(tree.size), str(size)))
    elif edge != tree.packed() and not broken:
        found.append(Fault("root", SEALER, "1", "edge", short(tree.packed()), short(edge)))
    return found


def _beyond(tree: CompactRange) -> list[Fault]:
    larger = TreeHead.objects.filter(size__gt=tree.size).order_by("size").values_list("size", flat=True)
    return [Fault("root", HEAD, str(size), "size", f"<= {tree.size}", str(size)) for size in larger[:10]]


@dataclass(frozen=True)
class Unnumbered:
    """Leaves without a number: whole in themselves, and none that the sealer has passed by."""

    covers: Sequence[Cover]
    name: str = "unnumbered"

    def size(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM trail_leaf")
            return int(cursor.fetchone()[0])

    def batch(self, after: Any) -> Part:
        since = after or 0
        with connection.cursor() as cursor:
            cursor.execute(WINDOW_END, [since, WINDOW])
            last, seen = cursor.fetchone()
            cursor.execute(UNNUMBERED, [since, WINDOW])
            rows = cursor.fetchall()
        part = Part(seen, after=last if seen == WINDOW else None)
        leaves = []
        for passed, *columns in rows:
            leaf = leaf_row(columns)
            part.faults += of_leaf(leaf, self.covers)
            if passed:
                part.faults.append(Fault("number", LEAF, str(leaf.id)))
            leaves.append(leaf)
        for cover in self.covers:
            part.faults += cover.of_leaves(leaves, thorough=False)
        return part
