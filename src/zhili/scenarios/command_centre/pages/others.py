"""What other parts of the command centre give to the screen: alarms, duty, the way to an instruction."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, reverse

from zhili.core.people.actors import Actor
from zhili.scenarios.command_centre.pages.asked import Place


def alarms(actor: Actor) -> list[Any]:
    """Open alarms of the actor's own ground."""
    return []


def duty(actor: Actor, place: Place) -> list[Any]:
    """Who is on duty for a place today: offices and posts."""
    return []


def instruct_url(*, office_id: int | None = None, number: str | None = None) -> str:
    """Where an instruction to an office, or about a matter, is written; "" when there is no such way."""
    return ""


def phone_url() -> str:
    """The page for a commander's phone."""
    try:
        return reverse("screen_phone")
    except NoReverseMatch:
        return ""
