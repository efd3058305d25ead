"""Backed up while people report and offices act, destroyed, restored elsewhere, killed once on the way: it goes on."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.running import until
from tests.soak.city import City, made_city
from tests.soak.clients import Crowd, Ledger
from tests.soak.promised import all_is_as_promised

pytestmark = [pytest.mark.soak, pytest.mark.slow]
NUMBERS = "SELECT array_agg(number) FROM cases_case"
HALF = "SELECT count(*) FROM cases_case c WHERE c.seq <> (SELECT count(*) FROM cases_step s WHERE s.case_id = c.id)"
UNLEAFED = """
SELECT count(*) FROM cases_step s WHERE NOT EXISTS (
    SELECT 1 FROM trail_leaf l WHERE l.kind = 'step' AND l.subject = s.case_id
    AND l.body LIKE convert_to('%"seq":' || s.seq || '%', 'UTF8'))"""


def crowd_at(city: City) -> Crowd:
    crowd = Crowd(f"http://127.0.0.1:{city.port}", city.inside("prepare"), residents=2, offices=2)
    crowd.start()
    return crowd


def test_a_city_at_work_is_destroyed_and_goes_on_elsewhere(tmp_path: Path) -> None:
    seconds = float(os.environ.get("ZHILI_SOAK_SECONDS", "420")) / 6
    with made_city() as city, made_city() as again:
        for one in (city, again):
            one.env["ZHILI_BACKUP_PASSPHRASE"] = "a long passphrase"
        file = tmp_path / "city.zhili"
        city.start()
        before = _kept_while_at_work(city, file, seconds)
        city.halt()
        shutil.rmtree((city.home / "pg").resolve())
        shutil.rmtree(city.home)

        _killed_just_before_the_end(again, file)
        done = again.command("restore", str(file), "--with-keys")
        assert done.returncode == 0, done.stdout + done.stderr
        again.start()
        restored = frozenset(again.ask(NUMBERS))
        assert before <= restored, "what was promised before the backup began"
        assert again.ask(HALF) == 0
        assert again.ask(UNLEAFED) == 0
        crowd = crowd_at(again)
        time.sleep(seconds)
        ledger = crowd.stop()
        until(again.settled, 90, "the streams to run dry")
        figures = again.command(
            "figures", "check"
        )  # before the judge, who puts figures of his own counting there
        assert figures.returncode == 0, figures.stdout
        all_is_as_promised(again, ledger, int(seconds / 4), restored)
        again.halt()


def _kept_while_at_work(city: City, file: Path, seconds: float) -> set[str]:
    """Back the city up in the midst of its work; the numbers promised before that began."""
    crowd = crowd_at(city)
    try:
        ledger: Ledger = crowd.ledger
        until(lambda: len(ledger.reports) >= seconds / 4, 120 + seconds, "reports to come in")
        before = {one.number for one in list(ledger.reports)}
        done = city.command("backup", str(file), "--with-keys")
        assert done.returncode == 0, done.stdout + done.stderr
        more = len(ledger.reports)
        until(lambda: len(ledger.reports) > more + 5, 60, "reports after the backup")
    finally:
        wrong = crowd.stop().wrong
    assert not wrong, wrong[:5]
    return before


def _killed_just_before_the_end(city: City, file: Path) -> None:
    """Everything is in the database but not committed, the uploads lie aside: then the process is gone."""
    process = subprocess.Popen(
        [sys.executable, "-m", "zhili", "restore", str(file), "--with-keys"], env=city.env, cwd="/",
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until(
            lambda: list((city.home / "files").glob(".restoring-*")), 180, "the uploads to be written aside"
        )
    finally:
        process.kill()
        process.wait()
