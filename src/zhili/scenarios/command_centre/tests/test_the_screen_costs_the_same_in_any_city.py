"""How many queries a screen takes, and that they read roll-ups and the index of open matters."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from zhili.core.cases.ground import Ground
from zhili.core.indicators.workload import loads
from zhili.portal.tests.pages_client import reader
from zhili.scenarios.command_centre.tests.conftest import Wall

pytestmark = pytest.mark.django_db
MOST = 15


@pytest.mark.parametrize("place", ["", "A", "A.town", "A.village", "cell"])
def test_the_whole_screen_takes_few_queries(wall: Wall, place: str) -> None:
    wall.count()
    client = reader(wall.commander)
    where = {"": "", "cell": f"?cell={wall.city.cells['A.grid'].pk}"}.get(place)
    address = "/screen" + (f"?place={wall.city.divisions[place].pk}" if where is None else where)
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    told = [one["sql"][:160] for one in asked.captured_queries]
    assert len(told) <= MOST + (4 if place == "cell" else 0), "\n".join(told)


def test_ten_times_the_matters_take_no_more_queries(wall: Wall) -> None:
    client = reader(wall.commander)
    client.get("/screen")
    with CaptureQueriesContext(connection) as before:
        client.get("/screen")
    for _ in range(10):
        wall.report()
    wall.count()
    with CaptureQueriesContext(connection) as after:
        client.get("/screen")
    assert len(after) == len(before)


def test_what_is_owed_is_read_from_an_index_of_open_matters_only(wall: Wall) -> None:
    with CaptureQueriesContext(connection) as asked:
        loads(Ground(wall.city.divisions["A"].pk), timezone.now())
    with connection.cursor() as cursor:
        # Which index is cheapest among a handful of rows is chance; whether this one can answer is not.
        cursor.execute(
            "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() AND tablename = 'cases_case'"
            " AND indexdef NOT LIKE 'CREATE UNIQUE%%' AND indexname <> 'case_owed'"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP INDEX "{name}"')
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + asked.captured_queries[-1]["sql"])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "case_owed" in plan, plan
