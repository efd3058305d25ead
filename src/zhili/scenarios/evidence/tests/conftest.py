"""A store room in the small city."""

from __future__ import annotations

import pytest

from zhili.core.cases.tests.city import SmallCity
from zhili.portal.tests.conftest import visits as visits
from zhili.scenarios.evidence.tests.keeping import Keeping, a_store


@pytest.fixture
def keeping(small_city: SmallCity) -> Keeping:
    return Keeping(small_city, a_store(small_city))
