"""Figures, the public map, and messages, as programs get them."""

import pytest
from django.utils import timezone

from zhili.core.cases import doors
from zhili.core.cases.tests.city import ELSEWHERE, INSIDE, SmallCity
from zhili.core.indicators.folding import Indicators
from zhili.core.notices.models import Notice
from zhili.core.people.actors import ANONYMOUS
from zhili.core.streams.testing import deliver
from zhili.portal.tests.api_client import Program, accepted, fields

DATA = {"what": "垃圾成堆 13812345678", "place": INSIDE, "category": "201001"}


def opened(**more: object) -> str:
    return doors.open_case("citizen_reports.report", "report", ANONYMOUS, DATA | more).number


def test_figures_of_the_site_and_of_a_place(small_city: SmallCity) -> None:
    opened(), opened(place=ELSEWHERE)
    deliver(Indicators())
    whole = Program().get("/statistics").json()
    assert (whole["division"], whole["counts"]["opened"], whole["counts"]["open"]) == (None, 2, 2)
    assert "reopened_share" in whole["to_answer"]
    assert whole["by_category"][0]["name"] == "暴露垃圾"
    county = Program().get("/statistics", division="330402", scenario="citizen_reports").json()
    assert (county["division"]["name"], county["counts"]["opened"]) == ("南湖区", 1)
    past = Program().get("/statistics", since="2020-01-01", until="2020-12-31").json()
    assert past["counts"]["opened"] == 0


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"since": "2026-13-01"}, "since"),
        ({"since": "0001-01-01"}, "since"),
        ({"until": "0001-01-01"}, "since"),
        ({"until": "9999-12-31"}, "since"),
        ({"since": "2026-02-02", "until": "2026-02-01"}, "since"),
        ({"division": "330499"}, "division"),
        ({"scenario": "nope"}, "scenario"),
    ],
)
def test_figures_of_days_and_places_that_are_none(
    small_city: SmallCity, query: dict[str, str], field: str
) -> None:
    refused = Program().get("/statistics", **query)
    assert refused.status_code == 422
    assert fields(refused) == {field}


def test_the_public_map_shows_public_matters_and_nothing_personal(small_city: SmallCity) -> None:
    shown, hidden, far = (
        accepted(small_city, number)
        for number in (opened(), opened(category="201013"), opened(place=ELSEWHERE))
    )
    unread = opened()
    answer = Program().get("/public/cases")
    assert answer["Content-Type"] == "application/geo+json"
    assert "13812345678" not in answer.content.decode()
    numbers = [one["properties"]["number"] for one in answer.json()["features"]]
    assert numbers == [far, shown]
    assert hidden not in numbers
    assert unread not in numbers
    boxed = Program().get("/public/cases", bbox="120.0,30.0,120.2,30.2").json()["features"]
    assert [one["properties"]["number"] for one in boxed] == [shown]
    assert boxed[0]["geometry"] == {"type": "Point", "coordinates": [120.05, 30.05]}
    assert len(Program().get("/public/cases", limit=1).json()["features"]) == 1
    assert (
        Program().get("/public/cases", division="330411").json()["features"][0]["properties"]["number"] == far
    )


@pytest.mark.parametrize(
    "bbox",
    [
        "",
        "1,2,3",
        "1,2,3,4,5",
        "a,b,c,d",
        "121,30,120,31",
        "nan,0,1,1",
        "-inf,0,inf,1",
        "0,0,181,1",
        "0,-91,1,1",
    ],
)
def test_a_box_that_is_none(small_city: SmallCity, bbox: str) -> None:
    assert Program().get("/public/cases", bbox=bbox).status_code == 422


def test_messages_are_listed_and_marked_read_by_whom_they_are_for(small_city: SmallCity) -> None:
    resident, other = small_city.resident(), small_city.resident("乙")
    number = opened()
    case_id = doors.Case.objects.get(number=number).pk
    for n in range(3):
        Notice.objects.create(
            account_id=resident.account_id,
            case_id=case_id,
            kind="t",
            channel="app",
            subject=f"消息{n}",
            body="内容",
            key=f"k{n}",
            state="sent",
            sent_at=timezone.now(),
        )
    program = Program.of(resident)
    page = program.get("/notices", limit=2).json()
    assert ([one["subject"] for one in page["items"]], page["unread"]) == (["消息2", "消息1"], 3)
    assert page["items"][0]["case"] == number
    rest = program.get("/notices", limit=2, cursor=page["next"]).json()
    assert ([one["subject"] for one in rest["items"]], rest["next"]) == (["消息0"], None)
    first = page["items"][0]["id"]
    assert program.post(f"/notices/{first}/read").json() == {"marked": 1}
    assert program.post(f"/notices/{first}/read").json() == {"marked": 0}
    assert len(program.get("/notices", unread="true").json()["items"]) == 2
    assert Program.of(other).post(f"/notices/{first}/read").status_code == 404
    assert program.post("/notices/read").json() == {"marked": 2}
    assert Program.of(other).get("/notices").json()["items"] == []
    assert Program().get("/notices").status_code == 401
    assert program.post(f"/notices/{10**25}/read").status_code == 404
