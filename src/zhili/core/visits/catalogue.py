"""The catalogue of items: added and changed by the body's administrators, each change a leaf."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from zhili.core.people import managing
from zhili.core.people.actors import Actor
from zhili.core.people.managing import AdminRefused
from zhili.core.people.models import Office
from zhili.core.registers.models import PremisesKind
from zhili.core.trail import changes
from zhili.core.visits import checklists
from zhili.core.visits.models import Apart, Item, Method

ITEM: Final = "visit_item"
APART: Final = "visit_apart"


@dataclass(frozen=True)
class GivenItem:
    """What is said of an item, by the columns of `Item`."""

    code: str
    title: str
    basis: str
    body_id: int
    scenario: str = ""
    object_kind: str = ""
    ratio: Decimal | float | str = 1
    frequency: int = 1
    method: str = "onsite"
    minutes: int = 30
    window_days: int = 90
    speciality: str = ""
    alone: bool = False
    beyond_cap: bool = False
    checklist: Sequence[Mapping[str, Any]] = field(default_factory=list)
    active: bool = True


def faults(given: GivenItem) -> list[tuple[str, str]]:
    """(field, why) of all that is wrong: no legal basis, say. For forms, and for imports that tell row by row."""
    found = [(name, _("不能为空")) for name in ("code", "title") if not getattr(given, name).strip()]
    if not given.basis.strip():
        found.append(("basis", _("没有法律依据的事项不能检查，请写明法律名称和条款")))
    if given.method not in Method.values:
        found.append(("method", _("不认识的检查方式")))
    if given.object_kind and given.object_kind not in PremisesKind.values:
        found.append(("object_kind", _("不认识的对象种类")))
    try:
        ratio = Decimal(str(given.ratio))
        if not 0 < ratio <= 1:
            found.append(("ratio", _("抽查比例应当大于0，不超过1")))
    except InvalidOperation:
        found.append(("ratio", _("抽查比例应当是数字")))
    for name, most in (("frequency", 366), ("minutes", 720), ("window_days", 366)):
        if not 1 <= getattr(given, name) <= most:
            found.append((name, _("应当在1到%(most)d之间") % {"most": most}))
    return found + [("checklist", why) for why in checklists.faults(list(given.checklist))]


@transaction.atomic
def save(given: GivenItem, actor: Actor, *, seen: int | None = None, reason: str = "") -> Item:
    """Add an item, or change the one of this code. Raises AdminRefused, PermissionDenied, changes.Overtaken."""
    managing.check(actor, given.body_id)
    for name, why in faults(given):
        raise AdminRefused(name, why)
    item = Item.objects.select_for_update().filter(code=given.code.strip()).first()
    before = facts(item) if item is not None else {}
    if item is not None:
        managing.check(actor, item.body_id)
        changes.begin(ITEM, item.pk, seen)
    row = item or Item()
    for name, value in asdict(given).items():
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    row.ratio = Decimal(str(given.ratio)).quantize(Decimal("0.0001"))
    row.checklist = list(given.checklist)
    after = facts(row)
    if after == before:
        return row
    row.save()
    changes.record(
        ITEM,
        "changed" if before else "added",
        actor,
        key=row.pk,
        name=row.title,
        office=row.body_id,
        before=before,
        after=after,
        reason=reason,
        facts={"item": row.code},
    )
    return row


def switch_off(item: Item, actor: Actor, reason: str) -> Item:
    """No longer planned or drawn; what it was checked for stays. Raises PermissionDenied."""
    as_it_is = {one.name: getattr(item, one.name) for one in fields(GivenItem)}
    return save(GivenItem(**{**as_it_is, "active": False}), actor, reason=reason)


def facts(item: Item) -> dict[str, Any]:
    """What the change record holds of an item, and the audit holds the row against."""
    told = {one.name: getattr(item, one.name) for one in fields(GivenItem)}
    return told | {"ratio": f"{Decimal(item.ratio):.4f}"}


@transaction.atomic
def keep_apart(one: Office, other: Office, reason: str, actor: Actor) -> Apart:
    """Checks of these two bodies never become one visit from now on. Raises AdminRefused, PermissionDenied."""
    managing.check_city(actor)
    if one.pk == other.pk or not reason.strip():
        raise AdminRefused("reason", _("请选两个不同的单位，并写明原因"))
    first, second = sorted((one.pk, other.pk))
    row, made = Apart.objects.get_or_create(
        one_id=first, other_id=second, defaults={"reason": reason.strip()[:200]}
    )
    if made:
        names = f"{one.name} / {other.name}"
        changes.record(
            APART,
            "added",
            actor,
            key=f"{first}-{second}",
            name=names,
            after={"reason": row.reason},
            reason=reason,
        )
    return row
