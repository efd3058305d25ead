"""Items and scenarios as the pages show them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext

from zhili.scenarios.inspections.catalogue.kinds import BODIES, CHECKED, CLASSES, METHODS, OBJECTS
from zhili.scenarios.inspections.models import STATES, Entry, Scene

STATE_TITLES = dict(STATES)


def item(one: Entry) -> dict[str, Any]:
    """One version of an item, in words."""
    return {
        "one": one,
        "body": gettext(BODIES.get(one.body, one.body)),
        "object": str(OBJECTS.get(one.object_kind, one.object_kind)),
        "method": gettext(METHODS.get(one.method, one.method)),
        "checked": gettext(CHECKED.get(one.checked, one.checked)),
        "state": str(STATE_TITLES.get(one.state, one.state)),
    }


def scene(one: Scene, live: dict[str, Entry]) -> dict[str, Any]:
    """A scenario: how many of its items are in force, of how many bodies, how long they take one after another."""
    ready = [live[code] for code in one.items if code in live]
    return {
        "one": one,
        "group": gettext(CLASSES.get(one.group, one.group)),
        "ready": len(ready),
        "all": len(one.items),
        "bodies": len({entry.body for entry in ready}),
        "minutes": sum(entry.minutes for entry in ready),
    }


def classes(scenes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The six classes in their order, each with its scenarios; empty ones left out."""
    found = [
        {"code": code, "title": gettext(title), "scenes": [row for row in scenes if row["one"].group == code]}
        for code, title in CLASSES.items()
    ]
    return [one for one in found if one["scenes"]]
