import pytest

from zhili.core.places import demo, edition


@pytest.fixture(autouse=True)
def fresh():
    """What an earlier test remembered of places was rolled back with it."""
    edition.forget()


@pytest.fixture
def city(db):
    """The demo city, for one test."""
    demo.load()
