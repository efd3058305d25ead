"""The built front end is found by its manifest, stays small, and evaluates nothing."""

import gzip
import re
from pathlib import Path

import pytest

from zhili.core.web import assets

FRONTEND = Path(__file__).resolve().parents[5] / "frontend"


@pytest.fixture
def built() -> Path:
    if not assets.manifest():
        pytest.skip("the front end is not built: run make setup")
    return assets.FOLDER


def weight(files: list[Path]) -> int:
    """Bytes as sent."""
    return sum(len(gzip.compress(file.read_bytes(), 6)) for file in files)


def first_load(built: Path) -> tuple[list[Path], list[Path]]:
    """Scripts and style sheets every page loads; the map island comes later."""
    manifest = assets.manifest()
    todo, seen = [assets.entry("app.ts")], []
    while todo:
        one = todo.pop()
        if one not in seen:
            seen.append(one)
            todo += [manifest[name] for name in one.get("imports", [])]
    scripts = [built / one["file"] for one in seen]
    return scripts, [built / css for one in seen for css in one.get("css", [])]


def test_a_page_stays_within_its_weight(built: Path) -> None:
    scripts, sheets = first_load(built)
    assert sheets
    assert weight(scripts) <= 120 * 1024
    assert weight(sheets) <= 60 * 1024


def test_a_script_has_one_name_for_pages_and_for_the_parts_that_import_it(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        assets, "static", lambda name: "/static/" + (name if name.endswith("/") else f"hash.{name}")
    )
    assert assets.script("app.ts") == f"/static/zhili/{assets.entry('app.ts')['file']}"


def test_nothing_is_evaluated(built: Path) -> None:
    for file in first_load(built)[0]:
        assert not re.search(r"\beval\(|new Function\(", file.read_text("utf-8")), file.name


def test_without_a_build_pages_go_without(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(assets, "FOLDER", tmp_path)
    assert assets.script("app.ts") == ""
    assert assets.styles("app.ts") == []


def test_the_lock_file_names_no_registry() -> None:
    lock = (FRONTEND / "package-lock.json").read_text("utf-8")
    assert '"resolved"' not in lock
    assert not re.search(r'https?://[^"]*/-/', lock)
