"""An audit from beginning to end: phase by phase, each in small batches, each batch in one snapshot."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db import connection, transaction

from zhili.core.trail.audit.covering import covers
from zhili.core.trail.audit.faults import Fault, Part
from zhili.core.trail.audit.signed import Outside, Signatures, Tiles, look_at_tiles
from zhili.core.trail.audit.tree import BATCH, Tree, Unnumbered, edge_of, newest, unrooted

MOST_FAULTS = 1_000
"""So many are told of; an audit that finds more has found enough."""


class Phase(Protocol):
    """Something an audit goes through; `covering.Cover` is one."""

    @property
    def name(self) -> str: ...
    def size(self) -> int: ...
    def batch(self, after: Any) -> Part: ...


@dataclass
class Report:
    """What an audit looked at, by phase, and what it found."""

    seen: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    more: int = 0
    """Faults beyond those told of."""

    def add(self, name: str, part: Part) -> None:
        self.seen[name] = self.seen.get(name, 0) + part.seen
        new = [one for one in dict.fromkeys(part.faults) if one not in self.faults]
        room = MOST_FAULTS - len(self.faults)
        self.faults += new[:room]
        self.more += max(0, len(new) - room)

    def as_json(self) -> dict[str, Any]:
        return {
            "sound": not self.faults,
            "seen": self.seen,
            "faults": [one.as_json() for one in self.faults],
            "more": self.more,
        }


Progress = Callable[[str, int, int], None]
"""(phase, rows seen, rows there are)."""


def phases() -> list[Phase]:
    """Everything: the tree with what stands on it, leaves without a number, and each covered table."""
    there = covers()
    tree = Tree(there, look=look_at_tiles)
    return [tree, Unnumbered(there), Tiles(), Signatures(), Outside(), *there]


def whole(extra: Sequence[Phase] = (), progress: Progress = lambda *_: None) -> Report:
    """Look at everything. Bounded memory; the site may go on."""
    report = Report()
    for phase in [*phases(), *extra]:
        _through(phase, None, report, progress)
    return report


def since(index: int, progress: Progress = lambda *_: None) -> Report:
    """Look at the leaves from this number on, and at the rows of each.

    What was inserted without a leaf, or altered in rows of older leaves, is for the whole audit. Raises LookupError
    when there are fewer numbers.
    """
    report = Report()
    edge = edge_of(index)
    after = {"size": edge.size, "edge": edge.packed().hex(), "broken": False}
    _through(Tree(covers(), thorough=True, look=look_at_tiles), after, report, progress)
    return report


def sample(stretches: int = 10, chance: random.Random | None = None) -> Report:
    """A quick look: the newest head counted from the hashes of all leaves, and stretches of the tree by chance.

    Each stretch is looked at with its rows, as ``since`` does.
    """
    report, dice = Report(), chance or random.SystemRandom()
    tree = Tree(covers(), thorough=True, look=look_at_tiles)
    with snapshot():
        report.add("newest head", newest())
        size = tree.size()
    for _ in range(min(stretches, -(-size // BATCH))):
        start = dice.randrange(max(1, size - BATCH + 1))
        with snapshot():
            report.add(tree.name, tree.batch(unrooted(start)))
    return report


def _through(phase: Phase, after: Any, report: Report, progress: Progress) -> None:
    with snapshot():
        total = phase.size()
    progress(phase.name, 0, total)
    while True:
        with snapshot():
            part = phase.batch(after)
        report.add(phase.name, part)
        after = part.after
        progress(phase.name, report.seen[phase.name], total)
        if after is None:
            return


@contextmanager
def snapshot() -> Iterator[None]:
    """All queries within see the same moment: a step and its leaf, a head and its leaves. Nothing can be written."""
    if connection.in_atomic_block:  # a test, or a caller with a snapshot of its own
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield
