"""The places of ``/cross-border``, as a row of tabs on each of its pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop as _

from zhili.core.people.actors import Actor
from zhili.scenarios.cross_border.pages.who import at_border, shares
from zhili.scenarios.cross_border.patrols.who import walks


@dataclass(frozen=True)
class Place:
    title: str
    url: str
    icon: str
    may: Callable[[Actor], bool] = at_border


PLACES: tuple[Place, ...] = (
    Place(_("联合指挥"), "/cross-border", "monitor"),
    Place(_("边界地图"), "/cross-border/map", "map"),
    Place(_("联合巡防"), "/cross-border/patrols", "map-pin", may=walks),
    Place(_("活动安保"), "/cross-border/plans", "shield-check", may=walks),
    Place(_("重点管控"), "/cross-border/hazards", "triangle-alert", may=walks),
    Place(_("协议"), "/cross-border/agreements", "file-text"),
    Place(_("共享设置"), "/cross-border/sharing", "sliders-horizontal", may=shares),
)
"""In the order shown. A part of the scenario adds its line."""


def menu(actor: Actor, here: str) -> dict[str, Any]:
    """For the template: what ``cross_border/parts/nav.html`` shows; ``here`` is the page's own address."""
    return {"places": [one for one in PLACES if one.may(actor)], "here": here}
