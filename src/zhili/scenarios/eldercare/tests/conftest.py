from __future__ import annotations

import pytest

from zhili.core.cases.tests.city import SmallCity
from zhili.scenarios.eldercare.tests.caring import Caring


@pytest.fixture
def caring(small_city: SmallCity) -> Caring:
    return Caring(small_city)
