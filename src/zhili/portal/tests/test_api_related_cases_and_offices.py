"""A program finds what it must name: the case it asked of another office, and the office it may ask."""

import pytest

from zhili.core.cases import doors
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.portal.tests.api_client import Program, fields

DATA = {"what": "道路积水，井盖破损", "place": INSIDE, "category": "201001"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(small_city: SmallCity) -> str:
    """A report the town has, with one office asked to help."""
    number = doors.open_case("citizen_reports.report", "report", small_city.resident(), DATA).number
    for office in ("A.grid", "A.village"):
        doors.act(number, "pass_up", small_city.actor(office), {"reason": "x"})
    town = small_city.actor("A.town")
    doors.act(number, "accept", town)
    helpers = [small_city.offices["A.zhzf"].pk]
    doors.act(number, "ask_assistance", town, {"offices": helpers, "what": "请更换井盖"})
    return number


def test_the_case_shows_what_was_asked_of_others_and_that_shows_where_it_comes_from(
    small_city: SmallCity, asked: str
) -> None:
    town = Program.of(small_city.actor("A.town"))
    (child,) = town.get(f"/cases/{asked}").json()["related"]
    assert (child["relation"], child["procedure"], child["open"]) == ("child", "referrals.assistance", True)
    assert child["office"]["name"] == small_city.offices["A.zhzf"].name
    department = Program.of(small_city.actor("A.zhzf"))
    (parent,) = department.get(child["url"]).json()["related"]
    assert (parent["relation"], parent["number"]) == ("parent", asked)


def test_the_reporter_and_offices_that_do_not_take_part_see_no_relatives(
    small_city: SmallCity, asked: str
) -> None:
    assert Program.of(small_city.resident()).get(f"/cases/{asked}").json()["related"] == []
    grid = Program.of(small_city.actor("A.grid")).get(f"/cases/{asked}").json()["related"]
    assert [one["relation"] for one in grid] == ["child"]  # it lies on its ground


def test_offices_by_place_level_kind_and_name(small_city: SmallCity) -> None:
    program = Program.of(small_city.actor("A.town"))
    department = program.get("/offices", kind="department").json()
    assert [one["name"] for one in department] == ["南湖区综合行政执法局"]
    assert department[0]["id"] == small_city.offices["A.zhzf"].pk
    towns = program.get("/offices", level="town", division="330402").json()
    assert [one["name"] for one in towns] == ["南湖区一街道指挥室"]
    assert len(program.get("/offices", limit=3).json()) == 3
    assert program.get("/offices", q="12345").json()[0]["kind"] == "hotline"


def test_what_is_no_office_list(small_city: SmallCity) -> None:
    program = Program.of(small_city.actor("A.town"))
    assert fields(program.get("/offices", level="street")) == {"level"}
    assert fields(program.get("/offices", division="330499")) == {"division"}
    assert Program().get("/offices").status_code == 401
