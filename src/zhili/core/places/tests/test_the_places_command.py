"""`zhili places` as an engineer sees it."""

import pytest
from typer.testing import CliRunner

from zhili.core.places import commands, tree
from zhili.core.places.models import Division
from zhili.core.places.tests.test_importing_a_city import (
    CELLS,
    EAST,
    NAMES,
    SHAPES,
    V1,
    V2,
    box,
    files,
    small_city,
)

__all__ = ["files", "small_city"]


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setattr(commands.console, "_width", 160)

    def call(*words):
        result = CliRunner().invoke(commands.app, [str(word) for word in words])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return call


def test_the_preview_shows_and_the_second_word_applies(db, files, run):
    words = (
        "import", "--divisions", files.divisions(NAMES), "--boundaries", files.shapes(SHAPES),
        "--cells", files.cells(CELLS),
    )  # fmt: skip
    shown = run(*words)
    assert shown.exit_code == 0
    assert "凤桥镇" in shown.output
    assert "新增区划 7" in shown.output
    assert "只是预览" in shown.output
    assert not Division.objects.exists()
    done = run(*words, "--apply")
    assert "已导入" in done.output
    assert Division.objects.count() == 7
    assert "没有要改的" in run(*words, "--apply").output


def test_mistakes_are_shown_and_nothing_is_imported(db, files, run):
    result = run("import", "--divisions", files.divisions({"3304": "嘉兴市", "33x": "坏[bold]行"}), "--apply")
    assert result.exit_code == 1
    assert "divisions.csv 第 3 行" in result.output
    assert "没有导入任何内容" in result.output
    assert not Division.objects.exists()


def test_a_dissolved_division_is_shown_with_its_successor(small_city, files, run):
    names = {code: name for code, name in NAMES.items() if code != V2}
    words = ["import", "--divisions", files.divisions(names)]
    alone = run(*words)
    assert alone.exit_code == 1  # its ground would belong to nobody
    assert "之内有空隙" in alone.output
    cells = {V1 + "01": box(0, 0, 2, 1), V1 + "02": box(0, 1, 2, 2)}
    words += ["--boundaries", files.shapes({V1: box(0, 0, 2, 2)}), "--cells", files.cells(cells), "--apply"]
    assert f"{V1}（按面积推定）" in run(*words).output
    assert f"甲村 {V1}" in run("show", V2).output


def test_no_file_at_all_is_told(db, run):
    assert run("import").exit_code == 2


def test_show_tells_all_of_a_place(city, run):
    out = run("show", "330483100").output
    assert "乌镇镇" in out
    assert "嘉兴市桐乡市乌镇镇" in out
    assert "01网格" in run("show", "33048310020101").output
    assert run("show", "330499").exit_code == 1
    assert run("show", "12345").exit_code == 2


def test_export_writes_files_that_import_reads(small_city, tmp_path, run):
    assert run("export", tmp_path / "out").exit_code == 0
    out = tmp_path / "out"
    again = run(
        "import", "--divisions", out / "divisions.csv", "--boundaries", out / "boundaries.geojson",
        "--cells", out / "cells.geojson",
    )  # fmt: skip
    assert "没有要改的" in again.output
    assert tree.by_code(EAST).name in (out / "divisions.csv").read_text("utf-8-sig")
