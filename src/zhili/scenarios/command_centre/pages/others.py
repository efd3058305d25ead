"""What other parts of the command centre give to the screen: alarms, duty, the way to an instruction."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree
from zhili.core.places.tree import nodes
from zhili.scenarios.command_centre.alarms import showing
from zhili.scenarios.command_centre.alarms.showing import Shown
from zhili.scenarios.command_centre.duty import OnDuty, today
from zhili.scenarios.command_centre.pages.asked import Place

AT_ONCE = 2
"""Alarms the banner shows; all stand on their own page."""
DUTY = 4


def alarms(actor: Actor) -> list[Shown]:
    """Open alarms of the actor's own ground: those nobody has looked at first."""
    return showing.current(actor, limit=AT_ONCE)


def duty(actor: Actor, place: Place) -> list[OnDuty]:
    """Who is named for today, of the place's own office and those right below. Two queries."""
    known, divisions = tree().nodes, nodes()
    here = place.division_id

    def near(one: OnDuty) -> bool:
        ground = divisions.get(known[one.office_id].division_id)
        return ground is not None and (ground.id == here or ground.parent_id == here)

    return [one for one in today(actor) if one.named and near(one)][:DUTY]


def instruct_url(*, office_id: int | None = None, number: str | None = None) -> str:
    """Where an instruction to an office, or about a matter, is written."""
    asked = urlencode({k: v for k, v in (("office", office_id), ("number", number)) if v})
    return reverse("screen_instruct") + (f"?{asked}" if asked else "")


def phone_url() -> str:
    """The page for a commander's phone."""
    return reverse("screen_phone")
