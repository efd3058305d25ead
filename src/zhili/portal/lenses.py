"""Pages and navigation that scenarios bring along. Found by registry: the portal knows no scenario by name.

A scenario that has a module ``pages`` with ``pages`` (and ``entries``) is a lens, or has a lens beside its procedures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, wraps
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import gettext

from zhili.core.cases.scenarios import ScenarioConfig
from zhili.core.people.actors import Actor
from zhili.portal.errors import View, for_posts, guarded

May = Callable[[Actor], bool]


@dataclass(frozen=True)
class Page:
    """A page at ``route``. Without ``may`` it is everybody's, and ``view(request, …)`` asks for itself.

    With it, the page is for posts of whom ``may(actor)`` holds; the view is then called as ``view(request, actor, …)``.
    Strangers are asked to sign in, others are refused with 403.
    """

    route: str
    view: View
    name: str
    may: May | None = None


@dataclass(frozen=True)
class Entry:
    """A place in the main navigation (on a phone: in the account's menu), for posts of whom ``may(actor)`` holds.

    ``first``: what cannot wait; it stands behind the inbox, and on a phone in the bottom bar for the last of its five.
    """

    title: str
    url: str
    icon: str
    may: May
    first: bool = False
    also: tuple[str, ...] = ()
    """Other addresses that belong to this place of the menu."""


@dataclass(frozen=True)
class Own:
    """A procedure's cases have a page of their own beside the desk's: ``url`` with ``{number}``."""

    procedure: str
    title: str
    url: str
    icon: str


@dataclass(frozen=True)
class Told:
    """What a procedure has to say to whoever a case is about, above its history: ``words(case)`` for ``template``.

    Shown on ``/c/NUMBER`` to those whose own matter it is, and to nobody else. Its rights stand there too, in place of
    those of a report.
    """

    procedure: str
    template: str
    words: Callable[[Any], Mapping[str, Any]]


def told_of(case: Any) -> list[tuple[str, Mapping[str, Any]]]:
    """(template, what it shows) of a case, by the scenario it belongs to; none for most."""
    return [(one.template, one.words(case)) for one in _told() if one.procedure == case.procedure]


@lru_cache(maxsize=1)
def _told() -> tuple[Told, ...]:
    return tuple(_declared("told"))


def own_page(procedure: str, number: str) -> dict[str, str] | None:
    """Where a case of this procedure is shown in its own way; None for most."""
    found = next((one for one in _own() if one.procedure == procedure), None)
    if found is None:
        return None
    return {"title": found.title, "url": found.url.format(number=number), "icon": found.icon}


@lru_cache(maxsize=1)
def _own() -> tuple[Own, ...]:
    return tuple(_declared("own"))


def urls() -> list[URLPattern]:
    """The pages of every scenario, each with its refusals made into pages."""
    return [path(one.route, guarded(_kept(one)), name=one.name) for one in _declared("pages")]


def entries(actor: Actor) -> list[Entry]:
    """What the actor is offered beside the portal's own places."""
    if actor.kind != "post":
        return []
    return [one for one in _entries() if one.may(actor)]


@lru_cache(maxsize=1)
def _entries() -> tuple[Entry, ...]:
    return tuple(_declared("entries"))


def _declared(what: str) -> Iterator[Any]:
    for config in apps.get_app_configs():
        if isinstance(config, ScenarioConfig) and find_spec(f"{config.name}.pages") is not None:
            yield from getattr(import_module(f"{config.name}.pages"), what, ())


def _kept(page: Page) -> View:
    may = page.may
    if may is None:
        return page.view

    @wraps(page.view)
    def inside(request: HttpRequest, actor: Actor, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may(actor):
            raise PermissionDenied(gettext("这一页不对您现在的岗位开放。"))
        return page.view(request, actor, *args, **kwargs)

    return for_posts(inside)
