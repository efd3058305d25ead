"""Whoever is about to report sees public matters like it nearby; nothing else, and nothing is kept."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.people.actors import ANONYMOUS
from zhili.portal.tests.pages_client import REPORT, words_of

pytestmark = pytest.mark.django_db
SIMILAR = f"{REPORT}/similar"
WHAT = "建国路口的路灯不亮，晚上看不清"


def _public(what: str = WHAT, **change: object) -> Case:
    data = {"what": what, "place": {"lon": INSIDE["lon"], "lat": INSIDE["lat"]}}
    opened = doors.open_case("citizen_reports.report", "report", ANONYMOUS, data)
    Case.objects.filter(pk=opened.case_id).update(**{"public": True, **change})
    return Case.objects.get(pk=opened.case_id)


def _ask(what: str = "路口路灯不亮好几天了", **more: object) -> object:
    place = {"place_lon": f"{INSIDE['lon'] + 0.0003:.6f}", "place_lat": f"{INSIDE['lat']:.6f}"}
    return Client().post(SIMILAR, {"what": what, **place, **more})


def test_a_public_matter_nearby_is_shown_with_reasons(db):
    SmallCity()
    case = _public()
    said = words_of(_ask())
    assert "附近类似的事" in said
    assert case.title in said
    assert "相距约30米" in said
    assert "路灯不亮" in said
    assert "照常报上来" in said


@pytest.mark.parametrize(
    "change", [{"public": False}, {"confidential": True}, {"public": False, "confidential": True}]
)
def test_what_is_not_public_is_never_shown(db, change):
    SmallCity()
    case = _public(**change)
    for answer in (_ask(), _ask(what=WHAT)):
        assert case.number not in answer.content.decode()
        assert "附近类似的事" not in answer.content.decode()
    told = Client().post(
        "/api/v1/public/similar",
        json.dumps({"scenario": "citizen_reports", "text": WHAT, "lon": INSIDE["lon"], "lat": INSIDE["lat"]}),
        content_type="application/json",
    )
    assert told.json() == {"items": []}


def test_words_the_reporter_wrote_for_the_offices_alone_are_not_compared(db):
    """A telephone number in the text is sealed; asking for it finds nothing and shows nothing."""
    SmallCity()
    _public("路灯不亮，请打13812345678")
    assert "13812345678" not in _ask(what="请打13812345678 路灯不亮").content.decode()


def test_without_a_place_or_words_nothing_is_said(db):
    SmallCity()
    _public()
    assert Client().post(SIMILAR, {"what": WHAT}).status_code == 204
    assert _ask(place_lon="abc").status_code == 204
    assert _ask(place_lon="1e999").status_code == 204
    assert "附近类似的事" not in _ask(what="").content.decode()
    assert Client().get(SIMILAR).status_code == 405


def test_a_huge_or_hostile_text_is_answered_as_any(db):
    SmallCity()
    _public()
    for hostile in (
        "路灯" * 200_000,
        "<script>alert(1)</script>" * 50,
        "'; DROP TABLE cases_case; --",
        "\x00路灯不亮",
    ):
        answer = _ask(what=hostile)
        assert answer.status_code in (200, 204)
        assert "<script>alert" not in answer.content.decode()


def test_the_form_sends_the_words_and_the_place_and_nothing_personal(db):
    SmallCity()
    page = Client().get(REPORT).content.decode()
    assert f'hx-post="{SIMILAR}"' in page
    assert 'hx-params="what,place_lon,place_lat,csrfmiddlewaretoken"' in page


def test_a_program_asks_the_same_and_is_told_what_does_not_fit(db):
    SmallCity()
    case = _public()
    asked = {"scenario": "citizen_reports", "text": WHAT, "lon": INSIDE["lon"], "lat": INSIDE["lat"]}

    def ask(body: dict[str, object]) -> object:
        return Client().post("/api/v1/public/similar", json.dumps(body), content_type="application/json")

    (found,) = ask(asked).json()["items"]
    assert found["number"] == case.number
    assert found["metres"] == 0
    assert found["why"][0] == "同一地点"
    assert "office" not in found
    refused = ask({"scenario": "nowhere", "text": "", "lon": 200, "lat": 0, "who": "x"})
    assert refused.status_code == 422
    assert {one["field"] for one in refused.json()["errors"]} == {"scenario", "text", "lon", "who"}
