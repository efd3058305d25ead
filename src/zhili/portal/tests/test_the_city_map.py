"""The city map: one question gives the map, the list and the count, and they agree."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import ELSEWHERE, INSIDE, NORTH, SmallCity
from zhili.core.people.actors import ANONYMOUS
from zhili.portal.pages import city_map
from zhili.portal.tests.pages_client import reader, words_of

pytestmark = pytest.mark.django_db
WHOLE = "120.00000,30.00000,120.80000,30.20000"
SOUTH_WEST = "120.00000,30.00000,120.20000,30.10000"


def opened(what: str, place: dict[str, Any]) -> Case:
    made = doors.open_case("citizen_reports.report", "report", ANONYMOUS, {"what": what, "place": place})
    return Case.objects.get(pk=made.case_id)


@pytest.fixture
def matters(small_city: SmallCity) -> dict[str, Case]:
    """Being handled, answered, closed, and one in the other county."""
    grid = small_city.actor("A.grid")
    found = {
        "open": opened("路灯不亮", INSIDE),
        "answered": opened("井盖松动", INSIDE | {"lon": 120.06}),
        "closed": opened("垃圾成堆", NORTH),
        "far": opened("护栏断了", ELSEWHERE),
    }
    north = small_city.actor("A.gridn")
    for name, by in (
        ("open", grid),
        ("answered", grid),
        ("closed", north),
        ("far", small_city.actor("B.grid2")),
    ):
        doors.act(found[name].pk, "accept", by, {"category": "201001"})
    doors.act(found["answered"].pk, "finish", grid, {"answer": "已换。"})
    doors.act(found["closed"].pk, "finish", north, {"answer": "已清。"})
    Case.objects.filter(pk=found["closed"].pk).update(stage="closed", closed_at=timezone.now())
    return found


def listed(query: str) -> set[str]:
    words = words_of(reader().get(f"/map?part=list&{query}"))
    titles = {"路灯不亮": "open", "井盖松动": "answered", "垃圾成堆": "closed", "护栏断了": "far"}
    return {name for title, name in titles.items() if title in words}


def drawn(query: str) -> list[dict[str, Any]]:
    features: list[dict[str, Any]] = json.loads(reader().get(f"/map/matters.geojson?{query}").content)[
        "features"
    ]
    return [one["properties"] for one in features]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"open", "answered", "closed", "far"}),
        ("state=open", {"open", "far"}),
        ("state=answered", {"answered"}),
        ("state=closed", {"closed"}),
        ("q=新塍大道", {"far"}),
        ("q=井盖", {"answered"}),
        ("q=没有这条路", set()),
        ("category=201001", {"open", "answered", "closed", "far"}),
        ("category=nothing", set()),
    ],
)
def test_filters_are_kept_by_the_server(matters: dict[str, Case], query: str, expected: set[str]) -> None:
    assert listed(query) == expected
    assert len(drawn(query)) == len(expected)


def test_a_place_and_its_way_up_and_down(small_city: SmallCity, matters: dict[str, Case]) -> None:
    county = small_city.divisions["A"].pk
    assert listed(f"place={county}") == {"open", "answered", "closed"}
    page = reader().get(f"/map?place={county}").content.decode()
    assert f"/map?place={small_city.divisions['A.town'].pk}" in page, "the way to the towns"
    assert 'data-bounds="120.00000,30.00000,120.40000,30.20000"' in page, "the map begins there"
    assert f"/map?place={county}" in reader().get("/map").content.decode()


def test_days(matters: dict[str, Case]) -> None:
    Case.objects.filter(pk=matters["far"].pk).update(opened_at=timezone.now() - timedelta(days=40))
    assert listed("days=30") == {"open", "answered", "closed"}
    assert listed("days=90") == {"open", "answered", "closed", "far"}


def test_what_the_map_shows_is_what_the_list_counts(matters: dict[str, Case]) -> None:
    answer = reader().get(f"/map?part=list&bbox={SOUTH_WEST}")
    assert "本屏 2 件" in words_of(answer)
    assert listed(f"bbox={SOUTH_WEST}") == {"open", "answered"}
    assert "共 4 件" in words_of(reader().get("/map"))


@pytest.mark.parametrize("nonsense", ["bbox=1,2,3", "bbox=a,b,c,d", "bbox=nan,nan,nan,nan", "bbox=120,30,110,29",
                                      "state=x", "days=7000", "place=99999999", "zoom=nan&bbox=" + WHOLE])  # fmt: skip
def test_nonsense_counts_as_not_asked(matters: dict[str, Case], nonsense: str) -> None:
    assert len(listed(nonsense)) == 4
    assert len(drawn(nonsense)) == 4


def test_too_many_are_gathered_into_squares_that_lose_nobody(
    matters: dict[str, Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(city_map, "MOST", 2)
    far_out = drawn(f"bbox={WHOLE}&zoom=6")
    assert sum(one["n"] for one in far_out) == 4
    assert len(far_out) < 4
    assert all("title" not in one for one in far_out)
    close = drawn(f"bbox={SOUTH_WEST}&zoom=6")
    assert {one["title"] for one in close} == {"路灯不亮", "井盖松动"}, "few enough to be shown one by one"
    monkeypatch.setattr(city_map, "MOST", 4)
    answer = json.loads(reader().get("/map/matters.geojson?bbox=" + SOUTH_WEST).content)
    assert answer["whole"] is True
    assert len(answer["features"]) == 4, "all at once: moving the map asks for nothing more"


def test_a_list_is_cut_honestly(matters: dict[str, Case], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(city_map, "LISTED", 3)
    page = reader().get("/map?state=").content.decode()
    assert "显示最近 3 件" in page
    assert "共 4 件" in page
    rest = reader().get(f"/map?before={matters['answered'].pk}")
    assert "路灯不亮" in words_of(rest)
    assert "护栏断了" not in words_of(rest)


def test_a_number_leads_to_its_matter(matters: dict[str, Case]) -> None:
    number = matters["open"].number
    assert reader().get(f"/map?q={number}").headers["Location"] == f"/c/{number}"
    Case.objects.filter(number=number).update(public=False)
    assert reader().get(f"/map?q={number}").status_code == 200, "a hidden one is told from none by nothing"


def test_the_place_of_the_approval_number_is_kept(small_city: SmallCity, settings: Any) -> None:
    assert "审图号：示范数据" in words_of(reader().get("/map"))
    settings.MAP_APPROVAL = "浙嘉S（2026）12号"
    assert "审图号：浙嘉S（2026）12号" in words_of(reader().get("/map"))
