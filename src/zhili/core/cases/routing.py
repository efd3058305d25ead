"""Whose is it? The duty list, most specific first, falling back up the tree; each answer carries its reasons.

Order of search for a case with a category and a place:

1. direct lines of the duty list (a gas leak does not wait for the grid): the category, then its parents, nearest
   place first;
2. nearest place first, from the grid cell up to the city: a line for the category or its parents, a line for any
   category, the general office of the place;
3. the arbiter, who mends the list. A place outside the city goes there at once.

The list is kept in the process and read again when its edition changes, looked at every five seconds at most.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.cases import reasons
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Category, Duty
from zhili.core.people.offices import LEVELS, Node
from zhili.core.people.offices import tree as offices
from zhili.core.places import tree as places

CHECK_EVERY = 5.0


@dataclass(frozen=True)
class Route:
    """The office that has it, and why, in words."""

    office_id: int
    why: list[str]


@dataclass
class Directory:
    """The duty list and the categories of the whole site, as look-ups."""

    edition: tuple[Any, ...] = ()
    duties: dict[tuple[str, str, int], int] = field(default_factory=dict)
    direct: set[tuple[str, str, int]] = field(default_factory=set)
    parents: dict[tuple[str, str], str] = field(default_factory=dict)
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    public: dict[tuple[str, str], bool] = field(default_factory=dict)
    historical: set[tuple[str, str]] = field(default_factory=set)
    """Counted in figures, offered on no form."""
    choices: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)

    def lineage(self, scenario: str, category: str) -> Iterator[str]:
        """The category, then its parents; a loop in the list ends the walk."""
        seen: set[str] = set()
        while category and category not in seen:
            seen.add(category)
            yield category
            category = self.parents.get((scenario, category), "")

    def on_duty(self, scenario: str, category: str, division_id: int) -> Node | None:
        """The office a line of the list names, while it is in force."""
        node = offices().nodes.get(self.duties.get((scenario, category, division_id), 0))
        return node if node is not None and node.in_force else None


_lock = threading.Lock()
_directory = Directory()
_checked = 0.0


def directory() -> Directory:
    """The look-ups in force: no query for five seconds, then one, and a full reading only after a change."""
    global _directory, _checked
    if time.monotonic() - _checked < CHECK_EVERY and _directory.edition:
        return _directory
    with _lock:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_database(), version FROM cases_dutyedition")
            found = cursor.fetchone() or ("", 0)
            edition = (*found, timezone.localdate())  # lines begin and end with a day
        if edition != _directory.edition:
            _directory = _read(edition)
        _checked = time.monotonic()
    return _directory


def forget() -> None:
    """Look at the edition again at the next question (after the list was changed in this process, and in tests)."""
    global _checked
    _checked = 0.0


def in_force(day: date) -> QuerySet[Duty]:
    """The lines of the list that hold on a day."""
    return Duty.objects.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)


def _read(edition: tuple[Any, ...]) -> Directory:
    found = Directory(edition=edition)
    duties = in_force(edition[-1]).values_list("scenario", "category", "division_id", "office_id", "direct")
    for scenario, category, division, office, direct in duties:
        found.duties[scenario, category, division] = office
        if direct:
            found.direct.add((scenario, category, division))
    rows = Category.objects.filter(active=True).order_by("id")
    for scenario, code, parent, name, public, historical in rows.values_list(
        "scenario", "code", "parent", "name", "public", "historical"
    ):
        if historical:
            found.historical.add((scenario, code))
        found.parents[scenario, code] = parent
        found.names[scenario, code] = name
        found.public[scenario, code] = public
    return found


def route(
    scenario: str,
    category: str,
    division_id: int | None,
    cell_id: int | None,
    *,
    outside: bool = False,
    book: Directory | None = None,
) -> Route:
    """Who has it first. ``division_id`` is the deepest known; None when nobody said where on the map it is.

    ``book``: the list as it would be, to see what a change does.
    """
    book = book or directory()
    if outside:
        return _arbiter(reasons.OUTSIDE())
    if division_id is None:
        return _arbiter(reasons.UNPLACED())
    rungs = list(reversed(places.ancestors(division_id)))
    codes = list(book.lineage(scenario, category))
    for code in codes:
        for rung in rungs:
            if (scenario, code, rung) in book.direct and (seat := book.on_duty(scenario, code, rung)):
                return Route(seat.id, [_duty_words(book, scenario, category, code, seat)])
    if cell_id is not None and (seat := offices().by_cell.get(cell_id)):
        return Route(seat.id, [reasons.IN_CELL(office=seat.name)])
    for rung in rungs:
        if found := _at(book, scenario, codes, rung):
            return found
    return _arbiter(reasons.NOBODY())


def up(scenario: str, category: str, division_id: int | None, office_id: int | None) -> Route:
    """Who has it one level above an office. Raises Refused (422) at the top."""
    book = directory()
    here = offices().nodes.get(office_id or 0)
    if here is None or division_id is None:
        return _arbiter(reasons.LOST())
    codes = list(book.lineage(scenario, category))
    by_level = {places.node(one).level: one for one in places.ancestors(division_id)}
    for level in LEVELS[LEVELS.index(here.level) + 1 :]:
        division = by_level.get(level)
        if division is None:
            continue
        found = _at(book, scenario, codes, division, not_to=here.id)
        if found:
            return Route(found.office_id, [reasons.PASSED_UP(office=here.name), *found.why])
    raise Refused("at_top", _("已是最高一级，不能再上报"))


def _at(
    book: Directory, scenario: str, codes: list[str], division_id: int, not_to: int | None = None
) -> Route | None:
    """Who answers for a category in one division, without looking further up."""
    for code in (*codes, ""):
        seat = book.on_duty(scenario, code, division_id)
        if seat is not None and seat.id != not_to:
            return Route(seat.id, [_duty_words(book, scenario, codes[0] if codes else "", code, seat)])
    seat = offices().by_division.get(division_id)
    if seat is not None and seat.id != not_to:
        return Route(seat.id, [reasons.IN_AREA(office=seat.name)])
    return None


def above(office_id: int, division_id: int | None) -> int | None:
    """The general office over an office, told when it is late; None at the top."""
    try:
        return up("", "", division_id, office_id).office_id
    except Refused:
        return None


def desk(kind: str) -> Route:
    """The city's office of one kind."""
    seat = offices().of_kind(kind)
    if seat is None:
        raise Refused("no_desk", _("本市尚未设立该单位，请联系管理员"), 409)
    return Route(seat.id, [reasons.DESK(office=seat.name)])


def chosen(office_id: int) -> Route:
    """An office named by a person."""
    seat = offices().nodes.get(office_id)
    if seat is None or not seat.in_force:
        raise Refused("no_office", _("没有这个单位，或它已停用"))
    return Route(seat.id, [reasons.CHOSEN(office=seat.name)])


def _arbiter(reason: str) -> Route:
    seat = offices().of_kind("arbiter")
    if seat is None:
        raise Refused(
            "no_arbiter",
            _("职责清单没有承办单位，本市也未设裁定单位；内容未受理，请稍后再试或拨打12345"),
            409,
        )
    return Route(seat.id, [reason])


def _duty_words(book: Directory, scenario: str, category: str, code: str, seat: Node) -> str:
    if not code:
        return reasons.ON_DUTY(office=seat.name)
    name = book.names.get((scenario, category or code), code)
    return reasons.ON_DUTY_FOR(category=name, office=seat.name)
