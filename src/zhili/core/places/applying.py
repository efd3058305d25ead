"""Carry out a plan: all of it in one transaction, or nothing."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from zhili.base import codes
from zhili.core.places import edition, tree
from zhili.core.places.bulk import copy_rows, reserve_ids
from zhili.core.places.comparing import LEVELS
from zhili.core.places.models import Boundary, Cell, Division, FormerName, FormerShape
from zhili.core.places.naming import inner
from zhili.core.places.plans import Added, Plan

BATCH = 2000


class ImportRefused(Exception):
    """The plan cannot be carried out; str(error) says why (Chinese). Nothing was changed."""


def apply(plan: Plan) -> None:
    """Carry out the plan. Refused when it has problems, or places changed since it was made."""
    if plan.problems:
        raise ImportRefused(_("文件有 %s 处错误，没有导入任何内容") % len(plan.problems))
    if plan.empty:
        return
    with transaction.atomic():
        before = edition.lock()
        if before != plan.edition:
            raise ImportRefused(_("区划在预览之后又有改动，请重新预览；没有导入任何内容"))
        _close(plan)
        ids = _add(plan)
        _rename(plan)
        _shape(plan, ids)
        _cells(plan, ids)
        _succeed(plan, ids)
        tree.rebuild_closure()
        edition.changed()


def _close(plan: Plan) -> None:
    closed = [one.id for one in plan.closed]
    Division.objects.filter(id__in=closed).update(valid_to=plan.on)
    Cell.objects.filter(id__in=[cell.id for cell in plan.cells_closed]).update(valid_to=plan.on)


def _add(plan: Plan) -> dict[str, int]:
    """New divisions, highest first; the id of every code in force afterwards."""
    ids = dict(Division.objects.filter(valid_to=None).values_list("code", "id"))
    added = sorted(plan.added, key=lambda one: (LEVELS.index(codes.level(one.line.code)), one.line.code))
    new = dict(zip((one.line.code for one in added), reserve_ids(Division, len(added)), strict=True))
    ids |= new
    points = _points(plan, added)
    rows = []
    for one in added:
        code, above = one.line.code, ids[one.parent] if one.parent else None
        rows.append((new[code], code, one.line.name, codes.level(code), above, plan.on, *points[code]))
    copy_rows(Division, ["id", "code", "name", "level", "parent_id", "valid_from", "lon", "lat"], rows)
    # what hung under a division that started anew under its old code hangs under the new row
    for old in plan.closed:
        if old.how == "same code":
            Division.objects.filter(parent_id=old.id, valid_to=None).update(parent_id=new[old.code])
            Cell.objects.filter(village_id=old.id, valid_to=None).update(village_id=new[old.code])
    return ids


def _points(plan: Plan, added: list[Added]) -> dict[str, tuple[float, float]]:
    """Where each new division's name is written: as given, in its shape, else where its parent's is."""
    shapes: dict[str, BaseGeometry] = {shaped.code: shaped.ground for shaped in plan.shapes}
    known = {
        code: (lon, lat)
        for code, lon, lat in Division.objects.filter(valid_to=None).values_list("code", "lon", "lat")
    }
    given = {one.line.code: one.line.point for one in added if one.line.point}
    drawn = {code: inner(ground) for code, ground in shapes.items()}
    somewhere = next(iter([*given.values(), *drawn.values(), *known.values()]), (0.0, 0.0))
    for one in added:
        code = one.line.code
        known[code] = given.get(code) or drawn.get(code) or known.get(one.parent or "") or somewhere
    return known


def _rename(plan: Plan) -> None:
    FormerName.objects.bulk_create(
        [FormerName(division_id=one.id, name=one.old, valid_to=plan.on) for one in plan.renamed]
        + [
            FormerName(cell_id=one.id, name=one.old, valid_to=plan.on)
            for one in plan.cells_changed
            if one.new != one.old
        ]
    )
    for one in plan.renamed:
        Division.objects.filter(id=one.id).update(name=one.new)


def _shape(plan: Plan, ids: dict[str, int]) -> None:
    wanted = {ids[shaped.code]: shaped.ground for shaped in plan.shapes}
    old = list(Boundary.objects.filter(division_id__in=wanted))
    FormerShape.objects.bulk_create(
        [
            FormerShape(division_id=b.division_id, wkb=b.wkb, valid_from=b.valid_from, valid_to=plan.on)
            for b in old
        ],
        batch_size=BATCH,
    )
    Boundary.objects.filter(division_id__in=wanted).delete()
    copy_rows(
        Boundary,
        ["division_id", "wkb", "valid_from"],
        ((id_, ground.wkb, plan.on) for id_, ground in wanted.items()),
    )
    _carry_shapes(plan, ids)
    moved = {
        one.id: inner(wanted[one.id]) for one in Division.objects.filter(id__in=[b.division_id for b in old])
    }
    moved |= {ids[code]: point for code, point in plan.points.items()}
    rows = [Division(id=id_, lon=lon, lat=lat) for id_, (lon, lat) in moved.items()]
    Division.objects.bulk_update(rows, ["lon", "lat"], batch_size=BATCH)


def _carry_shapes(plan: Plan, ids: dict[str, int]) -> None:
    """A division that started anew under its old code keeps the shape it had, unless it was given another."""
    given = {shaped.code for shaped in plan.shapes}
    for old in plan.closed:
        if old.how == "same code" and old.code not in given:
            for boundary in Boundary.objects.filter(division_id=old.id):
                Boundary.objects.create(
                    division_id=ids[old.code], wkb=boundary.wkb, valid_from=boundary.valid_from
                )


def _cells(plan: Plan, ids: dict[str, int]) -> None:
    moved = [one for one in plan.cells_changed if one.ground is not None]
    old = {cell.id: cell for cell in Cell.objects.filter(id__in=[one.id for one in plan.cells_changed])}
    since = _cell_shape_since([one.id for one in moved])
    FormerShape.objects.bulk_create(
        [
            FormerShape(
                cell_id=one.id,
                wkb=old[one.id].wkb,
                valid_from=since.get(one.id, old[one.id].valid_from),
                valid_to=plan.on,
            )
            for one in moved
        ],
        batch_size=BATCH,
    )
    for one in plan.cells_changed:
        cell = old[one.id]
        cell.name = one.new
        if one.ground is not None:
            cell.wkb = one.ground.wkb
            cell.lon, cell.lat = inner(one.ground)
    Cell.objects.bulk_update(old.values(), ["name", "wkb", "lon", "lat"], batch_size=BATCH)
    copy_rows(
        Cell,
        ["code", "number", "name", "village_id", "wkb", "lon", "lat", "valid_from"],
        (
            (c.code, int(c.code[12:]), c.name, ids[c.code[:12]], c.ground.wkb, *inner(c.ground), plan.on)
            for c in plan.cells_added
        ),
    )


def _cell_shape_since(cell_ids: list[int]) -> dict[int, date]:
    """From when the present shape of a cell holds, where it has been moved before."""
    rows = FormerShape.objects.filter(cell_id__in=cell_ids).order_by("valid_to", "id")
    return dict(rows.values_list("cell_id", "valid_to"))


def _succeed(plan: Plan, ids: dict[str, int]) -> None:
    through = Division.successors.through
    through.objects.bulk_create(
        [
            through(from_division_id=old.id, to_division_id=ids[code])
            for old in plan.closed
            for code in old.successors
        ],
        batch_size=BATCH,
    )
