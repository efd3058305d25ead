"""Killed, cut or run twice: what came in stays, and nothing comes in twice."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import psycopg
import pytest
from django.conf import settings
from django.db import connection

from zhili.base.sheets.errors import ImportRefused
from zhili.core.cases import loading, registry
from zhili.core.cases.loading import TryLater
from zhili.core.cases.models import Case, ImportRun, Origin, Step
from zhili.core.cases.tests.city import SmallCity
from zhili.core.cases.tests.importing_files import MAPPING, line, run, save, side, text, there
from zhili.core.trail.models import Leaf


class Stop(Exception):
    """Stands in for whatever ends a process between two batches."""


def stop_after(monkeypatch: pytest.MonkeyPatch, batches: int, size: int = 5) -> None:
    """Let so many batches of this size in, then fail in the middle of the next."""
    monkeypatch.setattr(loading, "FIRST_BATCH", size)
    monkeypatch.setattr(loading, "next_size", lambda *_: size)
    count, work = [0], loading.load_batch

    def counted(rows):
        loaded = work(rows)
        count[0] += 1
        if count[0] > batches:
            raise Stop
        return loaded

    monkeypatch.setattr(loading, "load_batch", counted)


@pytest.mark.django_db
def test_a_rerun_is_harmless(small_city: SmallCity, tmp_path: Path) -> None:
    path = save(tmp_path, [line(n) for n in range(1, 21)])
    first, again = run(path), run(path)
    assert (first.came_in, again.came_in, again.already) == (20, 0, 20)
    other = run(save(tmp_path, [line(n) for n in range(11, 31)], name="下一批.csv"))
    assert (other.came_in, other.already) == (10, 10)
    assert Case.objects.count() == 30


@pytest.mark.django_db
def test_it_goes_on_where_it_stopped(small_city: SmallCity, tmp_path: Path, monkeypatch) -> None:
    path = save(tmp_path, [line(n) for n in range(1, 41)])
    with monkeypatch.context() as patch:
        stop_after(patch, batches=3)
        with pytest.raises(Stop):
            run(path)
    assert there() == [f"RX{n:05}" for n in range(1, 16)], "three batches whole, nothing of the fourth"
    assert (ImportRun.objects.get().place, ImportRun.objects.get().finished_at) == (15, None)
    outcome = run(path)
    assert (outcome.before, outcome.came_in, outcome.already) == (15, 25, 0)
    assert ImportRun.objects.get().finished_at is not None
    assert Leaf.objects.count() == Step.objects.count() == 120


@pytest.mark.django_db
def test_the_first_rows_only_and_then_the_rest(small_city: SmallCity, tmp_path: Path) -> None:
    path = save(tmp_path, [line(n) for n in range(1, 21)])
    assert run(path, limit=8).came_in == 8
    rest = run(path)
    assert (rest.before, rest.came_in) == (8, 12)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "cut", ["in a quotation", "in a field", "in a row", "in a character", "in the last field"]
)
def test_a_file_cut_in_the_middle_goes_on_when_the_whole_comes(
    small_city: SmallCity, tmp_path: Path, cut
) -> None:
    lines = [line(n) for n in range(1, 21)]
    lines[11] = line(12, 标题="第12件，\n两行")
    whole = text(lines).encode()
    row = whole.index("第12件".encode())
    at = {
        "in a quotation": row + 12,
        "in a field": whole.index(b"RX00013") + 3,
        "in a row": whole.index(b"2024", whole.index(b"RX00013")) + 20,
        "in a character": whole.index("噪声".encode(), whole.index(b"RX00013") - 80) + 1,
        "in the last field": whole.index(b"RX00013") - 4,
    }[cut]
    kept = 11 if cut in ("in a quotation", "in the last field") else 12
    path = tmp_path / "事项.csv"
    path.write_bytes(whole[:at])
    first = run(path)
    if cut == "in a character":
        kept = first.came_in
    assert not first.whole
    assert (first.rows, first.came_in) == (kept, kept)
    assert side(path)[-1]["__row"] == str(kept + 1)
    path.write_bytes(whole)
    rest = run(path)
    assert (rest.before, rest.came_in, rest.already, rest.whole) == (kept, 20 - kept, 0, True)
    assert there() == [f"RX{n:05}" for n in range(1, 21)]
    assert not side(path)


@pytest.mark.django_db
def test_a_last_line_without_its_end_is_held_back_until_somebody_says_it_is_whole(
    small_city: SmallCity, tmp_path: Path
) -> None:
    whole = text([line(n) for n in range(1, 6)])
    path = tmp_path / "事项.csv"
    path.write_text(whole.rstrip("\n"))
    assert run(path).came_in == 4
    assert "没有换行" in side(path)[0]["__reason"]
    path.write_text(whole)
    assert run(path).came_in == 1


@pytest.mark.django_db
def test_a_parquet_file_that_was_cut_says_so_and_leaves_everything(
    small_city: SmallCity, tmp_path: Path
) -> None:
    names = ["编号", "类型", "标题", "上报时间", "答复时间", "答复", "办结时间"]
    path = tmp_path / "事项.parquet"
    pl.DataFrame([line(n) for n in range(1, 21)], schema=names, orient="row").write_parquet(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ImportRefused, match=r"文件不完整.*用同一命令再导入.*没有导入任何内容"):
        run(path)
    assert not Case.objects.exists()
    path.write_bytes(whole)
    assert run(path).came_in == 20


@pytest.mark.django_db
def test_it_waits_for_figures_that_are_being_made_anew(
    small_city: SmallCity, tmp_path: Path, monkeypatch
) -> None:
    from zhili.core.cases.importing import running

    waited: list[str] = []
    work = loading.load_batch

    def busy_at_first(rows):
        if len(waited) < 2:
            raise TryLater("busy")
        return work(rows)

    monkeypatch.setattr(loading, "load_batch", busy_at_first)
    monkeypatch.setattr(running.time, "sleep", lambda _s: None)
    outcome = run(save(tmp_path, [line(1)]), watcher=running.Watcher(wait=waited.append))
    assert (outcome.came_in, waited) == (1, ["busy", "busy"])


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_and_run_again(small_city: SmallCity, tmp_path: Path) -> None:
    """A real command, a real kill -9, the same command again: every row once, every step with its leaf."""
    registry.sync()
    number = 12_000
    path = save(tmp_path, [line(n) for n in range(1, number + 1)])
    (tmp_path / "map.toml").write_text(MAPPING)
    asked = [
        sys.executable,
        "-m",
        "zhili",
        "import",
        "requests",
        str(path),
        "--map",
        str(tmp_path / "map.toml"),
    ]
    env = {
        **os.environ,
        "DATABASE_URL": address(),
        "ZHILI_HOME": str(settings.HOME),
        "ZHILI_LOG_LEVEL": "ERROR",
    }
    process = subprocess.Popen(asked, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd="/")
    end = time.monotonic() + 120
    while Origin.objects.count() == 0 and process.poll() is None and time.monotonic() < end:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    nobody_else(end)
    partly, place = Origin.objects.count(), ImportRun.objects.get().place
    assert 0 < partly < number, "killed while it ran"
    assert place == partly, "the place and the cases are of one transaction"
    done = subprocess.run(asked, env=env, capture_output=True, text=True, cwd="/", timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"上次已处理到第 {partly} 行" in done.stdout
    assert f"新导入 {number - partly}" in done.stdout
    assert len(there()) == Case.objects.count() == number
    assert Step.objects.count() == Leaf.objects.count() == 3 * number
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(count) FROM indicators_cohort WHERE measure = 'opened' AND division_id = 0"
        )
        assert cursor.fetchone()[0] == number, "each counted once"


def address() -> str:
    database = settings.DATABASES["default"]
    return f"postgresql://{database['USER']}@/{connection.settings_dict['NAME']}?host={database['HOST']}"


def nobody_else(end: float) -> None:
    """Wait until the server has noticed that the killed command is gone."""
    with psycopg.connect(address(), autocommit=True) as other:
        busy = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND state <> 'idle' AND pid <> pg_backend_pid()"
        )
        while other.execute(busy).fetchone() != (0,) and time.monotonic() < end:
            time.sleep(0.02)
