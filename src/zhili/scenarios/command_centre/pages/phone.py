"""/screen/phone: the command screen for a commander on the way: figures, alarms, instructions, duty, on 390 pixels."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext

from zhili.core.cases import query
from zhili.core.indicators import overview
from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree
from zhili.core.streams.live import position
from zhili.portal.lenses import Page
from zhili.scenarios.command_centre import duty, instructing
from zhili.scenarios.command_centre.alarms import showing
from zhili.scenarios.command_centre.pages.who import commands


@dataclass(frozen=True)
class Figure:
    """A number that opens the cases behind it."""

    title: str
    value: str
    url: str
    over: bool = False


def show(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Everything on one page. A phone that is only looked at now and then stays current by ``/live``."""
    last = position()
    context = {
        "last": last,
        "figures": figures(actor),
        "alarms": showing.current(actor, limit=5),
        "waiting": showing.count(actor),
        "given": instructing.open_given(actor, limit=8),
        "duty": [one for one in duty.today(actor) if one.named or one.office_id == actor.office_id][:6],
        "actor": actor,
        "now": timezone.now(),
    }
    return render(request, "command_centre/phone.html", context)


def figures(actor: Actor) -> list[Figure]:
    """Four of the screen's figures. Two queries on indexes, two on the roll-ups."""
    node = tree().nodes[actor.office_id or 0]
    division = None if node.level == "city" else node.division_id
    today = timezone.localdate()
    counts = overview.by_day(division, today, today)[today]
    owed = query.visible(actor).filter(closed_at=None, parent=None)
    late = owed.filter(overdue=True)
    return [
        Figure(gettext("今天收到"), str(counts.opened), "/screen/cases?what=opened"),
        Figure(gettext("正在办"), str(owed.count()), "/screen/cases?what=owed"),
        Figure(gettext("已超时限"), str(number := late.count()), "/screen/cases?what=overdue", number > 0),
        Figure(gettext("今天答复"), str(counts.answered), "/screen/cases?what=answered"),
    ]


pages = (Page("screen/phone", show, "screen_phone", may=commands),)
