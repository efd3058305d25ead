"""Which place is looked at, and the way down to it and back. The address carries it, so that Back works."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import shapely
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext

from zhili.core.cases.ground import Ground, own, within
from zhili.core.people.actors import Actor
from zhili.core.places import edition
from zhili.core.places.models import Boundary, Cell
from zhili.core.places.tree import nodes
from zhili.portal import site
from zhili.portal.asked import number_in


@dataclass(frozen=True)
class Step:
    """One place on the way down."""

    name: str
    url: str


@dataclass(frozen=True)
class Place:
    """A place on the screen. ``query`` is what its addresses carry: ``place=5``, ``cell=993`` or nothing."""

    ground: Ground
    name: str
    level: str
    query: str
    line: tuple[Step, ...]

    @property
    def division_id(self) -> int | None:
        """Its division; of the whole site the city's."""
        return self.ground.division_id or site.city_id()

    @property
    def id(self) -> str:
        """What the live map filters by: the division's or the cell's id, empty for the whole site."""
        return str(self.ground.cell_id or self.ground.division_id or "")

    def url(self, path: str, **more: str | int | None) -> str:
        """An address under ``/screen`` about this place."""
        parts = [self.query, *(f"{k}={v}" for k, v in more.items() if v not in (None, ""))]
        asked = "&".join(part for part in parts if part)
        return f"{path}?{asked}" if asked else path


def place_of(request: HttpRequest, actor: Actor) -> Place:
    """The place asked for, else the actor's own ground. Raises PermissionDenied for what lies outside it."""
    mine = own(actor)
    if mine is None:
        raise PermissionDenied(gettext("这一页不对您现在的岗位开放。"))
    ground = _asked(request) or mine
    if ground.cell_id is None and ground.division_id is not None and ground.division_id == site.city_id():
        ground = Ground(None)
    if ground != mine and not within(actor, ground):
        raise PermissionDenied(gettext("这个地方不在您单位的辖区内。"))
    return _named(ground, mine)


def _asked(request: HttpRequest) -> Ground | None:
    cell = number_in(request.GET, "cell")
    if cell is not None:
        village = Cell.objects.filter(pk=cell).values_list("village_id", flat=True).first()
        return Ground(village or 0, cell)
    division = number_in(request.GET, "place")
    return Ground(division) if division is not None else None


def _named(ground: Ground, mine: Ground) -> Place:
    line = list(_line(ground, mine))
    level, query = "city", ""
    if ground.cell_id is not None:
        level, query = "cell", f"cell={ground.cell_id}"
    elif ground.division_id is not None:
        level = nodes()[ground.division_id].level
        query = f"place={ground.division_id}" if ground != mine else ""
    return Place(ground, line[-1].name, level, query, tuple(line))


def _line(ground: Ground, mine: Ground) -> Iterator[Step]:
    """From the actor's own ground down to the place."""
    known, top = nodes(), mine.division_id or site.city_id()
    if mine.division_id is None:
        yield Step(known[top].name if top else gettext("全市"), "/screen")
    if ground.division_id is not None:
        for one in known[ground.division_id].line:
            node = known[one]
            if mine.division_id is None and node.level in ("province", "city"):
                continue
            if mine.division_id is not None and mine.division_id not in node.line:
                continue
            yield Step(node.name, "/screen" if one == mine.division_id else f"/screen?place={one}")
    if ground.cell_id is not None:
        name = Cell.objects.filter(pk=ground.cell_id).values_list("name", flat=True).first() or ""
        yield Step(name, f"/screen?cell={ground.cell_id}")


@dataclass(frozen=True)
class Below:
    """A place right below another: a division, or a cell of a village."""

    id: int
    name: str
    url: str
    is_cell: bool = False


def below(place: Place) -> list[Below]:
    """The places right below, in the order of their codes; none below a cell."""
    if place.ground.cell_id is not None:
        return []
    if place.level == "village":
        cells = Cell.objects.filter(village_id=place.ground.division_id, valid_to=None).order_by("code")
        return [
            Below(id_, name, f"/screen?cell={id_}", True) for id_, name in cells.values_list("id", "name")
        ]
    known = (n for n in nodes().values() if n.parent_id == place.division_id and n.valid_to is None)
    return [Below(n.id, n.name, f"/screen?place={n.id}") for n in sorted(known, key=lambda n: n.code)]


def bounds(place: Place) -> str:
    """West, south, east, north in degrees as the map reads them; "" when there is no shape."""
    return _bounds(place.division_id or 0, place.ground.cell_id, edition.current())


@lru_cache(maxsize=512)
def _bounds(division: int, cell: int | None, _stamp: int) -> str:
    if cell is not None:
        found = list(Cell.objects.filter(pk=cell).values_list("wkb", flat=True))
    else:
        known = Boundary.objects.order_by("pk").values_list("wkb", flat=True)
        found = list(known.filter(division_id=division) or known.filter(division__parent_id=division))
    shapes = [bytes(wkb) for wkb in found if wkb]
    if not shapes:
        return ""
    return ",".join(f"{edge:.5f}" for edge in shapely.total_bounds(shapely.from_wkb(shapes)))
