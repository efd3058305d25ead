"""A program takes a step: offered, taken once, refused when the case has moved on."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from zhili.core.cases import doors
from zhili.core.cases.models import Case, Step
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.people.actors import ANONYMOUS
from zhili.portal.tests.api_client import Program, fields

DATA = {"what": "垃圾成堆", "place": INSIDE, "category": "201001"}


def opened() -> doors.Opened:
    return doors.open_case("citizen_reports.report", "report", ANONYMOUS, DATA)


def test_what_is_offered_can_be_done(small_city: SmallCity) -> None:
    number = opened().number
    grid = Program.of(small_city.actor("A.grid"))
    offers = grid.get(f"/cases/{number}/actions").json()
    names = {one["name"] for one in offers["actions"]}
    assert {"accept", "pass_up"} <= names
    assert "decline" not in names  # a grid worker does not refuse a report
    done = grid.post(f"/cases/{number}/actions/accept", {"data": {}, "seen": offers["seq"]})
    assert done.status_code == 201
    assert done.json()["stage"] == "handling"
    assert done["Location"].endswith(f"/cases/{number}/timeline")
    assert [s["action"] for s in grid.get(f"/cases/{number}/timeline").json()["steps"]] == [
        "report",
        "accept",
    ]


def test_a_body_may_be_missing_where_nothing_is_asked(small_city: SmallCity) -> None:
    made = opened()
    reporter = Program(**{"X-Grant": made.code or ""})
    assert reporter.post(f"/cases/{made.number}/actions/withdraw").status_code == 201
    assert Case.objects.get(number=made.number).stage == "withdrawn"


def test_a_stale_step_is_told_what_happened_meanwhile(small_city: SmallCity) -> None:
    number = opened().number
    grid = Program.of(small_city.actor("A.grid"))
    grid.post(f"/cases/{number}/actions/accept", {"seen": 1})
    grid.post(f"/cases/{number}/actions/progress", {"data": {"note": "到场"}, "seen": 2})
    refused = grid.post(f"/cases/{number}/actions/progress", {"data": {"note": "迟到的"}, "seen": 1})
    assert refused.status_code == 409
    body = refused.json()
    assert body["type"] == "urn:zhili:problem:stale"
    assert [(s["seq"], s["action"]) for s in body["steps"]] == [(2, "accept"), (3, "progress")]
    assert "到场" not in refused.content.decode()
    assert Step.objects.filter(case__number=number).count() == 3


def test_a_repeated_step_gets_the_first_answer(small_city: SmallCity) -> None:
    number = opened().number
    grid = Program.of(small_city.actor("A.grid"))
    first = grid.post(f"/cases/{number}/actions/accept", {"seen": 1}, Idempotency_Key="k-1")
    again = grid.post(f"/cases/{number}/actions/accept", {"seen": 1}, Idempotency_Key="k-1")
    assert (again.status_code, again.json()) == (201, first.json())
    assert again["Idempotent-Replay"] == "true"
    other = grid.post(f"/cases/{number}/actions/progress", {"data": {"note": "x"}}, Idempotency_Key="k-1")
    assert other.status_code == 422
    assert Step.objects.filter(case__number=number).count() == 2


def test_whose_step_it_is_not_is_told_so_and_who_may_not_see_learns_nothing(small_city: SmallCity) -> None:
    number = opened().number
    assert Program.of(small_city.actor("A.town")).post(f"/cases/{number}/actions/accept").status_code == 403
    assert Program.of(small_city.actor("B.grid")).post(f"/cases/{number}/actions/accept").status_code == 404
    assert Program().post(f"/cases/{number}/actions/accept").status_code == 404
    assert Case.objects.get(number=number).seq == 1


def test_faults_of_the_body_and_of_the_form_are_named(small_city: SmallCity) -> None:
    number = opened().number
    grid = Program.of(small_city.actor("A.grid"))
    path = f"/cases/{number}/actions/pass_up"
    assert fields(grid.post(path, {"data": {}})) == {"reason"}
    assert fields(grid.post(path, {"reason": "x"})) == {"reason"}
    assert fields(grid.post(path, {"data": [], "seen": "2"})) == {"data", "seen"}
    assert fields(grid.post(path, {"data": {}, "seen": True})) == {"seen"}
    assert fields(grid.post(path, {"data": {}, "seen": 10**30})) == {"seen"}
    assert grid.post(f"/cases/{number}/actions/nope").status_code == 404
    assert Case.objects.get(number=number).seq == 1


def test_a_step_is_few_queries(small_city: SmallCity) -> None:
    number = opened().number
    grid = Program.of(small_city.actor("A.grid"))
    grid.get("/me")
    with CaptureQueriesContext(connection) as seen:
        assert grid.post(f"/cases/{number}/actions/accept", {"seen": 1}).status_code == 201
    assert len([q for q in seen if "SAVEPOINT" not in q["sql"]]) <= 8
