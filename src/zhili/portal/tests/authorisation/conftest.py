from pathlib import Path
from typing import Any

import pytest

from zhili.core.cases.tests.city import SmallCity
from zhili.portal.tests.authorisation.people import World


@pytest.fixture
def world(small_city: SmallCity, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> World:
    """Everybody and everything the table speaks of; files in a folder of their own, nobody too hasty."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setenv("ZHILI_RATE_LIMIT", "0")
    return World(small_city)
