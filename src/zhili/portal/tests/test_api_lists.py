"""Lists of cases: who sees which, by what conditions, and pages that hold still while cases arrive."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import ELSEWHERE, INSIDE, OUTSIDE, SmallCity
from zhili.core.people.actors import ANONYMOUS, Actor
from zhili.portal.tests.api_client import Program, accepted

REPORT = "citizen_reports.report"


def opened(actor: Actor = ANONYMOUS, **more: Any) -> str:
    data = {"what": "小区门口垃圾成堆", "place": INSIDE, "category": "201001"} | more
    return doors.open_case(REPORT, "report", actor, data).number


def numbers(program: Program, **query: Any) -> list[str]:
    answer = program.get("/cases", **query)
    assert answer.status_code == 200, answer.content
    return [one["number"] for one in answer.json()["items"]]


def walked(program: Program, **query: Any) -> list[str]:
    """Every page of a list, to the end."""
    found: list[str] = []
    cursor = None
    while True:
        body = program.get("/cases", **query, **({"cursor": cursor} if cursor else {})).json()
        found += [one["number"] for one in body["items"]]
        cursor = body["next"]
        if cursor is None:
            return found


def test_an_office_sees_its_area_and_a_resident_their_own(small_city: SmallCity) -> None:
    resident = small_city.resident()
    mine, other, far = opened(resident), opened(), opened(place=ELSEWHERE)
    assert set(numbers(Program.of(small_city.actor("A.town")))) == {mine, other}
    assert numbers(Program.of(small_city.actor("B.town"))) == [far]
    assert numbers(Program.of(resident)) == [mine]
    assert set(numbers(Program.of(small_city.actor("city")))) == {mine, other, far}


def test_a_stranger_sees_the_public_ones_without_personal_parts(small_city: SmallCity) -> None:
    unread = opened()
    accepted(small_city, opened(place={**INSIDE, "address": "建设路1号 13812345678"}))
    hidden = accepted(small_city, opened(category="201013"))
    assert Program().get("/cases").status_code == 401
    items = Program().get("/cases", scope="public").json()["items"]
    assert {hidden, unread} & {one["number"] for one in items} == set()
    assert len(items) == 1
    assert items[0]["office"] is None
    assert "13812345678" not in items[0]["address"]


def test_an_inbox_holds_what_the_office_must_do_soonest_first(small_city: SmallCity) -> None:
    grid = small_city.actor("A.grid")
    late, soon, never = opened(), opened(), opened()
    now = timezone.now()
    for number, due in ((late, now + timedelta(days=3)), (soon, now + timedelta(days=1)), (never, None)):
        Case.objects.filter(number=number).update(due_at=due)
    opened(place=ELSEWHERE)
    program = Program.of(grid)
    assert numbers(program, scope="inbox") == [soon, late, never]
    assert walked(program, scope="inbox", limit=1) == [soon, late, never]
    assert numbers(Program.of(small_city.actor("A.town")), scope="inbox") == []


def test_conditions_add_up(small_city: SmallCity) -> None:
    city = Program.of(small_city.actor("city"))
    rubbish, shed, far, outside = (
        opened(what="垃圾成堆"),
        opened(what="私自搭建", category="201013"),
        opened(place=ELSEWHERE),
        opened(place=OUTSIDE),
    )
    everything = {rubbish, shed, far, outside}
    now = timezone.now().isoformat()
    for query, expected in (
        ({"division": "330402"}, {rubbish, shed}),
        ({"division": "330411001001"}, set()),
        ({"category": "201013"}, {shed}),
        ({"category": "2"}, everything),
        ({"category": "2", "scenario": "citizen_reports"}, everything),
        ({"office": "T-arbiter"}, {outside}),
        ({"office": "T-A.grid", "category": "201001"}, {rubbish}),
        ({"stage": "received", "procedure": REPORT}, everything),
        ({"stage": "handling"}, set()),
        ({"scenario": "nothing"}, set()),
        ({"state": "open"}, everything),
        ({"state": "closed"}, set()),
        ({"overdue": "true"}, set()),
        ({"overdue": "false"}, everything),
        ({"opened_until": now}, everything),
        ({"opened_since": now}, set()),
        ({"due_before": now}, set()),
        ({"q": "搭建"}, {shed}),
        ({"q": "新塍大道"}, {far}),
        ({"q": f" {far[:2]} {far[2:]} "}, {far}),
        ({"q": "100%_"}, set()),
    ):
        assert set(numbers(city, **query)) == expected, query


@pytest.mark.parametrize("sort", ["-opened", "opened", "due"])
def test_pages_hold_still_while_cases_arrive(small_city: SmallCity, sort: str) -> None:
    """What stood in the list when reading began is met once, whatever arrives between two pages."""
    before = [opened() for _ in range(7)]
    city = Program.of(small_city.actor("city"))
    found: list[str] = []
    cursor = None
    while True:
        body = city.get("/cases", sort=sort, limit=2, **({"cursor": cursor} if cursor else {})).json()
        found += [one["number"] for one in body["items"]]
        cursor = body["next"]
        if cursor is None or len(found) > 30:
            break
        if len(found) < 7:
            opened()
    assert len(found) == len(set(found))
    assert [n for n in found if n in before] == (before[::-1] if sort == "-opened" else before)


def test_a_cursor_of_another_order_is_refused(small_city: SmallCity) -> None:
    opened(), opened()
    city = Program.of(small_city.actor("city"))
    cursor = city.get("/cases", limit=1).json()["next"]
    assert city.get("/cases", sort="due", cursor=cursor).status_code == 422


def test_a_page_costs_the_same_few_queries_however_long(small_city: SmallCity) -> None:
    program = Program.of(small_city.actor("A.town"))
    costs = []
    for _ in range(2):
        for _ in range(5):
            opened()
        program.get("/cases")
        with CaptureQueriesContext(connection) as seen:
            program.get("/cases")
        costs.append(len(seen))
    assert costs[0] == costs[1] <= 5


def test_a_case_is_read_whole_by_those_concerned_and_in_part_by_others(small_city: SmallCity) -> None:
    resident = small_city.resident()
    public = accepted(small_city, opened(resident))
    private = accepted(small_city, opened(resident, category="201013"))
    office = Program.of(small_city.actor("A.village")).get(f"/cases/{public}").json()
    assert office["view"] == "full"
    assert office["why"]
    assert {one["name"] for one in office["deadlines"]} == {"stage", "overall"}
    stranger = Program().get(f"/cases/{public}").json()
    assert stranger["view"] == "public"
    assert (stranger["office"], stranger["why"], stranger["deadlines"], stranger["due_at"]) == (
        None,
        [],
        [],
        None,
    )
    for program in (Program(), Program.of(small_city.actor("B.town")), Program.of(small_city.resident("乙"))):
        assert program.get(f"/cases/{private}").status_code == 404
    assert Program.of(resident).get(f"/cases/{private}").json()["view"] == "full"


def test_a_number_is_forgiven_its_blanks(small_city: SmallCity) -> None:
    number = accepted(small_city, opened())
    assert Program().get(f"/cases/{number[:2]} {number[2:]}").json()["number"] == number
    assert Program().get("/cases/26000000174").status_code == 404


def test_a_personal_value_is_masked_to_offices_and_absent_to_strangers(small_city: SmallCity) -> None:
    number = accepted(small_city, opened(anonymous=False, name="张三丰", phone="13812345678"))
    office = Program.of(small_city.actor("A.town")).get(f"/cases/{number}/timeline")
    shown = {one["masked"] for step in office.json()["steps"] for one in step["personal"]}
    assert "138****5678" in shown
    stranger = Program().get(f"/cases/{number}/timeline")
    assert stranger.json()["steps"][0]["personal"] == []
    for answer in (office, stranger):
        assert "13812345678" not in answer.content.decode()
        assert "张三丰" not in answer.content.decode()
