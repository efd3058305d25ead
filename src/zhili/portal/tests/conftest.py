"""A browser for the tests that look at pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from zhili.core.cases.tests.city import SmallCity
from zhili.core.web import assets
from zhili.portal.tests.browsing import Visits, browsing


@pytest.fixture
def visits(
    chromium_path: str, live_server: Any, monkeypatch: pytest.MonkeyPatch, small_city: SmallCity
) -> Iterator[Visits]:
    """Visits to the test site in the small city."""
    if not assets.manifest():
        pytest.skip("the front end is not built: run make setup")
    # playwright keeps an event loop in this thread; the ORM calls of the test itself are its only user here
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with browsing(chromium_path, live_server.url) as found:
        yield found
