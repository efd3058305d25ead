from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    """Every test keeps its files in a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def limit(monkeypatch: pytest.MonkeyPatch) -> Any:
    """limit(max_size=100): other limits than the declared ones, for one test."""
    from zhili.core.files import limits

    def change(**values: int) -> None:
        for name, value in values.items():
            monkeypatch.setattr(limits, name, lambda *_args, value=value, **_kwargs: value)

    return change
