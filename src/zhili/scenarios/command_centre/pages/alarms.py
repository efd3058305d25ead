"""/screen/alarms: what waits for somebody to look, and acknowledging one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from zhili.core.people.actors import Actor
from zhili.portal.lenses import Page
from zhili.portal.submitted import Submission
from zhili.scenarios.command_centre.alarms import kinds, showing
from zhili.scenarios.command_centre.forms import Acknowledge
from zhili.scenarios.command_centre.pages.who import commands


def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    running = showing.current(actor, limit=100)
    context = {
        "waiting": [one for one in running if one.acknowledged_at is None],
        "looked_at": [one for one in running if one.acknowledged_at is not None],
        "past": showing.past(actor, limit=50),
        "kinds": [(gettext(kind.title), kind.level) for kind in kinds.KINDS.values()],
    }
    return render(request, "command_centre/alarms.html", context)


@require_POST
def acknowledge(request: HttpRequest, actor: Actor, alarm: int) -> HttpResponse:
    """Back to where it was pressed (``_next``); for a script, no page at all."""
    note = Acknowledge.validate(Submission(request, Acknowledge, actor).data).values.get("note", "")
    showing.acknowledge(actor, alarm, note)
    if request.headers.get("HX-Request") or request.headers.get("Accept") == "application/json":
        return HttpResponse(status=204)
    messages.success(request, gettext("已确认。什么时候、哪个岗位确认的，记在存证里。"))
    back = request.POST.get("_next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = "/screen/alarms"
    return redirect(back)


pages = (
    Page("screen/alarms", listing, "screen_alarms", may=commands),
    Page("screen/alarms/<int:alarm>/acknowledge", acknowledge, "screen_acknowledge", may=commands),
)
