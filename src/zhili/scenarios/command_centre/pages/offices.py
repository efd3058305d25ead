"""Who owes how much: by office and by place, never by person. One query for both, counted from what is open now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from zhili.core.cases.ground import Ground, matters
from zhili.core.cases.present import office_name
from zhili.core.indicators.overview import compare
from zhili.core.indicators.workload import Line, Load
from zhili.core.places.tree import nodes
from zhili.core.web import words
from zhili.scenarios.command_centre.pages.asked import Below, Place, below
from zhili.scenarios.command_centre.pages.figures import behind, midnight
from zhili.scenarios.command_centre.pages.others import instruct_url


@dataclass(frozen=True)
class OfficeLine:
    """An office with what it owes. The shares are hundredths of the longest bar."""

    name: str
    load: Load
    on_time_share: float
    over_share: float
    over_from: float
    urls: dict[str, str]
    instruct: str

    @property
    def age(self) -> str:
        """How long the oldest has been open."""
        return words.span(timezone.now() - self.load.oldest) if self.load.oldest else ""


def office_lines(place: Place, lines: Iterable[Line]) -> list[OfficeLine]:
    """Every office that owes something here: most overdue first, then most open."""
    sums: dict[int, Load] = defaultdict(Load)
    for line in lines:
        sums[line.office_id or 0] += line.load
    ranked = sorted(sums.items(), key=lambda one: (-one[1].overdue, -one[1].open, one[0]))
    most = max((load.open for _, load in ranked), default=0) or 1
    return [_office(place, office, load, most) for office, load in ranked if load.open]


def _office(place: Place, office: int, load: Load, most: int) -> OfficeLine:
    fine = load.open - load.overdue
    return OfficeLine(
        office_name(office),
        load,
        round(100 * fine / most, 2),
        round(100 * load.overdue / most, 2),
        round(100 * fine / most, 2),
        {what: behind(place, what, office=office) for what in ("owed", "soon", "overdue", "again")},
        instruct_url(office_id=office) if office else "",
    )


@dataclass(frozen=True)
class PlaceLine:
    """A place below with its own figures, each of which opens its cases; ``url`` leads down to it."""

    name: str
    url: str
    opened: int
    load: Load
    urls: dict[str, str]


def place_lines(place: Place, lines: Sequence[Line], now: datetime) -> list[PlaceLine]:
    """The places right below: one more query, for what came in today."""
    found = below(place)
    if not found:
        return []
    opened = _opened(place, found, now)
    loads: dict[int, Load] = defaultdict(Load)
    ids = {one.id for one in found}
    for line in lines:
        key = line.cell_id if found[0].is_cell else _child(line.division_id, ids)
        loads[key or 0] += line.load
    made = [_line(one, opened.get(one.id, 0), loads[one.id]) for one in found]
    return sorted(made, key=lambda one: (-one.load.overdue, -one.load.open, -one.opened))


def _line(one: Below, opened: int, load: Load) -> PlaceLine:
    query = one.url.partition("?")[2]
    urls = {what: f"/screen/cases?{query}&what={what}" for what in ("opened", "owed", "overdue")}
    return PlaceLine(one.name, one.url, opened, load, urls)


def _child(division: int | None, ids: set[int]) -> int:
    node = nodes().get(division or 0)
    return next((one for one in node.line if one in ids), 0) if node else 0


def _opened(place: Place, found: Sequence[Below], now: datetime) -> dict[int, int]:
    day = now.date()
    if not found[0].is_cell:
        return {id_: one.opened for id_, one in compare([b.id for b in found], day, day).items()}
    start = midnight(day)
    cells = matters(Ground(place.ground.division_id)).filter(
        opened_at__gte=start, opened_at__lt=start + timedelta(days=1)
    )
    counts: dict[int, int] = defaultdict(int)
    for cell in cells.values_list("cell_id", flat=True):
        counts[cell or 0] += 1
    return counts
