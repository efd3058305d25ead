"""Who may open the console, take a warning, set how a rule stands. Which warnings: ``core.signals.warnings``."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext

from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree
from zhili.core.signals.warnings import handling

READS = handling.ROLES | {"auditor", "admin"}
SWITCHES = frozenset({"commander", "leader", "admin"})


def reads(actor: Actor) -> bool:
    """Posts that answer for a ground or look after those that do."""
    return actor.kind == "post" and bool(actor.roles & READS)


def acts(actor: Actor) -> bool:
    """Whoever may take a warning and say what came of it; an auditor only looks."""
    return actor.kind == "post" and handling.may_act(actor)


def switches(actor: Actor) -> bool:
    """A rule holds for the whole city: its general office switches it, tries it on the past, lets it on again."""
    seat = tree().nodes.get(actor.office_id or 0) if actor.kind == "post" else None
    return (
        seat is not None and seat.level == "city" and seat.kind == "general" and bool(actor.roles & SWITCHES)
    )


def sections(request: HttpRequest) -> list[dict[str, Any]]:
    """The three places of the console, as a row of links."""
    known = [
        (gettext("预警"), "/desk/warnings"),
        (gettext("规则"), "/desk/rules"),
        (gettext("实时接入"), "/desk/warnings/live"),
    ]
    here = max((url for _title, url in known if request.path.startswith(url)), key=len, default="")
    return [{"title": title, "url": url, "count": None, "current": url == here} for title, url in known]
