"""Small changes by hand: one division or cell more. Whole lists come through `importing`."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from shapely.geometry.base import BaseGeometry

from zhili.base.codes import cell_code, check_division, level
from zhili.core.places import edition, tree
from zhili.core.places.models import Boundary, Cell, Division
from zhili.core.places.naming import cell_name, inner


@transaction.atomic
def add_division(
    code: str,
    name: str,
    parent: Division | None = None,
    *,
    ground: BaseGeometry | None = None,
    since: date | None = None,
    point: tuple[float, float] | None = None,
) -> Division:
    """A new division under `parent`, known to the closure at once. CodeError for a code that cannot be."""
    since = since or timezone.localdate()
    lon, lat = point or (inner(ground) if ground else (parent.lon, parent.lat) if parent else (0.0, 0.0))
    division = Division.objects.create(
        code=check_division(code),
        name=name,
        level=level(code),
        parent=parent,
        valid_from=since,
        lon=lon,
        lat=lat,
    )
    if ground is not None:
        Boundary.objects.create(division=division, wkb=ground.wkb, valid_from=since)
    tree.rebuild_closure()
    edition.changed()
    return division


@transaction.atomic
def dissolve(division: Division, successors: list[Division], on: date) -> None:
    """Close a division from that day on; what is under it stays visible to its successors."""
    Division.objects.filter(id=division.id).update(valid_to=on)
    Cell.objects.filter(village=division, valid_to=None).update(valid_to=on)
    division.valid_to = on
    division.successors.add(*successors)
    tree.rebuild_closure()
    edition.changed()


@transaction.atomic
def add_cell(village: Division, number: int, ground: BaseGeometry, since: date | None = None) -> Cell:
    """A new cell in a village, by its number there (0–99)."""
    lon, lat = inner(ground)
    cell = Cell.objects.create(
        code=cell_code(village.code, number),
        number=number,
        name=cell_name(number),
        village=village,
        wkb=ground.wkb,
        lon=lon,
        lat=lat,
        valid_from=since or timezone.localdate(),
    )
    edition.changed()
    return cell
