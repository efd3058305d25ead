"""While the database is away people are told so at once, and the site goes on by itself when it is back."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.running import until
from tests.soak.city import City
from tests.soak.clients import REPORT

pytestmark = [pytest.mark.xdist_group("soak"), pytest.mark.slow]
LIMIT = 3.0  # seconds in which everybody is told
PAGES = ("/", "/map", "/stats", "/desk", "/my", "/new/citizen_reports.report/report")


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
        for page in PAGES:
            began = time.monotonic()
            answer = visitor.get(page)
            assert time.monotonic() - began < LIMIT, page
            assert answer.status_code == 503, page
            assert "稍后" in answer.text
            assert answer.headers["Retry-After"]
        began = time.monotonic()
        refused = visitor.post(f"/api/v1{REPORT}", json={"what": "路灯不亮"}, headers={"Cookie": ""})
        assert time.monotonic() - began < LIMIT
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
    from zhili.conf.postgres import OWNER

    full = """
        CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
        CREATE TRIGGER no_room BEFORE INSERT ON cases_step EXECUTE FUNCTION no_room()"""
    import psycopg

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
