"""A home and keys of their own for each test that signs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from zhili.core.trail import keys


@pytest.fixture
def trail_home(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty ZHILI_HOME: no keys, nothing remembered outside the database."""
    monkeypatch.delenv("ZHILI_TRAIL_KEYS", raising=False)
    settings.HOME = tmp_path
    settings.ALLOWED_HOSTS = ["zhili.city.example"]
    keys.forget()
    yield tmp_path
    keys.forget()
