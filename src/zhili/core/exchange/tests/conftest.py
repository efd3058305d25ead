from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from zhili.core.cases.tests.city import SmallCity
from zhili.core.exchange.models import Peer
from zhili.core.exchange.open311 import catalogue, peers
from zhili.core.exchange.tests.other_server import Other, running


@pytest.fixture
def city(small_city: SmallCity) -> Iterator[SmallCity]:
    """The small city, no services remembered from another test's."""
    catalogue.forget()
    yield small_city
    catalogue.forget()


@pytest.fixture
def other() -> Iterator[Other]:
    """Another city's server."""
    with running() as found:
        yield found


@pytest.fixture
def peer(city: SmallCity, other: Other) -> Peer:
    """The other server as a peer both ways: their 006 is our 201001."""
    return made(other)


def made(other: Other, **more: Any) -> Peer:
    """A peer for it."""
    given: dict[str, Any] = {
        "name": "other",
        "url": other.url,
        "title": "邻市",
        "jurisdiction": "other.example",
        "key": other.key,
        "pull": True,
        "push": True,
        "private_allowed": True,
    }
    found = peers.add(peers.Given(**{**given, **more}))
    peers.map_service(found, "006", "201001")
    return found
