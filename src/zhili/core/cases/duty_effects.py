"""What the duty list does: who gets a matter and by which line, what a change would move, where lines lack or clash."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from zhili.core.cases import routing
from zhili.core.cases.duties import Line
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, Category, Duty
from zhili.core.cases.routing import Directory
from zhili.core.people.offices import LEVELS
from zhili.core.people.offices import tree as offices
from zhili.core.places import tree as places

HISTORY = timedelta(days=365)
MONTHS = 12


@dataclass(frozen=True)
class Stop:
    """An office on a matter's way, why it comes there, and the line that says so (None: no line, its ground)."""

    office_id: int
    office: str
    why: list[str]
    duty: Duty | None
    handed_up: bool


@dataclass(frozen=True)
class Effect:
    """What a change of a line would do. Counted over the matters of the past twelve months."""

    open_now: int
    """Open matters of this category and place: they stay where they are."""
    with_former: int
    """Of those, the ones the former office holds now."""
    per_month: float
    """New matters of this category and place."""
    moved_per_month: float
    """Of those, the ones that would come to another office at once."""


@dataclass(frozen=True)
class Gap:
    """A category nobody is named for in some places: there the general office of the place has it."""

    scenario: str
    category: str
    name: str
    places: tuple[str, ...]


@dataclass(frozen=True)
class Clash:
    """A line that has no effect, or a wrong one, and why in one word: ``closed``, ``gone``, ``inactive``, ``same``,
    ``under_direct``."""

    duty: Duty
    fault: str


def way(scenario: str, category: str, division_id: int, cell_id: int | None) -> list[Stop]:
    """The first office a matter comes to, then each it is passed up to, to the top."""
    found = routing.route(scenario, category, division_id, cell_id)
    stops = [_stop(scenario, category, division_id, found.office_id, found.why, False)]
    for _level in LEVELS:
        try:
            higher = routing.up(scenario, category, division_id, stops[-1].office_id)
        except Refused:
            break
        if higher.office_id in {one.office_id for one in stops}:
            break
        stops.append(_stop(scenario, category, division_id, higher.office_id, higher.why[1:], True))
    return stops


def _stop(scenario: str, category: str, division_id: int, office_id: int, why: list[str], up: bool) -> Stop:
    node = offices().nodes.get(office_id)
    codes = [*routing.directory().lineage(scenario, category), ""]
    lines = routing.in_force(timezone.localdate()).filter(
        scenario=scenario, category__in=codes, division__in=places.ancestors(division_id), office=office_id
    )
    rungs = places.ancestors(division_id)
    nearest = sorted(lines, key=lambda one: (-rungs.index(one.division_id), codes.index(one.category)))
    return Stop(office_id, node.name if node else "", why, nearest[0] if nearest else None, up)


def effect(line: Line | None, former: Line | None) -> Effect:
    """What it does to write ``line`` where ``former`` stood (either may be missing: added, ended)."""
    here = line or former
    assert here is not None
    matters = Case.objects.filter(scenario=here.scenario, division__in=places.subtree(here.division_id))
    if here.category:
        matters = matters.filter(category__in=_family(here.scenario, here.category))
    still = matters.filter(closed_at=None)
    now = routing.directory()
    then = _with(now, line, former)
    recent = matters.filter(opened_at__gte=timezone.now() - HISTORY).order_by()
    total = moved = 0
    for category, division, cell, many in recent.values_list("category", "division", "cell").annotate(
        n=Count("pk")
    ):
        total += many
        if _first(here.scenario, category, division, cell, now) != _first(
            here.scenario, category, division, cell, then
        ):
            moved += many
    return Effect(
        still.count(),
        still.filter(office=former.office_id).count() if former else 0,
        total / MONTHS,
        moved / MONTHS,
    )


def _first(scenario: str, category: str, division: int, cell: int | None, book: Directory) -> int | None:
    try:
        return routing.route(scenario, category, division, cell, book=book).office_id
    except Refused:
        return None


def _with(book: Directory, line: Line | None, former: Line | None) -> Directory:
    """The list as it would be."""
    duties, direct = dict(book.duties), set(book.direct)
    if former is not None:
        place = (former.scenario, former.category, former.division_id)
        duties.pop(place, None)
        direct.discard(place)
    if line is not None:
        place = (line.scenario, line.category, line.division_id)
        duties[place] = line.office_id
        if line.direct:
            direct.add(place)
    return replace(book, duties=duties, direct=direct)


def _family(scenario: str, category: str) -> set[str]:
    """A category and all below it."""
    book = routing.directory()
    codes = {code for one, code in book.names if one == scenario}
    return {category} | {code for code in codes if category in set(book.lineage(scenario, code))}


def gaps(level: str = "county", within: int | None = None) -> list[Gap]:
    """Categories that can be chosen and have no line of their own, nor one above, in some places of a level."""
    book = routing.directory()
    grounds = [
        one
        for one in places.nodes().values()
        if one.level == level and one.valid_to is None and (within is None or within in one.line)
    ]
    under: dict[int, set[int]] = {}
    for one in places.nodes().values():
        for above in one.line:
            under.setdefault(above, set()).add(one.id)
    lines: dict[tuple[str, str], set[int]] = {}
    for scenario, category, division in book.duties:
        lines.setdefault((scenario, category), set()).add(division)
    found = []
    for row in Category.objects.filter(active=True, historical=False).order_by("scenario", "code"):
        if _has_children(book, row.scenario, row.code):
            continue
        named = set().union(
            *(lines.get((row.scenario, code), set()) for code in book.lineage(row.scenario, row.code))
        )
        lacking = [g.name for g in grounds if not (named & under[g.id] or named & set(g.line))]
        if lacking:
            found.append(Gap(row.scenario, row.code, row.name, tuple(lacking)))
    return found


def _has_children(book: Directory, scenario: str, code: str) -> bool:
    return any(one == scenario and parent == code for (one, _code), parent in book.parents.items())


def clashes(lines: Iterable[Duty]) -> Iterator[Clash]:
    """Lines among these that can do nothing, or point to nobody."""
    book = routing.directory()
    for duty in lines:
        if fault := _fault(book, duty):
            yield Clash(duty, fault)


def _fault(book: Directory, duty: Duty) -> str:
    node, ground = offices().nodes.get(duty.office_id), places.nodes().get(duty.division_id)
    if node is None or not node.in_force:
        return "closed"
    if ground is None or ground.valid_to is not None:
        return "gone"
    if duty.category and (duty.scenario, duty.category) not in book.names:
        return "inactive"
    codes = list(book.lineage(duty.scenario, duty.category)) if duty.category else [""]
    if not duty.direct and any(
        (duty.scenario, code, rung) in book.direct for code in codes for rung in ground.line
    ):
        return "under_direct"
    for code in [*codes[1:], ""] if duty.category else []:
        same = book.duties.get((duty.scenario, code, duty.division_id))
        if same is not None:
            return "same" if same == duty.office_id and not duty.direct else ""
    return ""
