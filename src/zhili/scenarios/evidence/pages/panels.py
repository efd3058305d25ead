"""What stands on an item's page beside its facts and its chain: one line for each thing a part of evidence adds.

A part (sharing, bags, scenes) gives a panel its title, a template and a function that says what it shows; a panel that
has nothing to show for this reader gives None and is not drawn. Links need no panel of their own: ``links``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor
from zhili.scenarios.evidence.models import ItemDetail


@dataclass(frozen=True)
class Asked:
    """For whom an item's page is drawn. ``case`` is one the actor may see."""

    request: HttpRequest
    actor: Actor
    case: Case
    detail: ItemDetail

    @property
    def keeps(self) -> bool:
        """Whether the actor's office has it in custody."""
        return self.actor.kind == "post" and self.actor.office_id == self.case.office_id


@dataclass(frozen=True)
class Panel:
    """``template`` is included with what ``show`` gives, and ``asked``. Panels stand in the order of ``PANELS``."""

    name: str
    title: str
    template: str
    show: Callable[[Asked], Mapping[str, Any] | None]


@dataclass(frozen=True)
class Link:
    """A thing to do from an item's page: ``url`` gives the address, or None when it is not for this reader."""

    title: str
    icon: str
    url: Callable[[Asked], str | None]


PANELS: list[Panel] = []
LINKS: list[Link] = []


def add_panel(panel: Panel) -> None:
    """Called once, when the part's pages are read."""
    PANELS.append(panel)


def add_link(link: Link) -> None:
    """Called once, when the part's pages are read."""
    LINKS.append(link)


def panels(asked: Asked) -> list[dict[str, Any]]:
    """Those that have something to show, ready to draw."""
    found = []
    for one in PANELS:
        shown = one.show(asked)
        if shown is not None:
            found.append({"name": one.name, "title": one.title, "template": one.template, "shown": shown})
    return found


def links(asked: Asked) -> list[dict[str, str]]:
    """Those for this reader."""
    found = ((one, one.url(asked)) for one in LINKS)
    return [{"title": one.title, "icon": one.icon, "url": url} for one, url in found if url is not None]
