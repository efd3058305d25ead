"""/screen/phone: the command screen for a commander on the way: figures, alarms, instructions, duty, on 390 pixels."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from zhili.core.indicators.workload import loads, total
from zhili.core.people.actors import Actor
from zhili.core.streams.live import position
from zhili.portal.lenses import Page
from zhili.scenarios.command_centre import duty, instructing
from zhili.scenarios.command_centre.alarms import showing
from zhili.scenarios.command_centre.pages.asked import place_of
from zhili.scenarios.command_centre.pages.figures import figures, pace, past_of
from zhili.scenarios.command_centre.pages.who import commands


def show(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Everything on one page. A phone that is only looked at now and then stays current by ``/live``."""
    last = position()  # before anything is read
    place = place_of(request, actor)
    past = past_of(place, timezone.localdate())
    load = total(loads(place.ground, timezone.localtime()))
    context = {
        "figures": figures(place, load, past),
        "pace": pace(place, past),
        "last": last,
        "alarms": showing.current(actor, limit=5),
        "waiting": showing.count(actor),
        "given": instructing.open_given(actor, limit=8),
        "duty": [one for one in duty.today(actor) if one.named or one.office_id == actor.office_id][:6],
        "actor": actor,
        "now": timezone.now(),
    }
    return render(request, "command_centre/phone.html", context)


pages = (Page("screen/phone", show, "screen_phone", may=commands),)
