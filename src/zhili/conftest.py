"""Most fixtures live in `zhili.conf.testing`, loaded by `-p` in pyproject.toml.

It has to be a plugin: pytest-django reads the settings before any conftest is loaded, and the address of the
session's private PostgreSQL must be known by then.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from zhili.core.cases.tests.city import SmallCity


@pytest.fixture
def small_city(db: None) -> Iterator["SmallCity"]:
    """Two counties with every office and a duty list; see `zhili.core.cases.tests.city`."""
    from zhili.core.cases.tests.city import SmallCity, forget

    forget()
    yield SmallCity()
    forget()
