"""我也遇到: one press instead of a second report; counted once, taken back at will, told to nobody by name."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client

from zhili.core.cases import doors
from zhili.core.cases.models import Case, Joined
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.notices.models import Notice
from zhili.core.notices.telling import Notices
from zhili.core.people.actors import ANONYMOUS, Actor
from zhili.core.streams import Event
from zhili.core.streams.models import StreamEvent
from zhili.core.trail.models import Leaf
from zhili.portal.pages import joining
from zhili.portal.tests.pages_client import REPORT, reader, words_of

pytestmark = pytest.mark.django_db
WHAT = "建国路口的路灯不亮，晚上看不清"


@pytest.fixture(autouse=True)
def _unhurried() -> None:
    joining.buckets.forget()


@pytest.fixture
def city(db: None) -> SmallCity:
    return SmallCity()


def public(by: Actor = ANONYMOUS) -> Case:
    data = {"what": WHAT, "place": {"lon": INSIDE["lon"], "lat": INSIDE["lat"]}, "category": "201001"}
    opened = doors.open_case("citizen_reports.report", "report", by, data)
    Case.objects.filter(pk=opened.case_id).update(public=True)
    return Case.objects.get(pk=opened.case_id)


def count(case: Case) -> int:
    case.refresh_from_db()
    return case.joined


def test_a_stranger_joins_once_and_takes_it_back_without_scripts(city: SmallCity) -> None:
    case, phone = public(), Client()
    page = phone.get(f"/c/{case.number}").content.decode()
    assert f'action="/c/{case.number}/join"' in page
    for _ in range(2):
        said = words_of(phone.post(f"/c/{case.number}/join", follow=True))
    assert "您也遇到" in said
    assert "另有 1 人也遇到" in said
    assert count(case) == Joined.objects.count() == 1
    other = Client()
    other.post(f"/c/{case.number}/join")
    assert count(case) == 2
    phone.post(f"/c/{case.number}/leave")
    phone.post(f"/c/{case.number}/leave")
    assert count(case) == 1
    assert "我也遇到" in words_of(phone.get(f"/c/{case.number}"))


def test_an_account_counts_once_on_whatever_phone_and_finds_it_among_its_own(city: SmallCity) -> None:
    case, resident = public(), city.resident()
    for _ in range(2):
        reader(resident).post(f"/c/{case.number}/join")
    assert count(case) == 1
    said = words_of(reader(resident).get("/my"))
    assert "我也遇到的" in said
    assert case.title in said
    assert "还没有报过事" in said  # it is not theirs


def test_joining_shows_no_more_than_everybody_sees(city: SmallCity) -> None:
    case, resident = public(), city.resident()
    reader(resident).post(f"/c/{case.number}/join")
    said = words_of(reader(resident).get(f"/c/{case.number}"))
    assert "您的权利" not in said
    assert "撤回" in said
    assert reader(resident).post(
        f"/c/{case.number}/act/withdraw", {"_seen": "1", "_sure": "1"}
    ).status_code in (403, 404)


@pytest.mark.parametrize("change", [{"public": False}, {"confidential": True}])
def test_what_is_not_public_cannot_be_joined(city: SmallCity, change: dict[str, bool]) -> None:
    case = public()
    Case.objects.filter(pk=case.pk).update(**change)
    assert Client().post(f"/c/{case.number}/join").status_code == 404
    assert Joined.objects.count() == 0


def test_ones_own_a_closed_one_and_one_for_a_post_are_refused_in_words(city: SmallCity) -> None:
    resident = city.resident()
    case = public(resident)
    assert "已经算您一份" in words_of(reader(resident).post(f"/c/{case.number}/join"))
    assert reader(city.actor("A.grid")).post(f"/c/{case.number}/join").status_code == 403
    Case.objects.filter(pk=case.pk).update(closed_at=case.opened_at)
    assert "重新报上来" in words_of(Client().post(f"/c/{case.number}/join"))
    assert count(case) == 0


def test_a_merged_one_is_joined_in_its_lead(city: SmallCity) -> None:
    lead, case = public(), public()
    Case.objects.filter(pk=case.pk).update(lead=lead)
    assert Client().post(f"/c/{case.number}/join")["Location"] == f"/c/{lead.number}"
    assert (count(lead), count(case)) == (1, 0)


def test_each_press_is_a_leaf_that_names_nobody(city: SmallCity) -> None:
    case, resident = public(), city.resident()
    phone = reader(resident)
    phone.post(f"/c/{case.number}/join")
    phone.post(f"/c/{case.number}/leave")
    bodies = [json.loads(bytes(leaf.body)) for leaf in Leaf.objects.filter(kind="record").order_by("pk")]
    said = [
        (one["what"]["record"], one["what"]["count"])
        for one in bodies
        if one["what"].get("case") == case.number
    ]
    assert said == [("joined", 1), ("left", 0)]
    assert not re.search(rf"account\W+{resident.account_id}\b", json.dumps(bodies))
    assert Joined.objects.count() == 0


def test_who_joined_hears_of_the_answer_but_is_not_asked_for_more(city: SmallCity) -> None:
    case, resident = public(), city.resident()
    reader(resident).post(f"/c/{case.number}/join")
    grid = city.actor("A.grid")
    doors.act(case.pk, "accept", grid, {"category": "201001"})
    doors.act(case.pk, "ask_reporter", grid, {"reason": "哪一盏？"})
    told = _told(resident)
    assert len(told) == 1
    assert "您也遇到的" in told[0]
    Joined.objects.all().delete()


def _told(resident: Actor) -> list[str]:
    rows = StreamEvent.objects.filter(type="step").order_by("pk")
    Notices().handle([Event(row.pk, 1, row.at, row.type, row.subject, row.payload) for row in rows])
    return list(
        Notice.objects.filter(account_id=resident.account_id, channel="app").values_list("body", flat=True)
    )


def test_while_reporting_the_press_is_offered_beside_what_is_like_it(city: SmallCity) -> None:
    case, phone = public(), Client()
    place = {"place_lon": f"{INSIDE['lon']:.6f}", "place_lat": f"{INSIDE['lat']:.6f}"}
    shown = phone.post(f"{REPORT}/similar", {"what": "路口路灯不亮好几天了", **place}).content.decode()
    assert f'hx-post="/c/{case.number}/join"' in shown
    assert 'hx-params="csrfmiddlewaretoken"' in shown  # what is being written is not sent along
    answer = phone.post(f"/c/{case.number}/join", HTTP_HX_REQUEST="true")
    assert answer.status_code == 200
    assert "不用再报了" in words_of(answer)
    assert count(case) == 1


def test_whoever_presses_without_end_is_asked_to_wait(city: SmallCity) -> None:
    case = public()
    answers = [Client().post(f"/c/{case.number}/join").status_code for _ in range(joining.PER_MINUTE + 3)]
    assert answers[0] == 302
    assert answers[-1] == 429
    assert count(case) == joining.PER_MINUTE


def test_offices_and_programs_see_the_number(city: SmallCity) -> None:
    case = public()
    Client().post(f"/c/{case.number}/join")
    desk = reader(city.actor("A.grid"))
    assert "另有 1 人也遇到" in words_of(desk.get("/desk"))
    assert "另有 1 人也遇到" in words_of(desk.get(f"/desk/c/{case.number}"))
    assert Client().get(f"/api/v1/cases/{case.number}").json()["joined"] == 1
