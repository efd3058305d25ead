"""How the tree stands: its heads, for everything that is published with the state of the trail beside it.

A head is (size, root, at). It is not signed yet; a signature, a time stamp or a witness adds to a head, it does not
change what is read here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from zhili.base.merkle import EMPTY_ROOT, CompactRange
from zhili.core.trail.models import TreeHead

CHUNK = 20_000
HASHES = """
SELECT l.hash FROM trail_sealed s JOIN trail_leaf l ON l.id = s.leaf_id
WHERE s.index >= %s AND s.index < %s ORDER BY s.index"""


@dataclass(frozen=True, slots=True)
class Head:
    """The tree of ``size`` leaves; ``root`` in hex. ``at``: when it was added, None of the empty tree."""

    size: int
    root: str
    at: datetime | None

    def as_json(self) -> dict[str, Any]:
        """As published beside figures and draws."""
        return {"size": self.size, "root": self.root, "at": self.at.isoformat() if self.at else None}


EMPTY = Head(0, EMPTY_ROOT.hex(), None)


def current() -> Head:
    """The newest head; of a new site the empty tree. One query."""
    return _of(TreeHead.objects.order_by("-size").first())


def of_size(size: int) -> Head | None:
    """The head of that size, if one was added."""
    found = TreeHead.objects.filter(size=size).first()
    return _of(found) if found else None


def first_after(moment: datetime) -> Head | None:
    """The first head added after a moment; None while there is none. It was not known before."""
    found = TreeHead.objects.filter(at__gt=moment).order_by("at", "size").first()
    return _of(found) if found else None


def number_of(leaf_id: int) -> int | None:
    """The number of a leaf in the tree, from 0; None until it is sealed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT index FROM trail_sealed WHERE leaf_id = %s", [leaf_id])
        found = cursor.fetchone()
    return found[0] if found else None


def recounted(size: int) -> Head:
    """The root over the first ``size`` leaves, counted again from the leaves themselves.

    Raises LookupError when a number or a leaf is missing. O(size).
    """
    tree = CompactRange()
    for hashes in _hashes(size):
        tree.extend(hashes)
    if tree.size != size:
        raise LookupError(f"of {size} leaves only {tree.size} are there")
    return Head(size, tree.root().hex(), None)


def _hashes(size: int) -> Iterator[list[bytes]]:
    for start in range(0, size, CHUNK):
        with connection.cursor() as cursor:
            cursor.execute(HASHES, [start, min(start + CHUNK, size)])
            yield [bytes(digest) for (digest,) in cursor.fetchall()]


def _of(found: TreeHead | None) -> Head:
    return Head(found.size, bytes(found.root).hex(), found.at) if found else EMPTY
