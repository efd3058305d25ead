"""The short form: two kills under load, the database away, a disk that is full, and the same site started again.

One demo city for all of it, since loading it takes longest.
"""

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import psycopg
import pytest

from tests.running import until
from tests.soak.city import LIVING, ROLLED_UP, TABLES, City, made_city
from tests.soak.clients import REPORT, Crowd
from tests.soak.faults import Faults
from tests.soak.promised import all_is_as_promised
from zhili.conf.postgres import OWNER

pytestmark = pytest.mark.slow
LIMIT = 3.0  # seconds in which everybody is told, on a machine that has nothing else to do
CROWD = 30  # more than there are threads
PAGES = ("/", "/map", "/stats", "/desk", "/my", "/new/citizen_reports.report/report")


@pytest.fixture(scope="module")
def shared_city() -> Iterator[City]:
    with made_city() as city:
        yield city


@pytest.fixture
def city(shared_city: City) -> City:
    """The city, running."""
    if shared_city.process is None or shared_city.process.poll() is not None:
        shared_city.start()
    return shared_city


def test_what_was_accepted_is_there_once_after_two_kills(city: City) -> None:
    city.start_extra_worker()
    crowd = Crowd(f"http://127.0.0.1:{city.port}", city.inside("prepare"), residents=2, offices=1)
    faults = Faults(city)
    crowd.start()
    try:
        until(lambda: len(crowd.ledger.reports) >= 20, 30, "the load to begin")
        for kind in ("database", "web"):
            faults.one(kind)
            enough = len(crowd.ledger.reports) + 20
            until(lambda: len(crowd.ledger.reports) >= enough, 60, "reports to be taken again")  # noqa: B023
    finally:
        ledger = crowd.stop()
        city.stop_extra_worker()
    all_is_as_promised(city, ledger, least=60)
    assert faults.done == {"database": 1, "web": 1}


def told_in(visit: Callable[[], httpx.Response]) -> tuple[float, httpx.Response]:
    """How long an answer took, in seconds of a quiet machine, and the answer."""
    began = time.monotonic()
    answer = visit()
    return (time.monotonic() - began) / max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)), answer


@contextmanager
def without_database(city: City) -> Iterator[None]:
    """The server killed, and the supervisor held still so that it stays away for as long as this lasts."""
    assert city.process is not None
    city.process.send_signal(signal.SIGSTOP)
    try:
        city.child("bin/postgres").kill()
        until(lambda: '"ok"' not in city.get("/readyz")[1], 10, "the database to be gone")
        yield
    finally:
        city.process.send_signal(signal.SIGCONT)


def test_everybody_is_told_at_once_and_the_site_goes_on_by_itself(city: City) -> None:
    visitor = httpx.Client(base_url=f"http://127.0.0.1:{city.port}", timeout=10, trust_env=False)
    # a browser that was here before: its session is looked up for every page
    visitor.cookies.set("sessionid", "a" * 32)
    assert visitor.get("/").status_code == 200
    with without_database(city):
        with ThreadPoolExecutor(CROWD) as crowd:
            visits = [lambda: visitor.get("/stats")] * (CROWD - 1) + [lambda: visitor.get("/healthz")]
            told = list(crowd.map(told_in, visits))
        assert max(seconds for seconds, _ in told) < LIMIT
        assert [answer.status_code for _, answer in told] == [503] * (CROWD - 1) + [200]
        for page in PAGES:
            seconds, answer = told_in(lambda: visitor.get(page))  # noqa: B023
            assert (answer.status_code, seconds < LIMIT) == (503, True), page
            assert "稍后" in answer.text
            assert answer.headers["Retry-After"]
        report = {"what": "路灯不亮"}
        seconds, refused = told_in(
            lambda: visitor.post(f"/api/v1{REPORT}", json=report, headers={"Cookie": ""})
        )
        assert seconds < LIMIT
        assert (refused.status_code, refused.json()["status"]) == (503, 503)
        assert refused.headers["Content-Type"] == "application/problem+json"
        assert visitor.get("/healthz").status_code == 200
        assert visitor.get("/readyz").status_code == 503
    began = time.monotonic()
    until(city.ready, 30, "the site to be ready again")
    until(lambda: visitor.get("/").status_code == 200, 10, "the home page")
    assert time.monotonic() - began < 15


def test_a_disk_that_takes_nothing_more_is_a_503_and_nothing_is_half_kept(city: City) -> None:
    """As PostgreSQL tells of a full disk when a table must grow: here every insert of a step does."""
    full = """
        CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
        CREATE TRIGGER no_room BEFORE INSERT ON cases_step EXECUTE FUNCTION no_room()"""
    url = f"http://127.0.0.1:{city.port}/api/v1{REPORT}"
    body = {"what": "路灯不亮", "anonymous": True}
    key = {"Idempotency-Key": "a-key-that-is-long-enough"}
    cases = int(city.ask("SELECT count(*) FROM cases_case"))
    with psycopg.connect(city.database(OWNER), autocommit=True) as owner:
        owner.execute(full)
        try:
            refused = httpx.post(url, json=body, headers=key, trust_env=False)
        finally:
            owner.execute("DROP TRIGGER no_room ON cases_step; DROP FUNCTION no_room()")
    assert refused.status_code == 503, refused.text
    assert city.ask("SELECT count(*) FROM cases_case") == cases
    assert httpx.post(url, json=body, headers=key, trust_env=False).status_code == 201
    assert city.ask("SELECT count(*) FROM cases_case") == cases + 1


def contents(city: City) -> dict[str, str]:
    """A digest of every row of each table; alarms come by the clock, whether somebody reports or not."""
    names = [one for one in city.ask(TABLES).split() if one not in LIVING and not one.startswith(ROLLED_UP)]
    digest = "SELECT count(*) || ' ' || md5(string_agg(t::text, E'\\n' ORDER BY t::text)) FROM {} t{}"
    but = {"streams_event": " WHERE t.type <> 'command_centre.alarm'"}
    return {name: city.ask(digest.format(name, but.get(name, ""))) for name in names}


def test_a_site_started_again_has_all_it_had_and_no_more(city: City) -> None:
    until(city.settled, 60, "the streams to run dry")
    before = contents(city)
    assert int(before["cases_step"].split()[0]) > 0
    assert city.stop() == 0
    assert city.belongings() == []
    city.start()
    until(city.settled, 60, "the streams to run dry")
    after = contents(city)
    assert {name for name in before if before[name] != after.get(name)} == set()
    assert set(after) == set(before)
