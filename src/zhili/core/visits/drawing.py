"""Premises drawn by lot (随机抽取检查对象), by the town whose offices look after them; what is drawn becomes due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import ROUND_CEILING, Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zhili.base.draw import Candidate, DrawError
from zhili.core.draws import announcing, kinds
from zhili.core.draws.kinds import Kind
from zhili.core.draws.models import Draw
from zhili.core.people.actors import Actor
from zhili.core.places import tree
from zhili.core.registers.models import Premises
from zhili.core.trail import changes
from zhili.core.trail.leaves import timestamp
from zhili.core.visits import planning, rights
from zhili.core.visits.models import Item, Lot

OBJECTS: Final = "visits.objects"
LOT: Final = "visit_lot"
TITLE: Final = gettext_noop("双随机抽查：抽取检查对象")


def register() -> None:
    """Make the kind known; called when the app is ready."""
    kinds.register(Kind(OBJECTS, TITLE, candidates, _drawn))


def premises_of(lot: Lot) -> QuerySet[Premises]:
    """The premises on the list of a lot: those in use, of its kind, in its area."""
    found = Premises.objects.filter(active=True, firm__status="active")
    if lot.object_kind:
        found = found.filter(kind=lot.object_kind)
    if lot.division_id is not None:
        found = found.filter(division__in=tree.subtree(lot.division_id).values("descendant"))
    return found


def candidates(scope: str) -> list[Candidate]:
    """The list of a lot: premises by number, in the stratum of their town (the county where no town is known)."""
    town = {pk: _town(pk) for pk in tree.nodes()}
    rows = premises_of(Lot.objects.get(pk=int(scope))).values_list("pk", "division_id")
    return [Candidate(name(pk), town.get(division, "")) for pk, division in rows.iterator(20_000)]


def name(premises: int) -> str:
    """Under which premises stand on a list; nothing of whoever runs them."""
    return f"P{premises}"


def _town(division: int) -> str:
    at = tree.at_level(division, "town") or tree.at_level(division, "county") or division
    return tree.node(at).code


@transaction.atomic
def announce(
    title: str,
    items: Sequence[Item],
    due: tuple[date, date],
    sources: Sequence[dict[str, Any]],
    draw_at: datetime,
    actor: Actor,
    *,
    division_id: int | None = None,
    count: int | None = None,
) -> Draw:
    """Freeze the list of what may be drawn for these items and say how. Raises DrawError, PermissionDenied.

    ``count`` None: the largest ratio of the items, of all on the list, rounded up. All items are of one kind of object.
    """
    rights.check_plan(actor, {one.body_id for one in items})
    assert actor.office_id is not None
    if not items or len({one.object_kind for one in items}) != 1:
        raise DrawError(_("一次抽取的事项应当是同一种对象的"))
    lot = Lot.objects.create(
        title=title.strip()[:200],
        items=sorted(one.pk for one in items),
        object_kind=items[0].object_kind,
        division_id=division_id,
        due_from=due[0],
        due_to=due[1],
        office_id=actor.office_id,
        made_at=timezone.now(),
    )
    changes.record(LOT, "added", actor, key=lot.pk, name=lot.title, office=lot.office_id, after=facts(lot))
    listed = candidates(str(lot.pk))
    if count is None:
        share = max(Decimal(one.ratio) for one in items)
        count = int((share * len(listed)).to_integral_value(ROUND_CEILING))
    return announcing.announce(OBJECTS, str(lot.pk), lot.title, listed, count, sources, draw_at, actor)


def facts(lot: Lot) -> dict[str, Any]:
    """What the change record holds of a lot, and the audit holds the row against."""
    return {
        "title": lot.title,
        "items": list(lot.items),
        "object_kind": lot.object_kind,
        "division": lot.division_id,
        "due_from": lot.due_from.isoformat(),
        "due_to": lot.due_to.isoformat(),
        "office": lot.office_id,
        "made_at": timestamp(lot.made_at),
    }


def _drawn(draw: Draw, names: Sequence[str]) -> None:
    """Each item of the lot is due on each of the premises drawn."""
    lot = Lot.objects.get(pk=int(draw.scope))
    found = [int(one[1:]) for one in names]
    planning.make_due(lot.items, found, lot.due_from, lot.due_to, f"draw {draw.pk}")
