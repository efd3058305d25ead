"""The tree of offices, kept in the process: who stands over whom, who answers for a place, who works when.

Reading costs no query when warm. A trigger stamps `people_officeedition` at each change; every process
looks at the stamp at most every five seconds and reads the tree again (one query) when it has changed.
Which office a *case* goes to is decided in `cases.routing`, by the duty list first.
"""

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext

from zhili.base.clock import Hours
from zhili.core import params
from zhili.core.people import hours
from zhili.core.people.models import Office, OfficeEdition

LEVELS: Final = ("grid", "village", "town", "county", "city")
STALE_SECONDS: Final = 5.0
HOURS_PARAM: Final = "office.hours"


@dataclass(frozen=True, slots=True)
class Node:
    """One office, as it is needed often."""

    id: int
    code: str
    name: str
    level: str
    kind: str
    division_id: int
    cell_id: int | None
    parent_id: int | None
    hours: hours.Spans | None
    phone: str
    in_force: bool


@dataclass(frozen=True, slots=True)
class Found:
    """The office that answers for a place, and why in words."""

    office_id: int
    reason: str


@dataclass(frozen=True)
class Tree:
    """All offices, closed ones too (old cases name them); look-ups by place hold those in force on `day`."""

    edition: object
    day: date
    nodes: Mapping[int, Node]
    by_code: Mapping[str, Node]
    by_cell: Mapping[int, Node]
    by_division: Mapping[int, Node]
    children: Mapping[int, tuple[int, ...]]

    def chain(self, office_id: int) -> tuple[Node, ...]:
        """The office and all above it, nearest first; () for an unknown one. A loop ends the walk."""
        found: dict[int, Node] = {}
        node = self.nodes.get(office_id)
        while node is not None and node.id not in found:
            found[node.id] = node
            node = self.nodes.get(node.parent_id) if node.parent_id is not None else None
        return tuple(found.values())

    def under(self, office_id: int) -> tuple[int, ...]:
        """Ids of the office and all below it."""
        ids = [office_id] if office_id in self.nodes else []
        for each in ids:
            ids.extend(self.children.get(each, ()))
        return tuple(ids)

    def of_kind(self, kind: str) -> Node | None:
        """The first office in force of a kind there is one of (hotline, arbiter)."""
        return next((node for node in self.nodes.values() if node.kind == kind and node.in_force), None)


_lock = threading.Lock()
_tree: Tree | None = None
_checked = 0.0


def tree() -> Tree:
    """The tree as it is, at most five seconds old."""
    global _tree, _checked
    known = _tree
    if known is not None and time.monotonic() - _checked < STALE_SECONDS:
        return known
    with _lock:
        edition = (
            connection.settings_dict["NAME"],
            OfficeEdition.objects.values_list("version", flat=True).first(),
        )
        day = timezone.localdate()
        if _tree is None or _tree.edition != edition or _tree.day != day:
            _tree = _read(edition, day)
        _checked = time.monotonic()
        return _tree


def forget() -> None:
    """Look at the stamp again at the next question: after this process changed offices, and in tests."""
    global _checked
    _checked = 0.0


def responsible(level: str, ancestors: Iterable[int], cell_id: int | None = None) -> Found | None:
    """The general office answering for a place at this level, or the nearest one above that exists.

    `ancestors` are the ids of the place's divisions from the city down (`places.tree.ancestors`). None when
    no office stands over it, as outside the city.
    """
    known = tree()
    rank = LEVELS.index(level)
    rungs = [known.by_cell.get(cell_id or 0), *(known.by_division.get(d) for d in reversed(list(ancestors)))]
    for node in rungs:
        if node is None or LEVELS.index(node.level) < rank:
            continue
        if node.level == level:
            return Found(node.id, gettext("地点在%(office)s辖区内") % {"office": node.name})
        return Found(node.id, gettext("本级未设单位，由上级%(office)s负责") % {"office": node.name})
    return None


def hours_of(office: int | Office) -> Hours:
    """Working hours of an office: its own, else the nearest above that has some, else the site's."""
    for node in tree().chain(office if isinstance(office, int) else office.pk):
        if node.hours:
            return hours.parse(node.hours)
    return hours.parse(hours.of_text(params.get(HOURS_PARAM).text))


def _read(edition: object, day: date) -> Tree:
    nodes: dict[int, Node] = {}
    by_cell: dict[int, Node] = {}
    by_division: dict[int, Node] = {}
    children: dict[int, list[int]] = {}
    same = ("id", "code", "name", "level", "kind", "division_id", "cell_id", "parent_id", "phone")
    for row in Office.objects.order_by("id").values(*same, "hours", "valid_from", "valid_to"):
        in_force = row["valid_from"] <= day and (row["valid_to"] is None or day < row["valid_to"])
        node = Node(
            **{name: row[name] for name in same}, hours=hours.of_json(row["hours"]), in_force=in_force
        )
        nodes[node.id] = node
        if node.parent_id is not None:
            children.setdefault(node.parent_id, []).append(node.id)
        if not in_force or node.kind != "general":
            continue
        if node.cell_id is not None:
            by_cell.setdefault(node.cell_id, node)
        else:
            by_division.setdefault(node.division_id, node)
    return Tree(
        edition=edition,
        day=day,
        nodes=nodes,
        by_code={node.code: node for node in nodes.values()},
        by_cell=by_cell,
        by_division=by_division,
        children={parent: tuple(ids) for parent, ids in children.items()},
    )
