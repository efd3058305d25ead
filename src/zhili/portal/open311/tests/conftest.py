from collections.abc import Iterator

import pytest

from zhili.core.cases.tests.city import SmallCity
from zhili.core.exchange.open311 import catalogue
from zhili.portal.api.limits import buckets
from zhili.portal.open311.tests.asker import Asker


@pytest.fixture
def city(small_city: SmallCity) -> Iterator[SmallCity]:
    """The small city, nobody counted and nothing remembered."""
    buckets.forget()
    catalogue.forget()
    yield small_city
    catalogue.forget()


@pytest.fixture
def app(city: SmallCity) -> Asker:
    """An app with a key."""
    return Asker.with_key()


@pytest.fixture
def stranger(city: SmallCity) -> Asker:
    """Somebody without a key."""
    return Asker()
