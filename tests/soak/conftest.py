"""One demo city for all tests of this folder, since loading it is the longest part of the short ones."""

from collections.abc import Iterator

import pytest

from tests.soak.city import City, made_city


@pytest.fixture(scope="session")
def shared_city() -> Iterator[City]:
    with made_city() as city:
        yield city


@pytest.fixture
def city(shared_city: City) -> City:
    """The city, running."""
    if shared_city.process is None or shared_city.process.poll() is not None:
        shared_city.start()
    return shared_city
