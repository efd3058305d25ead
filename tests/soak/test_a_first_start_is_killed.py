"""Killed at any point of its first start, a site begins again and ends in one whole city."""

import subprocess
import sys
from contextlib import suppress

import psutil
import psycopg
import pytest

from tests.running import until
from tests.soak.city import LIVING, TABLES, City, made_city

pytestmark = [pytest.mark.soak, pytest.mark.slow]
# A first start is killed when each of these has come true, and begins again.
MOMENTS = {
    "the server runs": "SELECT true",
    "some tables are there": "SELECT to_regclass('params_parameter') IS NOT NULL",
    "all tables are there": "SELECT to_regclass('citizen_reports_report') IS NOT NULL",
    "places are there": "SELECT count(*) > 0 FROM places_cell",
    "people are there": "SELECT count(*) > 0 FROM people_account",
}


def test_a_first_start_killed_again_and_again_still_ends_in_one_whole_city() -> None:
    with made_city() as city, made_city() as undisturbed:
        for sql in MOMENTS.values():
            begun = subprocess.Popen(
                [sys.executable, "-m", "zhili", "run"], env=city.env, cwd="/", stdout=subprocess.DEVNULL
            )
            try:
                until(lambda: seen(city, sql) or begun.poll() is not None, 90, sql)  # noqa: B023
                assert begun.poll() is None
            finally:
                begun.kill()
                begun.wait()
        city.start()
        undisturbed.start()
        for one in (city, undisturbed):
            until(one.settled, 60, "the streams to run dry")
        counted = "SELECT count(*) FROM {}"
        for table in city.ask(TABLES).split():
            if table not in LIVING:
                wanted = undisturbed.ask(counted.format(table))
                assert city.ask(counted.format(table)) == wanted, table
        seen_by_doctor = city.command("doctor")
        assert seen_by_doctor.returncode == 0, seen_by_doctor.stdout
        for one in (city, undisturbed):
            assert one.stop() == 0
            assert one.belongings() == []


def seen(city: City, sql: str) -> bool:
    with suppress(psycopg.Error, psutil.Error):
        return bool(city.ask(sql))
    return False
