"""The places in force, by code, as an import compares them with its files."""

from dataclasses import dataclass
from datetime import date

import shapely
from shapely.geometry.base import BaseGeometry

from zhili.core.places import edition
from zhili.core.places.models import Boundary, Cell, Division


@dataclass(frozen=True, slots=True)
class Known:
    id: int
    code: str
    name: str
    parent: str | None  # code
    valid_from: date
    point: tuple[float, float]


@dataclass(frozen=True, slots=True)
class KnownCell:
    id: int
    code: str
    name: str
    village: str  # code
    valid_from: date
    ground: BaseGeometry


class Present:
    """Read once for a plan."""

    def __init__(self) -> None:
        self.edition = edition.current()
        rows = Division.objects.filter(valid_to=None).values_list(
            "id", "code", "name", "parent__code", "valid_from", "lon", "lat"
        )
        self.divisions = {
            code: Known(id_, code, name, parent, since, (lon, lat))
            for id_, code, name, parent, since, lon, lat in rows
        }
        self.former = set(Division.objects.exclude(valid_to=None).values_list("code", flat=True))
        boundaries = list(
            Boundary.objects.filter(division__valid_to=None).values_list("division__code", "wkb")
        )
        grounds = shapely.from_wkb([bytes(wkb) for _code, wkb in boundaries])
        self.shapes: dict[str, BaseGeometry] = {
            code: ground for (code, _wkb), ground in zip(boundaries, grounds, strict=True)
        }
        cells = list(
            Cell.objects.filter(valid_to=None).values_list(
                "id", "code", "name", "village__code", "valid_from", "wkb"
            )
        )
        grounds = shapely.from_wkb([bytes(row[-1]) for row in cells])
        self.cells = {
            code: KnownCell(id_, code, name, village, since, ground)
            for (id_, code, name, village, since, _wkb), ground in zip(cells, grounds, strict=True)
        }

    def line(self, code: str) -> list[str]:
        """The codes from a division up to the top, itself first."""
        found: list[str] = []
        here: str | None = code
        while here is not None and here in self.divisions and here not in found:
            found.append(here)
            here = self.divisions[here].parent
        return found
