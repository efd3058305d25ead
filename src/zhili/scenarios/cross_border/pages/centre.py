"""/cross-border: the joint centre. Open matters of both sides, what waits to be accepted, what is late or stuck."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from zhili.core.cases import query
from zhili.core.cases.models import Case
from zhili.core.cases.query import MERGED
from zhili.core.exchange.models import Link
from zhili.core.people.actors import Actor
from zhili.core.streams.live.position import position
from zhili.portal.asked import text_in
from zhili.portal.lenses import Page
from zhili.portal.rows import Row, rows
from zhili.scenarios.cross_border import neighbours, told
from zhili.scenarios.cross_border.documents import CELLS, MATTERS
from zhili.scenarios.cross_border.pages.menu import menu
from zhili.scenarios.cross_border.pages.who import at_border, shares
from zhili.scenarios.cross_border.sharing import MATTER

SHOWN, WAITING = 30, 10
SOON = timedelta(hours=24)


@dataclass(frozen=True)
class Theirs:
    """What one neighbour told of its open matters."""

    word: told.Told
    lines: list[told.Line]
    counts: list[told.Count]
    many: int
    few: bool
    """Whether some of them are only told as fewer than five."""


def show(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The page; ``?part=now`` what changes of it; ``?wall`` without the bars, for a wall screen."""
    wall = "wall" in request.GET
    context = {
        **_now(actor),
        "menu": menu(actor, "/cross-border"),
        "wall": wall,
        "last": str(position()),
    }
    part = text_in(request.GET, "part") == "now"
    return render(request, "cross_border/parts/now.html" if part else "cross_border/centre.html", context)


def _now(actor: Actor) -> dict[str, Any]:
    now = timezone.now()
    sites = neighbours.all_of_them()
    ours = open_matters(actor)
    due = ours.filter(due_at__lt=now + SOON, party="")
    theirs = [_theirs(one) for one in told.all_of(MATTERS)]
    coming, going = _waiting(actor, "in"), _waiting(actor, "out")
    return {
        "now": timezone.localtime(now),
        "may_share": shares(actor),
        "may_add": "admin" in actor.roles and actor.office_level == "city",
        "sites": sites,
        "forks": [one for one in sites if one.forks],
        "trouble": [one for one in sites if one.trouble and not one.forks],
        "stuck": sum(one.sending + one.refused for one in sites if one.site.failures or one.refused),
        "ours": rows(ours.order_by(F("due_at").asc(nulls_last=True), "id")[:SHOWN], desk=True),
        "ours_many": ours.count(),
        "due": due.count(),
        "over": due.filter(due_at__lt=now).count(),
        "theirs": theirs,
        "theirs_many": sum(one.many for one in theirs),
        "theirs_few": any(one.few for one in theirs),
        "coming": coming[:WAITING],
        "going": going[:WAITING],
        "coming_many": len(coming),
        "going_many": len(going),
    }


def open_matters(actor: Actor) -> QuerySet[Case]:
    """Border matters, and whatever came from a neighbour, that the actor may see."""
    linked = Link.objects.filter(way="in", case__isnull=False).values("case_id")
    found = query.visible(actor).filter(Q(procedure=MATTER) | Q(pk__in=linked), closed_at=None)
    return found.exclude(stage=MERGED).filter(answered_at=None)


def _waiting(actor: Actor, way: str) -> list[tuple[Row, str]]:
    """(line, the site's title) of matters nobody has accepted yet, those handed over first in front."""
    links = list(
        Link.objects.filter(way=way, state="waiting", case__isnull=False, case__closed_at=None)
        .select_related("site")
        .order_by("created_at")[:200]
    )
    seen = {case.pk: case for case in query.visible(actor).filter(pk__in=[one.case_id for one in links])}
    shown = [(seen[one.case_id], one.site.title) for one in links if one.case_id in seen]
    return [
        (line, title)
        for line, (_case, title) in zip(rows((c for c, _t in shown), desk=True), shown, strict=True)
    ]


def _theirs(found: told.Told) -> Theirs:
    villages = told.villages(told.of(CELLS, found.site))
    lines = sorted(told.lines(found, villages), key=lambda one: (one.due or one.since, one.number))
    counts = told.counts(found, villages)
    known = sum(one.count or 0 for one in counts)
    return Theirs(
        found, lines[:SHOWN], counts[:SHOWN], len(lines) + known, any(one.count is None for one in counts)
    )


pages = (Page("cross-border", show, "cross_border", may=at_border),)
