import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from zhili.core.cases.tests.city import SmallCity
from zhili.portal.tests.authorisation.people import World


@pytest.fixture
def world(
    small_city: SmallCity, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """Everybody and everything the table speaks of; files in a folder of their own, nobody too hasty."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setenv("ZHILI_RATE_LIMIT", "0")
    logging.disable(
        logging.WARNING
    )  # thousands of refusals are the point here, and writing them down takes long
    yield World(small_city)
    logging.disable(logging.NOTSET)
