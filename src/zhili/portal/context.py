"""The frame of every page: who is looking, where they may go, what waits for them."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext

from zhili.core.cases import duties
from zhili.core.people import actors
from zhili.core.people.actors import ANONYMOUS, Actor
from zhili.core.people.deputies import MANAGERS
from zhili.core.registers import rights
from zhili.portal import lenses, site
from zhili.portal.offline import mark_of
from zhili.portal.pages import mini
from zhili.portal.pages.notices import unread_count

PLACES = 5
"""So many fit in the bar of a phone."""


@dataclass(frozen=True)
class Item:
    """One entry of the main navigation."""

    title: str
    url: str
    icon: str
    current: bool
    count: int = 0
    more: bool = False
    """Behind the first five: on a phone it stands in the account's menu."""


def actor_of(request: HttpRequest) -> Actor:
    """The actor for drawing a frame: an error page must not fail on the token that caused it."""
    try:
        return actors.of_request(request)
    except PermissionDenied:
        return ANONYMOUS


def navigation(request: HttpRequest, actor: Actor) -> list[Item]:
    """Five places, the same on phone and desk, and behind them what scenarios bring."""
    if actor.kind == "post":
        places = [
            (gettext("待办"), "/desk", "inbox"),
            (gettext("查找"), "/desk/search", "search"),
            (gettext("登记"), "/report", "plus"),
            (gettext("地图"), "/map", "map"),
            (gettext("统计"), "/stats", "chart-column"),
        ]
    else:
        places = [
            (gettext("首页"), "/", "house"),
            (gettext("报事"), "/report", "plus"),
            (gettext("我的事"), "/my", "list"),
            (gettext("地图"), "/map", "map"),
            (gettext("统计"), "/stats", "chart-column"),
        ]
    brought = sorted(lenses.entries(actor), key=lambda one: not one.first)
    more = [(gettext(one.title), one.url, one.icon) for one in brought]
    if rights.may_read(actor):
        more.append((gettext("登记簿"), "/desk/registers", "building-2"))
    first = sum(one.first for one in brought)
    places, more = [*places[:1], *more[:first], *places[1:]], more[first:]
    known = [(url, url) for _, url, _ in (*places, *more)]
    known += [(other, one.url) for one in brought for other in one.also]
    # the longest address the page lies under names its place
    under = [one for one in known if _under(request.path, one[0])]
    _, here = max(under, key=lambda one: len(one[0]), default=("", ""))
    return [
        Item(title, url, icon, url == here, more=n >= PLACES)
        for n, (title, url, icon) in enumerate([*places, *more])
    ]


def may_administer(actor: Actor) -> bool:
    """Whether the menu offers the setting up of offices."""
    return actor.kind == "post" and (bool(actor.roles & MANAGERS) or duties.keeps_all(actor))


def _under(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url + "/"))


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor. Lazy: an API answer or a fragment that shows no frame asks nothing."""
    return {
        "site_name": SimpleLazyObject(site.name),
        "shell": SimpleLazyObject(lambda: mini.shell_of(request)),
        "shell_back": SimpleLazyObject(lambda: mini.back_of(request)),
        "city_bounds": SimpleLazyObject(site.bounds),
        "actor": SimpleLazyObject(lambda: actor_of(request)),
        "nav": SimpleLazyObject(lambda: navigation(request, actor_of(request))),
        "outbox_mark": SimpleLazyObject(lambda: mark_of(actor_of(request))),
        "may_administer": SimpleLazyObject(lambda: may_administer(actor_of(request))),
        "unread": SimpleLazyObject(lambda: unread_count(request)),
    }
