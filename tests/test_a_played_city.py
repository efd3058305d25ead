"""`zhili simulate city` against a real site: what was played, what the site says of it, and nothing done twice.

One demo city for all of it, since loading it takes longest.
"""

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import Site, until
from zhili.simulate import city as cities
from zhili.simulate.closing import Closing
from zhili.simulate.plan import Options
from zhili.simulate.run import Run

pytestmark = pytest.mark.slow
OPTIONS = Options(seed="test", hours=2, rate=300, begin=8)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    folder = Path(tempfile.mkdtemp(prefix="zp-", dir="/tmp"))
    folder.chmod(0o711)
    one = Site(folder / "home", extra={"ZHILI_DEMO": "1", "ZHILI_RATE_LIMIT": "0", "NO_PROXY": "*"})
    try:
        one.start(300)  # it loads the demo city, beside other tests
        made = one.command("simulate", "prepare", "--residents", "30")
        assert made.returncode == 0, made.stderr
        yield one
    finally:
        one.halt()
        shutil.rmtree(folder, ignore_errors=True)


def played(site: Site, copy: str = "", connections: int = 8, *, settle: bool = True) -> tuple[Run, Closing]:
    """The same plan, as fast as the site goes, to the end of every life (``settle``) or of the hours only."""
    known = cities.read(site.home / "simulate.json").at_speed(0)
    options = Options(**{**OPTIONS.__dict__, "copy": copy})
    run = Run(known, options, f"http://127.0.0.1:{site.port}", 0, connections, settle=settle)
    return run, asyncio.run(run.play())


def outcomes(run: Run) -> dict[str, tuple[tuple[str, str, str], ...]]:
    """By matter: who did what, in order, and where that left it."""
    return {name: tuple(fate.steps) for name, fate in run.tally.fates.items()}


@pytest.fixture(scope="module")
def first(site: Site) -> tuple[Run, Closing]:
    return played(site)


def test_every_life_was_played_and_the_sites_own_figures_agree(first: tuple[Run, Closing]) -> None:
    run, closing = first
    assert len(run.tally.fates) >= 30
    assert closing.stuck == {}
    assert not run.tally.refusals
    assert not run.tally.oddities
    assert closing.agrees, closing.figures
    by_name = {one.name: one for one in closing.figures}
    assert by_name["opened"].site == len(run.tally.fates)
    for share in closing.shares:
        assert share.played == share.planned, share


def test_the_order_of_threads_changes_no_decision(site: Site, first: tuple[Run, Closing]) -> None:
    again, closing = played(site, copy="2", connections=1)
    assert outcomes(again) == outcomes(first[0])
    assert closing.agrees, closing.figures


def test_the_same_run_again_does_nothing_twice(site: Site, first: tuple[Run, Closing]) -> None:
    again, closing = played(site)
    assert again.tally.steps.total() == 0
    assert again.tally.repeats >= len(first[0].tally.fates)
    assert {one.name: one.site for one in closing.figures if one.site} == {}
    assert {n: f.number for n, f in again.tally.fates.items()} == {
        n: f.number for n, f in first[0].tally.fates.items()
    }


def test_stopped_in_the_middle_of_its_lives_it_comes_to_the_same_end(
    site: Site, first: tuple[Run, Closing]
) -> None:
    begun, _ = played(site, copy="3", settle=False)
    assert 0 < begun.tally.steps.total() < first[0].tally.steps.total()
    rest, closing = played(site, copy="3")
    assert closing.stuck == {}
    whole = {name: done + outcomes(rest)[name] for name, done in outcomes(begun).items()}
    assert whole == outcomes(first[0])


def test_it_stops_when_told_and_goes_on_where_it_stopped(site: Site, tmp_path: Path) -> None:
    told = _city(site, tmp_path / "first", ["--speed", "240", "--hours", "48"], stop_after=5)
    opened = re.search(r"opened +│ (\d+) +│ (\d+)", told)
    assert opened is not None, told
    assert int(opened[1]) == int(opened[2]) >= 5
    again = _city(site, tmp_path / "second", ["--speed", "240", "--hours", "48"], stop_after=5)
    assert "done before and not again" in again
    figures = re.search(r"opened +│ (\d+) +│ (\d+)", again)
    assert figures is not None
    assert figures[1] == figures[2]


def _city(site: Site, output: Path, options: list[str], stop_after: int) -> str:
    """The command, ended as by Ctrl-C when so many matters more have come; what it told. Its exit code was 0."""
    before = _opened(site)
    with output.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "zhili", "simulate", "city", "--seed", "stop", "--begin", "8", *options],
            env=site.env | {"COLUMNS": "200", "PYTHONUNBUFFERED": "1"},
            stdout=out,
            stderr=out,
            cwd="/",
        )
        try:
            until(lambda: _opened(site) >= before + stop_after, 90, "matters to come")
            os.kill(process.pid, signal.SIGINT)
            assert process.wait(90) == 0, output.read_text()
        finally:
            if process.poll() is None:
                process.kill()
    return output.read_text()


def _opened(site: Site) -> int:
    status, text = site.get("/api/v1/statistics?scenario=citizen_reports")
    found = re.search(r'"opened":\s*(\d+)', text)
    assert status == 200, text
    assert found is not None
    return int(found[1])


def test_a_plan_is_shown_without_being_played(site: Site) -> None:
    before = _opened(site)
    shown = site.command("simulate", "city", "--dry-run", "--hours", "24")
    assert shown.returncode == 0, shown.stderr
    assert "03-02 08:00" in shown.stdout
    assert "handled" in shown.stdout
    assert _opened(site) == before


def test_without_a_prepared_city_it_says_what_to_do(site: Site, tmp_path: Path) -> None:
    told = site.command("simulate", "city", "--file", str(tmp_path / "none.json"))
    assert told.returncode == 1
    assert "simulate prepare" in told.stderr
