"""/design: the design system, drawn from the partials every page uses."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import engines
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from zhili.core.people.actors import Actor
from zhili.core.web import tokens
from zhili.core.web.icons import ICONS
from zhili.portal.gallery.data import things
from zhili.portal.gallery.more import DONE, WORDS
from zhili.portal.gallery.parts import READ
from zhili.portal.gallery.shape import LOADS, Sample


def show(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The gallery. ``?look=`` light, dark or elder, for this view only."""
    look = request.GET.get("look", "")
    look = look if look in tokens.LOOKS else "light"
    context = things()
    shown = [
        {"component": one, "samples": [(sample, drawn(request, sample, context)) for sample in one.samples]}
        for one in (*READ, *DONE)
    ]
    titles = {"light": gettext("浅色"), "dark": gettext("深色"), "elder": gettext("大字")}
    return render(
        request,
        "portal/design.html",
        {
            "look": look,
            "looks": [
                {"url": f"?look={one}", "title": title, "count": None, "current": one == look}
                for one, title in titles.items()
            ],
            "shown": shown,
            "swatches": tokens.swatches(look),
            "least": tokens.LEAST[look],
            "words": WORDS,
            "drawings": sorted(ICONS),
        },
    )


def drawn(request: HttpRequest, sample: Sample, context: dict[str, Any]) -> SafeString:
    """A sample as its page would draw it. The source is our own, from the declaration."""
    source = engines["django"].from_string(LOADS + sample.source)
    return mark_safe(source.render(dict(context), request))  # noqa: S308 - escaped by the engine as on any page
