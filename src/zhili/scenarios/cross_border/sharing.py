"""What an office lets a neighbouring site see: chosen, shown beforehand exactly as it is sent, published, stopped.

Only open border matters in shared cells are told, of the chosen sub-scenarios: number, sub-scenario, state, two days,
cell and (where chosen) the place. Never a title or a description, which somebody typed; never a confidential matter or
one of another zone. Several offices may share with one site: it is told everything they chose, once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core import params
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.cases.query import MERGED
from zhili.core.exchange.models import RemoteSite, SiteAgreement
from zhili.core.exchange.sites import topics
from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree as offices
from zhili.core.places.geojson import geometry
from zhili.core.places.models import Cell
from zhili.core.trail import changes
from zhili.scenarios.cross_border import border, figures, told
from zhili.scenarios.cross_border.documents import (
    CELLS,
    FEW,
    FIGURES,
    MATTERS,
    MOST_CELLS,
    MOST_MATTERS,
    VERSION,
)
from zhili.scenarios.cross_border.kinds import BY_CODE
from zhili.scenarios.cross_border.models import Sharing

RULE = "cross_border.share"
SUBJECT = "border_sharing"
MATTER = "cross_border.matter"
FARTHEST = 20_000
STATES = {"received": "waiting", "joint": "joint", "checking": "checking"}


@dataclass(frozen=True, slots=True)
class Wish:
    """What an office chose: cells within ``metres`` of the border (0: none so) and those picked by code."""

    metres: int = 0
    cells: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    points: bool = False
    figures: bool = False

    @property
    def anything(self) -> bool:
        return bool(self.metres or self.cells or self.figures)


NOTHING = Wish()


def wish_of(row: Sharing | None) -> Wish:
    if row is None:
        return NOTHING
    return Wish(row.metres, tuple(row.cells), tuple(row.categories), row.points, row.figures)


def chosen(office_id: int, site: RemoteSite, wish: Wish) -> list[border.Near]:
    """The cells of the office's ground a wish means, nearest to the border first."""
    ground = offices().nodes[office_id].division_id
    picked = set(wish.cells)
    return [
        one
        for one in border.near(ground, told.ground(site.site))
        if one.code in picked or one.metres < wish.metres
    ]


def put(actor: Actor, site: RemoteSite, wish: Wish, seen: int | None = None) -> Sharing:
    """Keep a wish of the actor's office, and tell the site at once. Raises Refused, changes.Overtaken."""
    office = actor.office_id or 0
    check(office, site, wish)
    with transaction.atomic():
        changes.begin(SUBJECT, f"{office}/{site.pk}", seen)
        old = Sharing.objects.filter(office_id=office, site=site).first()
        values = {name: getattr(wish, name) for name in ("metres", "points", "figures")}
        values |= {
            "cells": list(wish.cells),
            "categories": list(wish.categories),
            "changed_at": timezone.now(),
        }
        row, _new = Sharing.objects.update_or_create(office_id=office, site=site, defaults=values)
        changes.record(
            SUBJECT,
            "set" if wish.anything else "stopped",
            actor,
            key=f"{office}/{site.pk}",
            name=site.title,
            office=office,
            before=_plain(wish_of(old)),
            after=_plain(wish),
        )
        publish(site)
    return row


def _plain(wish: Wish) -> dict[str, Any]:
    return {
        "metres": wish.metres,
        "cells": list(wish.cells),
        "categories": list(wish.categories),
        "points": wish.points,
        "figures": wish.figures,
    }


def check(office: int, site: RemoteSite, wish: Wish) -> None:
    """Raises Refused (422) for what cannot be shared like this."""
    if not 0 <= wish.metres <= FARTHEST:
        raise Refused("too_far", _("距离应在 0 到 %d 米之间") % FARTHEST, 422)
    if strange := [one for one in wish.categories if one not in BY_CODE]:
        raise Refused("category", _("没有“%s”这个子场景") % strange[0][:20], 422)
    known = {one.code for one in border.near(offices().nodes[office].division_id, told.ground(site.site))}
    if strange := [one for one in wish.cells if one not in known]:
        raise Refused("not_yours", _("网格%s不在本单位的地界里") % strange[0][:20], 422)
    many = len(chosen(office, site, wish))
    if many > MOST_CELLS:
        words = _("选中了 %(many)d 个网格，一次最多共享 %(most)d 个；请缩短距离")
        raise Refused("too_many", words % {"many": many, "most": MOST_CELLS}, 422)


# --- what is told -----------------------------------------------------------------------------------------


def documents(site: RemoteSite, wishes: Mapping[int, Wish] | None = None) -> dict[str, dict[str, Any]]:
    """Every topic as this site would be told it; ``wishes``: of offices, in place of what they chose (a preview)."""
    kept = {row.office_id: wish_of(row) for row in Sharing.objects.filter(site=site)} | dict(wishes or {})
    cells = {one.code: one for office, wish in kept.items() for one in chosen(office, site, wish)}
    found = {CELLS: cells_document(cells.values()), MATTERS: _matters(site, kept)}
    told_too = any(wish.figures for wish in kept.values())
    found[FIGURES] = figures.document(site) if told_too else figures.nothing()
    return found


def cells_document(near: Iterable[border.Near]) -> dict[str, Any]:
    by_code = {one.code: one for one in list(near)[:MOST_CELLS]}
    rows = Cell.objects.filter(valid_to=None, code__in=by_code).order_by("code").values_list("code", "wkb")
    return {
        "version": VERSION,
        "cells": [
            {
                "code": code,
                "name": by_code[code].name,
                "village": by_code[code].village,
                "geometry": geometry(shapely.from_wkb(bytes(wkb))),
            }
            for code, wkb in rows
        ],
    }


def _matters(site: RemoteSite, kept: Mapping[int, Wish]) -> dict[str, Any]:
    single: dict[str, dict[str, Any]] = {}
    counted: dict[tuple[str, str], int] = {}
    for office, wish in kept.items():
        if not wish.categories:
            continue
        cells = [one.code for one in chosen(office, site, wish)]
        found = _open(cells, wish.categories)
        if wish.points:
            single |= {case.number: _one(case) for case in found}
        else:  # two offices over one another count the same matters, so the larger count is the count
            sums = Counter((case.cell.code, case.category) for case in found if case.cell is not None)
            for key, number in sums.items():
                counted[key] = max(number, counted.get(key, 0))
    return {
        "version": VERSION,
        "matters": [single[number] for number in sorted(single)][:MOST_MATTERS],
        "counts": [
            {
                "cell": cell,
                "category": category,
                "few": number < FEW,
                **({"count": number} if number >= FEW else {}),
            }
            for (cell, category), number in sorted(counted.items())
        ][:MOST_MATTERS],
    }


def _open(cells: list[str], categories: Iterable[str]) -> list[Case]:
    """What may be told at all."""
    found = Case.objects.filter(
        procedure=MATTER,
        closed_at=None,
        confidential=False,
        zone="government",
        category__in=list(categories),
        cell__code__in=cells,
    ).exclude(stage=MERGED)
    return list(found.select_related("cell").order_by("id")[:MOST_MATTERS])


def _one(case: Case) -> dict[str, Any]:
    line: dict[str, Any] = {
        "number": case.number,
        "category": case.category,
        "state": STATES.get(case.stage, "handling"),
        "since": timezone.localdate(case.opened_at).isoformat(),
        "due": timezone.localdate(case.due_at).isoformat() if case.due_at else None,
        "cell": case.cell.code if case.cell is not None else "",
    }
    if case.lon is not None and case.lat is not None:
        line |= {"lon": round(case.lon, 5), "lat": round(case.lat, 5)}
    return line


# --- telling it -------------------------------------------------------------------------------------------


def agreed_topics(site: RemoteSite) -> frozenset[str]:
    """The topics any agreement in force with a site names. One query."""
    today = timezone.localdate()
    rows = SiteAgreement.objects.filter(site=site, active=True, valid_from__lte=today)
    return frozenset(
        name
        for document, ends in rows.values_list("document", "valid_to")
        if ends is None or ends >= today
        for name in document.get("topics", ())
    )


def publish(site: RemoteSite) -> int:
    """Tell a site what changed of what is shared with it. How many topics were sent; one already told is not."""
    agreed = agreed_topics(site)
    return sum(
        topics.publish_to(site, name, document)
        for name, document in documents(site).items()
        if name in agreed
    )


def turn() -> int:
    """The duty: every site something is, or was, shared with."""
    if not params.in_force(RULE):
        return 0
    sent = 0
    for site in RemoteSite.objects.filter(active=True, pk__in=Sharing.objects.values("site")):
        with transaction.atomic():
            sent += publish(site)
    return sent
