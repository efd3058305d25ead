"""What the trail covers: each covered table, and how one of its rows is tied to its leaf.

Most tables keep the id of the leaf beside the row (``leaf_id``) and, where something is only committed to, its salt:
`Rows` audits those from two functions, which leaves are the table's and what leaf a row should have. Whatever is tied
in another way (a step, by its case and place) is a `Cover` of its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from django.db import connection, models
from django.utils.module_loading import autodiscover_modules

from zhili.base.canonical import CanonicalError, commitment, leaf_hash
from zhili.core.trail.audit.faults import Fault, Part, short
from zhili.core.trail.leaves import timestamp

LEAF = "trail_leaf"
COLUMNS = "id, kind, at, subject, body, hash"


class LeafRow(NamedTuple):
    """A stored leaf. ``said``: its body read; {} when its bytes are not those of its hash, so nothing hangs on it."""

    id: int
    kind: str
    at: datetime
    subject: int | None
    body: bytes
    hash: bytes
    said: Mapping[str, Any]

    @property
    def what(self) -> Mapping[str, Any]:
        found = self.said.get("what")
        return found if isinstance(found, dict) else {}


def leaf_row(row: Sequence[Any]) -> LeafRow:
    """From the columns ``COLUMNS``."""
    pk, kind, at, subject, body, digest = row
    body, digest, said = bytes(body), bytes(digest), {}
    if leaf_hash(body) == digest:
        try:
            said = json.loads(body)
        except ValueError:
            said = {}
    return LeafRow(pk, kind, at, subject, body, digest, said if isinstance(said, dict) else {})


def leaves_by_id(ids: Collection[int]) -> dict[int, LeafRow]:
    """Those of these leaves that are there. One query."""
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM {LEAF} WHERE id = ANY(%s)", [list(ids)])  # noqa: S608
        return {row[0]: leaf_row(row) for row in cursor.fetchall()}


@dataclass(frozen=True)
class Told:
    """The leaf a row should have. ``what``: facts that must stand in it, each with the column it comes from.

    ``sealed``: what the leaf commits to without showing it, from the columns ``hidden``; no salt: nothing is.
    """

    at: datetime
    what: Mapping[str, tuple[Any, str]]
    at_column: str = "at"
    sealed: Any = None
    salt: bytes | None = None
    hidden: Sequence[str] = ()
    subject: int | None = None


def differences(leaf: LeafRow, told: Told) -> list[tuple[str, str, str]]:
    """(column, expected, found) of what a sound leaf says otherwise than its row; the row's column, as far as known."""
    found: list[tuple[str, str, str]] = []
    for name, (value, column) in told.what.items():
        if leaf.what.get(name) != value:
            found.append((column, short(leaf.what.get(name)), short(value)))
    if leaf.said.get("at") != timestamp(told.at):
        found.append((told.at_column, short(leaf.said.get("at")), timestamp(told.at)))
    if told.hidden:
        seal = _seal(told)
        if seal != leaf.said.get("seal"):
            found.append(("|".join(told.hidden), f"seal {short(leaf.said.get('seal'))}", f"seal {seal}"))
    return found


def _seal(told: Told) -> str:
    try:
        return commitment(told.salt or b"", told.sealed).hex()
    except (ValueError, CanonicalError):
        return "—"


class Cover(Protocol):
    """One or more tables the trail covers."""

    @property
    def name(self) -> str: ...
    @property
    def beside(self) -> Mapping[str, Collection[str]]:
        """The tables it looks at, and of each the columns the trail does not cover (docs/verify.md says why)."""
        ...

    @property
    def claims(self) -> Callable[[LeafRow], bool]:
        """Which leaves are of its rows."""
        ...

    def size(self) -> int:
        """How many rows there are to look at, roughly."""
        ...

    def batch(self, after: Any) -> Part:
        """Look at the next rows; ``after`` is where the last batch stopped, None at the start."""
        ...

    def of_leaves(self, leaves: Sequence[LeafRow], *, thorough: bool) -> list[Fault]:
        """What is wrong with the rows of these leaves. ``thorough``: ``batch`` will not come by."""
        ...


@dataclass(frozen=True)
class Rows:
    """A table whose rows keep the id of their leaf. Columns ``without`` are not covered."""

    model: type[models.Model]
    claims: Callable[[LeafRow], bool]
    told: Callable[[Any], Told | None]
    """None: this row has no leaf (and ``alone`` says whether that is right)."""
    alone: Callable[[Any], Iterable[tuple[str, str, str] | Fault]] = field(default=lambda _row: ())
    """What else must hold of a row, as (column, expected, found) when it does not; of another table, as a fault."""
    without: Collection[str] = ()
    step: int = 2_000

    @property
    def name(self) -> str:
        return self.model._meta.db_table

    @property
    def beside(self) -> Mapping[str, Collection[str]]:
        return {self.name: self.without}

    def size(self) -> int:
        return self.model._base_manager.count()

    def batch(self, after: Any) -> Part:
        """Rows in order of their key: each has its leaf, and is what that says."""
        rows = self.model._base_manager.order_by("pk")
        found: list[Any] = list((rows.filter(pk__gt=after) if after is not None else rows)[: self.step])
        leaves = leaves_by_id([one.leaf_id for one in found if one.leaf_id is not None])
        part = Part(len(found), after=found[-1].pk if len(found) == self.step else None)
        for row in found:
            part.faults += self._of(row, leaves.get(row.leaf_id) if row.leaf_id is not None else None)
        return part

    def of_leaves(self, leaves: Sequence[LeafRow], *, thorough: bool) -> list[Fault]:
        mine = {leaf.id: leaf for leaf in leaves if leaf.said and self.claims(leaf)}
        if not mine:
            return []
        there: Iterable[Any] = self.model._base_manager.filter(leaf_id__in=list(mine))
        rows = {row.leaf_id: row for row in there}
        found: list[Fault] = []
        for pk, leaf in mine.items():
            if pk not in rows:
                found.append(Fault("gone", self.name, f"leaf {pk}"))
            elif thorough:
                found += self._of(rows[pk], leaf)
        return found

    def _of(self, row: Any, leaf: LeafRow | None) -> list[Fault]:
        try:
            return self._held_against(row, leaf)
        except Exception as error:  # whatever stands in a row, it is told of and not stumbled over
            return [Fault("altered", self.name, str(row.pk), "", found=short(repr(error)))]

    def _held_against(self, row: Any, leaf: LeafRow | None) -> list[Fault]:
        key = str(row.pk)
        alone = list(self.alone(row))
        wrong = [one if isinstance(one, Fault) else Fault("altered", self.name, key, *one) for one in alone]
        told = self.told(row)
        if told is None:
            return wrong
        if leaf is None:
            return [*wrong, Fault("added", self.name, key, "leaf_id", found=str(row.leaf_id))]
        if not leaf.said:
            return wrong  # the leaf is at fault, and is told of where the tree is counted
        if not self.claims(leaf):
            return [*wrong, Fault("added", self.name, key, "leaf_id", found=f"{row.leaf_id} ({leaf.kind})")]
        if leaf.subject != told.subject:
            wrong.append(
                Fault("leaf", LEAF, str(leaf.id), "subject", short(told.subject), short(leaf.subject))
            )
        return wrong + [Fault("altered", self.name, key, *one) for one in differences(leaf, told)]


_covers: dict[str, Cover] = {}


def register(*covers: Cover) -> None:
    """Have these tables audited. Called in the module ``covered`` of the app whose they are."""
    for one in covers:
        _covers[one.name] = one


def covers() -> list[Cover]:
    """All of them, by name. The first call reads every app's module ``covered``."""
    autodiscover_modules("covered")
    return [_covers[name] for name in sorted(_covers)]


def record(*kinds: str) -> Callable[[LeafRow], bool]:
    """Claims the leaves of ``doors.record`` with one of these kinds."""
    return lambda leaf: leaf.kind == "record" and leaf.what.get("record") in kinds
