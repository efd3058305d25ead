"""An enforcement office in the small city."""

from __future__ import annotations

import pytest

from zhili.core.cases.tests.city import SmallCity
from zhili.portal.tests.conftest import visits as visits
from zhili.scenarios.discretion.tests.office import Office


@pytest.fixture
def office(small_city: SmallCity) -> Office:
    return Office(small_city)
