"""Whoever does not trust the site takes the program from it all the same, and compares it with the source."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhili.core.trail import programs
from zhili.portal.tests.pages_client import reader

pytestmark = pytest.mark.django_db
DOCS = Path(__file__).parents[4] / "docs"


@pytest.mark.parametrize("name", programs.NAMES)
def test_each_program_is_handed_out_as_it_is_in_the_source(name: str) -> None:
    answer = reader().get(f"/verify/{name}.py")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/x-python")
    assert answer["Content-Disposition"] == f'attachment; filename="{name}.py"'
    assert answer.content == (DOCS / f"{name}.py").read_bytes()
    assert f'href="/verify/{name}.py"' in reader().get("/verify").content.decode()


def test_a_program_that_did_not_come_along_is_not_linked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """In a checkout without symbolic links there is a line of text in the program's place."""
    (tmp_path / "verify_receipt.txt").write_text("../../../../../docs/verify_receipt.py")
    monkeypatch.setattr(programs, "DATA", tmp_path)
    programs.source.cache_clear()
    try:
        for name in programs.NAMES:
            assert reader().get(f"/verify/{name}.py").status_code == 404
        assert "/verify/verify_" not in reader().get("/verify").content.decode()
    finally:
        programs.source.cache_clear()
