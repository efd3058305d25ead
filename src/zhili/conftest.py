"""Most fixtures live in `zhili.conf.testing`, loaded by `-p` in pyproject.toml.

It has to be a plugin: pytest-django reads the settings before any conftest is loaded, and the address of the
session's private PostgreSQL must be known by then.
"""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from zhili.core.cases.tests.city import SmallCity
    from zhili.portal.tests.serving import Served


@pytest.fixture(scope="session", autouse=True)
def browser_ends() -> Iterator[None]:
    """The one browser that tests share ends with them, where one was begun; see `zhili.portal.tests.browsing`."""
    yield
    if browsing := sys.modules.get("zhili.portal.tests.browsing"):
        browsing.KEPT.end()


@pytest.fixture(autouse=True)
def fresh_caches() -> None:
    """What an earlier test remembered of places, offices, duties and parameters was rolled back with it, and the keys
    it knew may have been another folder's.
    """
    from zhili.core import params
    from zhili.core.cases import routing
    from zhili.core.exchange.handover import agreed
    from zhili.core.people import keys, offices
    from zhili.core.places import edition
    from zhili.core.signals.store import keeping

    for cache in (keys, edition, offices, routing, params, keeping, agreed):
        cache.forget()


@pytest.fixture(autouse=True)
def chinese_again() -> Iterator[None]:
    """A page asked in English leaves its language in this thread: the next test begins in the site's own."""
    from django.utils import translation

    yield
    translation.deactivate()


@pytest.fixture
def small_city(db: None) -> Iterator["SmallCity"]:
    """Two counties with every office and a duty list; see `zhili.core.cases.tests.city`."""
    from zhili.core.cases.tests.city import SmallCity, forget

    forget()
    yield SmallCity()
    forget()


@pytest.fixture
def served(transactional_db: None, small_city: "SmallCity") -> Iterator["Served"]:
    """The small city as it is really served, with `/live`; see `zhili.portal.tests.serving`."""
    from zhili.portal.tests.serving import Served

    server = Served()
    server.start()
    yield server
    server.stop()
