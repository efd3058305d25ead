"""A change taken back by another change: what it altered is set to what stood there before; nothing is erased.

Personal values a change replaced are gone for good and do not come back; a shown name with stars says nothing of the
whole one and stays as it is.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from zhili.core.people.actors import Actor
from zhili.core.registers import firms, premises
from zhili.core.registers.firms import Refused
from zhili.core.registers.given import GivenFirm, GivenPremises, Wrong
from zhili.core.registers.models import Firm, Premises
from zhili.core.registers.telling import FIRM, PREMISES
from zhili.core.trail.models import Change

OF_FIRM: Final = ("name", "kind", "status", "industry", "division")
OF_PREMISES: Final = (
    "kind", "name", "address", "lon", "lat", "division", "licence_number", "licence_until", "active",
)  # fmt: skip


def given_firm(one: Firm) -> GivenFirm:
    """A firm as it stands, as if told again; personal values "" are left as they are."""
    return GivenFirm(one.code, one.name, one.kind, one.status, one.industry, one.division_id)


def given_premises(one: Premises) -> GivenPremises:
    """Premises as they stand, as if told again. Its firm is fetched."""
    return GivenPremises(
        one.firm.code, one.kind, one.name, one.code, one.address, one.lon, one.lat, one.division_id,
        one.licence_number, one.licence_until, one.active,
    )  # fmt: skip


def former(change: Change) -> dict[str, Any]:
    """What stood before, of the facts that this change altered and that can come back; {} when none can."""
    if not change.before:
        return {}
    names = OF_FIRM if change.subject == FIRM else OF_PREMISES
    return {
        name: change.before.get(name)
        for name in names
        if change.before.get(name) != change.after.get(name)
        and not (name == "name" and "*" in str(change.before.get(name)))
    }


def undo(change: Change, actor: Actor, reason: str, seen: int | None = None) -> Firm | Premises:
    """Set what this change altered to what it was. Raises Refused, PermissionDenied, changes.Overtaken."""
    before = former(change)
    if not before:
        raise Refused([Wrong("reason", _("这次变更没有能恢复的内容"))])
    if not reason.strip():
        raise Refused([Wrong("reason", _("请写明原因"))])
    words = _("撤回变更 %(leaf)s：%(reason)s") % {"leaf": change.leaf_id, "reason": reason.strip()}
    told = {"division_id" if name == "division" else name: value for name, value in before.items()}
    if change.subject == FIRM:
        firm = Firm.objects.get(pk=int(change.key))
        return firms.save(replace(given_firm(firm), **told), actor, seen=seen, reason=words)
    assert change.subject == PREMISES
    for name in ("lon", "lat"):
        if told.get(name) is not None:
            told[name] = float(told[name])
    if told.get("licence_until"):
        told["licence_until"] = date.fromisoformat(told["licence_until"])
    one = Premises.objects.select_related("firm").get(pk=int(change.key))
    return premises.save(replace(given_premises(one), **told), actor, seen=seen, reason=words)
