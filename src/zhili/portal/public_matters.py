"""What a reader of the city map asks for: read from the query string, written back to it, and found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext

from zhili.base.geo import Box
from zhili.base.procedure import Final
from zhili.core.cases import near, query, registry
from zhili.core.cases.categories import choices
from zhili.core.cases.models import Case
from zhili.core.cases.routing import directory
from zhili.core.places.models import DivisionClosure
from zhili.core.places.tree import Node, nodes, subtree
from zhili.portal import site
from zhili.portal.asked import number_in, text_in

STATES = ("open", "answered", "closed")
DAYS = {"7": 7, "30": 30, "90": 90, "365": 365}
WIDE = 0.2
"""Degrees."""
NAMED = 30
"""So many divisions of a name typed are looked under."""


@dataclass(frozen=True)
class Asked:
    """``state`` of STATES, ``days`` of DAYS, ``category`` a code ("": any), ``place`` a division, ``box`` in degrees"""

    state: str = ""
    category: str = ""
    days: str = ""
    place: int | None = None
    text: str = ""
    box: Box | None = None

    def query(self, **change: Any) -> str:
        """As a query string; ``change`` replaces parts."""
        one = replace(self, **change)
        box = ",".join(f"{edge:.5f}" for edge in one.box) if one.box else ""
        given = {
            "q": one.text, "state": one.state, "category": one.category, "days": one.days,
            "place": one.place or "", "bbox": box,
        }  # fmt: skip
        return urlencode({name: value for name, value in given.items() if value})

    @property
    def filtered(self) -> bool:
        return bool(self.state or self.category or self.days or self.place or self.text)

    def found(self) -> QuerySet[Case]:
        """Public matters that fit, newest first."""
        found = query.public().order_by("-id")
        if self.state:
            found = found.filter(in_state(self.state))
        if self.category:
            found = found.filter(category=self.category)
        if self.days:
            found = found.filter(opened_at__gte=timezone.now() - timedelta(days=DAYS[self.days]))
        if self.place is not None:
            found = found.filter(division_id__in=subtree(self.place))
        if self.text:
            found = found.filter(_about(self.text))
        if self.box is not None:
            found = found.filter(_inside(self.box))
        return found


def asked_of(given: QueryDict) -> Asked:
    """From the query string; nonsense counts as not asked."""
    state, days = text_in(given, "state"), text_in(given, "days")
    place = number_in(given, "place")
    return Asked(
        state if state in STATES else "",
        text_in(given, "category"),
        days if days in DAYS else "",
        place if place in nodes() else None,
        text_in(given, "q"),
        box_in(given),
    )


def _inside(box: Box) -> Q:
    """By the index of places; what is wide is most of the city, where comparing row by row takes half as long."""
    west, south, east, north = box
    if east - west < WIDE:
        return near.within(box)
    return Q(lon__gte=west, lon__lte=east, lat__gte=south, lat__lte=north)


def box_in(given: QueryDict) -> Box | None:
    """``bbox=west,south,east,north`` in degrees; None when it is none."""
    text = given.get("bbox", "")
    parts = text.split(",") if isinstance(text, str) and len(text) <= 100 else []
    try:
        west, south, east, north = (float(part) for part in parts)
    except ValueError:
        return None
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):  # false for not-a-number, too
        return None
    return west, south, east, north


def in_state(state: str) -> Q:
    """Open: an answer is owed. Answered: the reporter may still rate or contest it. Closed: nothing is owed."""
    if state == "closed":
        return Q(closed_at__isnull=False)
    told = answered()
    return Q(closed_at=None) & (told if state == "answered" else ~told)


def answered() -> Q:
    """In a stage in which the matter counts as answered."""
    found = Q(pk__in=[])
    for name, procedure in registry.procedures().items():
        stages = [s.name for s in procedure.stages.values() if s.answers and not isinstance(s, Final)]
        if stages:
            found |= Q(procedure=name, stage__in=stages)
    return found


def _about(text: str) -> Q:
    """An address, a word of the title, or a division's name: many matters are placed by a tap, without an address."""
    named = [one.id for one in nodes().values() if text in one.name and one.level != "city"][:NAMED]
    here = DivisionClosure.objects.filter(ancestor_id__in=named).values("descendant_id")
    told = Q(address__icontains=text) | Q(title__icontains=text)
    return told | Q(address="", division_id__in=here) if named else told


def categories() -> list[tuple[str, str]]:
    """The categories that may be chosen, over all scenarios, where they are open to the public."""
    public = directory().public
    return [
        (code, gettext(title))
        for scenario in registry.scenarios()
        for code, title in choices(scenario)
        if public.get((scenario, code), True)
    ]


def states() -> list[tuple[str, str]]:
    return [
        ("open", gettext("正在办")),
        ("answered", gettext("已答复，待评价")),
        ("closed", gettext("已办结")),
    ]


def spans() -> list[tuple[str, str]]:
    return [(key, gettext("最近 %(days)d 天") % {"days": days}) for key, days in DAYS.items()]


def places() -> list[tuple[Node, list[Node]]]:
    """Each county with its towns, to choose from."""
    city = site.city_id()
    live = [one for one in nodes().values() if one.valid_to is None]
    counties = sorted((one for one in live if one.parent_id == city), key=lambda one: one.code)
    return [
        (county, sorted((one for one in live if one.parent_id == county.id), key=lambda one: one.code))
        for county in counties
    ]
