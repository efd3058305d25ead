"""A report is one round trip once the process is warm."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from zhili.core.cases import doors
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.people.actors import ANONYMOUS

DATA = {"what": "垃圾成堆", "place": INSIDE, "category": "201001"}


def test_a_warm_opening_is_one_statement(small_city: SmallCity) -> None:
    doors.open_case("citizen_reports.report", "report", ANONYMOUS, DATA)
    with CaptureQueriesContext(connection) as seen:
        doors.open_case("citizen_reports.report", "report", ANONYMOUS, DATA, key="once")
    statements = [q["sql"] for q in seen if "SAVEPOINT" not in q["sql"]]
    assert len(statements) == 1
    assert statements[0].startswith("WITH given AS")


def test_an_action_is_few_statements(small_city: SmallCity) -> None:
    case = doors.open_case("citizen_reports.report", "report", ANONYMOUS, DATA).case_id
    grid = small_city.actor("A.grid")
    with CaptureQueriesContext(connection) as seen:
        doors.act(case, "accept", grid, {}, key="once")
    statements = [q["sql"] for q in seen if "SAVEPOINT" not in q["sql"]]
    assert len(statements) <= 5
