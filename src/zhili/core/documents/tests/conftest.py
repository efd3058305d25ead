from pathlib import Path
from typing import Any

import pytest

from zhili.core.cases.tests.city import SmallCity
from zhili.core.documents import aside
from zhili.core.documents.tests.desk import Desk, nearby, needs_press
from zhili.core.people import keys


@pytest.fixture
def desk(small_city: SmallCity) -> Desk:
    return Desk(small_city)


@pytest.fixture
def press() -> None:
    """For tests that print."""
    needs_press()


@pytest.fixture
def near(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that print often: in this process."""
    needs_press()
    monkeypatch.setattr(aside, "run", nearby)


@pytest.fixture(autouse=True)
def own_home(settings: Any, tmp_path: Path) -> None:
    """Files and seal keys of a test go nowhere else."""
    settings.HOME = tmp_path
    keys.forget()
    settings.MEDIA_ROOT = tmp_path / "files"
