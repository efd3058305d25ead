from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from zhili.core.cases.tests.city import SmallCity
from zhili.core.exchange.sites import keys
from zhili.core.trail import keys as trail_keys
from zhili.portal.exchange.tests import other_site
from zhili.portal.exchange.tests.other_site import BASE, HERE, OtherSite


@pytest.fixture
def city(small_city: SmallCity, tmp_path: Path, settings: Any) -> Iterator[SmallCity]:
    """The small city as a site of its own, reached at an address that only the proxy in front knows."""
    settings.HOME, settings.SITE_URL, settings.EXCHANGE_SITE = tmp_path, BASE, HERE
    keys.forget()
    trail_keys.forget()
    yield small_city
    keys.forget()
    trail_keys.forget()


@pytest.fixture
def there(city: SmallCity) -> OtherSite:
    """A site we know."""
    return other_site.known(city)
