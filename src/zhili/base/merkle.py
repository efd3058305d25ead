"""The Merkle tree of RFC 6962 (and RFC 9162): root, growth, and proofs of what stands in it.

A tree over n leaves: the left half holds the largest power of two below n. Hashes are SHA-256; a leaf's begins with
0x00 (``canonical.leaf_hash``), an inner node's with 0x01. Everything here is arithmetic over hashes: where they are
kept (a table, tiles) is the caller's affair, who gives ``Hasher``, the hash of the leaves from one number to before
another, for the few ranges a proof needs.

One proof serves all questions: that a *subtree* [start, end) stands in the tree of ``size`` leaves. A single leaf is
the subtree [i, i+1); an earlier tree of m leaves is [0, m); others begin at a multiple of their own width.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from hmac import compare_digest
from typing import Final

NODE_PREFIX: Final = b"\x01"
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
LENGTH: Final = 32
Hasher = Callable[[int, int], bytes]
"""(start, end) → the hash over those leaves, as a tree of their own."""


class ProofError(ValueError):
    """The proof does not prove what it says; nothing is known of the leaf or tree."""


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right), 32 bytes."""
    return hashlib.sha256(NODE_PREFIX + left + right).digest()


def tree_hash(leaves: Sequence[bytes]) -> bytes:
    """The root over these leaf hashes. O(n)."""
    grown = CompactRange()
    grown.extend(leaves)
    return grown.root()


class CompactRange:
    """The right edge of a growing tree: one hash per bit set in its size, largest subtree first.

    All that is needed to append and to know the root: 32 hashes at four thousand million leaves.
    """

    __slots__ = ("hashes", "size")

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        """``hashes`` as an earlier range had them. Raises ValueError when they cannot belong to ``size``."""
        if size < 0 or len(hashes) != size.bit_count() or any(len(h) != LENGTH for h in hashes):
            raise ValueError("the hashes do not belong to a tree of that size")
        self.size = size
        self.hashes = list(hashes)

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash at the right; amortised one node hash."""
        whole, hashes = self.size, self.hashes
        while whole & 1:
            leaf = hashlib.sha256(NODE_PREFIX + hashes.pop() + leaf).digest()
            whole >>= 1
        hashes.append(leaf)
        self.size += 1

    def extend(self, leaves: Sequence[bytes]) -> None:
        """Add leaf hashes in order."""
        for leaf in leaves:
            self.append(leaf)

    def root(self) -> bytes:
        """The root of the whole tree, 32 bytes."""
        if not self.hashes:
            return EMPTY_ROOT
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = node_hash(left, root)
        return root

    def packed(self) -> bytes:
        """The hashes one after another, as kept in a column."""
        return b"".join(self.hashes)

    @classmethod
    def unpacked(cls, size: int, packed: bytes) -> CompactRange:
        """The range ``packed`` came from. Raises ValueError."""
        return cls(size, [packed[i : i + LENGTH] for i in range(0, len(packed), LENGTH)])


def valid_subtree(start: int, end: int, size: int) -> bool:
    """Whether [start, end) is a subtree that may be asked about: it begins at a multiple of its width."""
    if not 0 <= start <= end <= size:
        return False
    width = 1 << (end - start - 1).bit_length() if end > start else 1
    return start % width == 0


def proof_ranges(start: int, end: int, size: int) -> list[tuple[int, int]]:
    """Of which ranges of leaves the proof for [start, end) in a tree of ``size`` takes the hashes, lowest first.

    At most 2·log2(size). Raises ValueError for a range that is no subtree, or an empty one.
    """
    if start == end or not valid_subtree(start, end, size):
        raise ValueError(f"[{start}, {end}) is no subtree of a tree of {size} leaves")
    ranges: list[tuple[int, int]] = []
    low, high, known = 0, size, True
    while (low, high) != (start, end):
        middle = low + (1 << (high - low - 1).bit_length() - 1)
        if end <= middle:
            ranges.append((middle, high))
            high = middle
        else:
            ranges.append((low, middle))
            if start < middle:  # the subtree ends within the right half: its left half is told by this hash
                start, known = middle, False
            low = middle
    if not known:
        ranges.append((low, high))
    return ranges[::-1]


def prove_inclusion(index: int, size: int, hasher: Hasher) -> list[bytes]:
    """The audit path of a leaf, as in RFC 6962 §2.1.1: root's side last. Raises ValueError outside the tree."""
    return [hasher(a, b) for a, b in proof_ranges(index, index + 1, size)]


def prove_consistency(old: int, size: int, hasher: Hasher) -> list[bytes]:
    """That the tree of ``size`` begins with the tree of ``old`` leaves, as in RFC 6962 §2.1.2. Raises ValueError."""
    return [hasher(a, b) for a, b in proof_ranges(0, old, size)]


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Raise ProofError unless ``leaf`` (a leaf hash) is number ``index`` (from zero) of the tree with that root."""
    if not 0 <= index < size:
        raise ProofError("the number lies outside the tree")
    if len(leaf) != LENGTH:
        raise ProofError("a leaf hash has 32 bytes")
    verify_subtree(index, index + 1, size, leaf, root, proof)


def verify_consistency(old: int, size: int, old_root: bytes, root: bytes, proof: Sequence[bytes]) -> None:
    """Raise ProofError unless the tree of ``size`` leaves begins with that of ``old``.

    An empty earlier tree proves nothing and is refused, unless both are empty.
    """
    if old == 0 and (size != 0 or root != EMPTY_ROOT):
        raise ProofError("an empty tree is the beginning of every tree")
    verify_subtree(0, old, size, old_root, root, proof)


def verify_subtree(start: int, end: int, size: int, node: bytes, root: bytes, proof: Sequence[bytes]) -> None:
    """Raise ProofError unless ``node`` is the hash of the leaves [start, end) of the tree with that root.

    Of an empty range the hash is that of nothing, in whatever tree.
    """
    if not valid_subtree(start, end, size):
        raise ProofError("not a subtree of that tree")
    if any(len(one) != LENGTH for one in proof):
        raise ProofError("a hash of the proof has not 32 bytes")
    if start == end:
        if proof or node != EMPTY_ROOT:
            raise ProofError("an empty range needs no proof and has the hash of nothing")
        return
    found_node, found_root = _climb(start, end - 1, size - 1, node, list(proof))
    if not (compare_digest(found_node, node) and compare_digest(found_root, root)):
        raise ProofError("the hashes do not lead to that root")


def _climb(first: int, last: int, top: int, node: bytes, proof: list[bytes]) -> tuple[bytes, bytes]:
    """From the subtree's own level to the root: (hash of the subtree as the proof tells it, root)."""
    while first != last and (last == top or last & 1):
        first, last, top = first >> 1, last >> 1, top >> 1
    if first != last and not proof:
        raise ProofError("the proof is too short")
    part = whole = node if first == last else proof.pop(0)
    for sibling in proof:
        if top == 0:
            raise ProofError("the proof is too long")
        if last & 1 or last == top:
            if first < last:
                part = node_hash(sibling, part)
            whole = node_hash(sibling, whole)
            while last and not last & 1:
                first, last, top = first >> 1, last >> 1, top >> 1
        else:
            whole = node_hash(whole, sibling)
        first, last, top = first >> 1, last >> 1, top >> 1
    if top != 0:
        raise ProofError("the proof is too short")
    return part, whole
