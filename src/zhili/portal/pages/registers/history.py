"""A change of a firm or premises in words: what was altered, from what to what; personal values never."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext

from zhili.core.people.actors import Actor
from zhili.core.places import tree
from zhili.core.registers import rights, undoing
from zhili.core.registers.models import Firm, FirmKind, FirmStatus, Premises, PremisesKind
from zhili.core.registers.telling import SEALED
from zhili.core.trail.models import Change
from zhili.core.web import words as said

CHANGES = 20


def of(one: Firm | Premises, subject: str, actor: Actor) -> list[dict[str, Any]]:
    """Its last changes, newest first, with the address where each can be taken back."""
    made = Change.objects.filter(subject=subject, key=str(one.pk)).order_by("-id")[:CHANGES]
    may = rights.may_write(actor) and rights.covers(actor, one.division_id)
    where = f"firms/{one.code}" if isinstance(one, Firm) else f"premises/{one.pk}"
    return [
        told(change)
        | {
            "undo": f"/desk/registers/{where}/undo/{change.pk}" if may and undoing.former(change) else "",
        }
        for change in made
    ]


def told(change: Change) -> dict[str, Any]:
    parts = differences(change)
    return {
        "at": change.at,
        "done": gettext("登记") if change.done == "added" else gettext("改动"),
        "parts": parts,
        "source": change.after.get("source", ""),
        "reason": change.reason,
        "by": change.actor_label,
        "leaf": change.leaf_id,
    }


def differences(change: Change) -> list[tuple[str, str, str]]:
    """(title, before, after) of what a change altered; of a personal value, that it was altered."""
    if not change.before:
        return []
    names = {
        "name": gettext("名称"), "kind": gettext("种类"), "status": gettext("状态"), "active": gettext("在用"),
        "address": gettext("地址"), "division": gettext("所在地"), "cell": gettext("网格"), "lon": gettext("经度"),
        "lat": gettext("纬度"), "industry": gettext("行业代码"), "licence_number": gettext("许可证号"),
        "licence_until": gettext("许可证最后一天"), "firm": gettext("市场主体"), "operator": gettext("经营者"),
        "identity": gettext("经营者证件号码"), "phone": gettext("联系电话"), "full_name": gettext("登记全名"),
    }  # fmt: skip
    return [
        (title, _words(name, change.before.get(name)), _words(name, change.after.get(name)))
        for name, title in names.items()
        if change.before.get(name) != change.after.get(name) and name not in ("cell", "firm")
    ]


def _words(name: str, value: Any) -> str:
    if name in SEALED:
        return gettext("不显示") if value else ""
    if value is None or value == "":
        return ""
    match name:
        case "division":
            return tree.full_name(value) if value in tree.nodes() else str(value)
        case "active":
            return gettext("是") if value else gettext("否")
        case "kind" | "status":
            known = {**dict(FirmKind.choices), **dict(FirmStatus.choices), **dict(PremisesKind.choices)}
            return str(known.get(value, value))
        case "licence_until":
            return said.day(date.fromisoformat(value))
    return str(value)
