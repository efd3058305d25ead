"""`zhili draw verify` and `zhili stats verify`: for anyone with a file, without a database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]


def zhili(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")}
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "zhili", *arguments],
        env={**env, "ZHILI_HOME": str(home), "ZHILI_SECRET_KEY": "x"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize("command", ["draw", "stats"])
def test_a_file_that_is_none_is_said_to_be_none(command: str, tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    bad.write_text("{]")
    for path in (bad, tmp_path / "missing"):
        ran = zhili(command, "verify", str(path), home=tmp_path / "home")
        assert ran.returncode == 2, ran.stdout + ran.stderr
        assert "Traceback" not in ran.stderr


def test_a_draw_whose_list_is_another_one_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "draw.json"
    file.write_text(
        json.dumps({"format": "zhili-draw/1", "list": "\ta\n", "list_sha256": "0", "size": 1}), "utf-8"
    )
    ran = zhili("draw", "verify", str(file), home=tmp_path / "home")
    assert ran.returncode == 1
    assert "名单与公布的摘要不符" in ran.stdout


def test_the_scripts_for_strangers_use_the_standard_library_only() -> None:
    import ast

    for name in ("verify_draw.py", "verify_stats.py"):
        tree = ast.parse((ROOT / "docs" / name).read_text("utf-8"))
        used = {
            (node.module or "").split(".")[0]
            if isinstance(node, ast.ImportFrom)
            else alias.name.split(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        assert used <= set(sys.stdlib_module_names), name
