"""Firms and premises that may be the same as one somebody is about to register: shown before it comes in twice."""

from __future__ import annotations

import math
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext as _

from zhili.base.text import fold
from zhili.core.people.actors import Actor
from zhili.core.registers import rights
from zhili.core.registers.given import GivenFirm, GivenPremises
from zhili.core.registers.models import Firm, Premises

NEAR_M: Final = 60
"""Metres between two points that may be one door."""
MOST: Final = 5
_DEGREE_M: Final = 111_320.0


def firms(given: GivenFirm, actor: Actor) -> list[tuple[Firm, str]]:
    """Those under another code whose shown name is the same, with why. Only what the actor may see. One query."""
    found = rights.firms(actor).filter(name__iexact=given.name.strip()).exclude(code=given.code)
    return [(one, _("名称相同")) for one in found.order_by("pk")[:MOST]]


def premises(given: GivenPremises, actor: Actor) -> list[tuple[Premises, str]]:
    """Those with the same licence's number, or of a like name at the same door, with why. One query."""
    asked = Q(pk=None)
    if given.licence_number:
        asked |= Q(licence_number=given.licence_number)
    if given.lon is not None and given.lat is not None:
        high = NEAR_M / _DEGREE_M
        wide = high / max(math.cos(math.radians(given.lat)), 0.1)
        asked |= Q(
            lon__range=(given.lon - wide, given.lon + wide), lat__range=(given.lat - high, given.lat + high)
        )
    else:
        asked |= Q(division=given.division_id, name__iexact=given.name)
    rows = rights.premises(actor).filter(asked).exclude(code=given.code).select_related("firm", "division")
    found = [(one, why) for one in rows.order_by("pk")[:200] if (why := _why(one, given))]
    return found[:MOST]


def _why(one: Premises, given: GivenPremises) -> str:
    if given.licence_number and one.licence_number == given.licence_number:
        return _("许可证号相同")
    there, said = fold(one.name), fold(given.name)
    if there and said and (there in said or said in there):
        return _("位置相近，名称相似") if given.lon is not None else _("所在地和名称相同")
    return ""
