"""/desk/admin/retention: what the next round of clearing will take, what it must leave, and under which rule."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from zhili.core.people.actors import Actor
from zhili.core.personal import forecast
from zhili.core.personal.mine import under_words
from zhili.portal.pages.admin import frame


def show(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Numbers and grounds only: there is nobody's value here, and none to open."""
    frame.check_leads(actor)
    found = forecast.now()
    rows = [(_title(one.title), one, under_words(one.ground)) for one in found.lines]
    return frame.show(request, actor, "retention", {"found": found, "rows": rows})


def _title(both: str) -> str:
    """A rule's name is said in both languages for the command line."""
    chinese, _space, english = both.partition(" ")
    return english if english and (get_language() or "").startswith("en") else chinese
