"""With the site's limits shortened for the speed, whoever is late by the plan is late by the site's own clocks."""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import Site
from zhili.simulate import city as cities
from zhili.simulate import closing, proportions
from zhili.simulate.plan import Options
from zhili.simulate.run import Run

pytestmark = [pytest.mark.soak, pytest.mark.slow]
SPEED = 7200.0
"""Two simulated hours a second: the shortest limit, a working day, is a minute."""


@pytest.fixture
def site() -> Iterator[Site]:
    folder = Path(tempfile.mkdtemp(prefix="zl-", dir="/tmp"))
    folder.chmod(0o711)
    one = Site(folder / "home", extra={"ZHILI_DEMO": "1", "ZHILI_RATE_LIMIT": "0", "NO_PROXY": "*"})
    try:
        one.start(300)
        made = one.command(
            "simulate", "prepare", "--scale-limits", "--speed", str(SPEED), "--residents", "30"
        )
        assert made.returncode == 0, made.stderr
        yield one
    finally:
        one.halt()
        shutil.rmtree(folder, ignore_errors=True)


def test_late_is_late_in_the_trail_and_silence_is_the_clocks(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proportions, "LATE_ACCEPT", 0.2)
    monkeypatch.setattr(proportions, "SUPPLEMENT", 0.3)
    monkeypatch.setattr(proportions, "SUPPLIES", 0.5)
    known = cities.read(site.home / "simulate.json").at_speed(SPEED)
    assert known.scaled == SPEED
    options = Options("late", hours=2, rate=300, begin=8)
    run = Run(known, options, f"http://127.0.0.1:{site.port}", SPEED, settle=True)
    found = asyncio.run(run.play())
    shares = {one.name.split()[-1]: one for one in found.shares}
    assert found.stuck == {}
    assert shares["late"].played == pytest.approx(shares["late"].planned)
    assert shares["late"].played > 0.05
    assert shares["too"].played == 1.0  # … by the site's clocks too
    silent = [m for m in run.matters if any(one.action == "ask_reporter" for one in m.moves)]
    silent = [m for m in silent if not any(one.action == "supply" for one in m.moves)]
    assert silent  # the clock let the office go on, else it could not have answered
    assert all(run.tally.fates[m.name].stage in ("answered", "closed") for m in silent)
    assert closing.COMPARED[0] == found.figures[0].name
    assert found.figures[0].equal
