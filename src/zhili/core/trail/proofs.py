"""Proofs from the tiles: that a leaf stands in the tree, and that an older tree is the beginning of a newer one.

One query whatever the size of the tree, and about two tiles a level: O(log n). What cannot be proven is refused with
its reason, each of which has a name of its own for the API.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from django.db import connection
from django.utils.translation import gettext as _

from zhili.base import merkle
from zhili.core.trail import tiles


class NoProof(LookupError):
    """There is no such proof. ``code`` for machines, ``message`` for people."""

    code: ClassVar[str] = "no_proof"

    @property
    def message(self) -> str:
        return _("这里没有这样的证明。")


class NotSealed(NoProof):
    """The leaf is written and has no number yet: in a moment."""

    code = "not_sealed_yet"

    @property
    def message(self) -> str:
        return _("这条记录已经写下，还没有编入存证树。请稍候再取。")


class BeyondTree(NoProof):
    """A number or size that the tree has not reached."""

    code = "beyond_the_tree"

    @property
    def message(self) -> str:
        return _("存证树还没有这么大。")


class NoSuchLeaf(NoProof):
    """No leaf with that hash was ever written here."""

    code = "no_such_leaf"

    @property
    def message(self) -> str:
        return _("这里从来没有这一条存证：散列值不对，或者不是本系统的。")


class BeingTiled(NoProof):
    """The tree of an older version is still being cut into tiles."""

    code = "being_prepared"

    @property
    def message(self) -> str:
        return _("正在整理较早的存证，稍后就能取到证明。")


def inclusion(index: int, size: int) -> list[bytes]:
    """The audit path of leaf ``index`` (from 0) in the tree of ``size`` leaves (RFC 6962 §2.1.1), root's side last.

    Raises BeyondTree, BeingTiled.
    """
    if not 0 <= index < size:
        raise BeyondTree
    return _proof(index, index + 1, size)


def inclusions(indexes: Iterable[int], size: int) -> dict[int, list[bytes]]:
    """The audit paths of several leaves of one tree, by number: as many queries as for one.

    Raises BeyondTree, BeingTiled.
    """
    wanted = sorted(set(indexes))
    if any(not 0 <= index < size for index in wanted):
        raise BeyondTree
    ranges = {index: merkle.proof_ranges(index, index + 1, size) for index in wanted}
    try:
        reader = tiles.Reader(size, {one for some in ranges.values() for one in some})
    except tiles.NotTiled as lacking:
        raise _why(size) from lacking
    return {index: [reader.hash(a, b) for a, b in some] for index, some in ranges.items()}


def consistency(old: int, size: int) -> list[bytes]:
    """That the tree of ``size`` begins with that of ``old`` leaves (RFC 6962 §2.1.2); empty when they are one.

    Raises BeyondTree (also for an empty old tree, of which nothing can be proven), BeingTiled.
    """
    if not 0 < old <= size:
        raise BeyondTree
    return _proof(0, old, size)


def root(size: int) -> bytes:
    """The root of the first ``size`` leaves, 32 bytes. Raises BeyondTree, BeingTiled."""
    if size < 0:
        raise BeyondTree
    try:
        return tiles.root(size)
    except tiles.NotTiled as lacking:
        raise _why(size) from lacking


def number_of(leaf_hash: bytes) -> int:
    """The number of the (first) leaf with that hash. Raises NoSuchLeaf, NotSealed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.index FROM trail_leaf l LEFT JOIN trail_sealed s ON s.leaf_id = l.id"
            " WHERE l.hash = %s ORDER BY s.index NULLS LAST LIMIT 1",
            [leaf_hash],
        )
        found = cursor.fetchone()
    if found is None:
        raise NoSuchLeaf
    if found[0] is None:
        raise NotSealed
    return int(found[0])


def _proof(start: int, end: int, size: int) -> list[bytes]:
    ranges = merkle.proof_ranges(start, end, size)
    try:
        reader = tiles.Reader(size, ranges)
    except tiles.NotTiled as lacking:
        raise _why(size) from lacking
    return [reader.hash(a, b) for a, b in ranges]


def _why(size: int) -> NoProof:
    """Asked only after a proof failed: what was asked for beyond the tree, or what is not tiled yet."""
    return BeyondTree() if size > tiles.tree_size() else BeingTiled()
