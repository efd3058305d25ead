"""Files and signed heads of these tests lie in folders of their own."""

from pathlib import Path
from typing import Any

import pytest

from zhili.core.trail import memory


@pytest.fixture(autouse=True)
def folders(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr(memory, "path", lambda: tmp_path / memory.NAME)
