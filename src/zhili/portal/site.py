"""What every page says of this site: the city's name and where its map begins."""

import re
from functools import lru_cache

import shapely
from django.utils.translation import gettext

from zhili.core.places.models import Boundary
from zhili.core.places.tree import nodes

_SUFFIX = re.compile(r"(市|自治州|地区|盟)$")


def city_id() -> int | None:
    """The division of level city this site governs; None before places are loaded."""
    known = nodes()
    cities = [node.id for node in known.values() if node.level == "city" and node.valid_to is None]
    return min(cities) if cities else None


def name() -> str:
    """治理 with the city before it: 嘉兴治理."""
    city = city_id()
    if not city:
        return gettext("治理")
    return gettext("%(city)s治理") % {"city": _SUFFIX.sub("", nodes()[city].name)}


def bounds() -> str:
    """West, south, east and north of the city in degrees, as the map island reads them; "" when unknown."""
    city = city_id()
    return bounds_of(city) if city else ""


@lru_cache(maxsize=500)
def bounds_of(division: int) -> str:
    """Of its own boundary, else of those right below it. Kept as long as the process: a start view only."""
    own = Boundary.objects.filter(division_id=division)
    shapes = own or Boundary.objects.filter(division__parent_id=division)
    wkbs = [bytes(wkb) for wkb in shapes.values_list("wkb", flat=True)]
    if not wkbs:
        return ""
    return ",".join(f"{edge:.5f}" for edge in shapely.total_bounds(shapely.from_wkb(wkbs)))
