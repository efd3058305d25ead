"""servicerequestupdates: what happened, and words from outside that become steps."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from zhili.core.cases import doors
from zhili.core.cases.models import Case, Step
from zhili.core.cases.tests.city import SmallCity
from zhili.core.people import tokens
from zhili.core.people.models import Account
from zhili.portal.open311.tests.asker import Asker, accept, answer, said, xml

pytestmark = pytest.mark.sql
UPDATE = ["update_id", "service_request_id", "status", "updated_datetime", "description", "media_url"]


@pytest.fixture
def number(app: Asker, city: SmallCity) -> str:
    number = app.reported()
    accept(city, number)
    return number


def test_every_step_that_tells_something_oldest_first(stranger: Asker, number: str, city: SmallCity) -> None:
    doors.act(number, "progress", city.actor("A.grid"), {"note": "已联系清运公司"})
    answer(city, number, "已清运")
    rows = stranger.get("servicerequestupdates.json").json()
    assert [list(one) for one in rows] == [UPDATE] * 3
    assert [(one["status"], one["description"]) for one in rows] == [
        ("open", "已受理"),
        ("open", "已联系清运公司"),
        ("closed", "已清运"),
    ]
    assert {one["service_request_id"] for one in rows} == {number}
    assert all(datetime.fromisoformat(one["updated_datetime"]).utcoffset() is not None for one in rows)
    top = xml(stranger.get("servicerequestupdates.xml"))
    assert top.tag == "service_request_updates"
    assert [part.tag for part in top[0]] == UPDATE
    assert top[0].tag == "request_update"


def test_only_of_what_one_may_see(stranger: Asker, app: Asker, city: SmallCity) -> None:
    number = app.reported()
    app.post("servicerequestupdates.json", service_request_id=number, description="又多了", update_id="1")
    assert stranger.get("servicerequestupdates.json").json() == []
    assert len(app.get("servicerequestupdates.json").json()) == 1


def test_what_offices_say_among_themselves_stays_there(stranger: Asker, number: str, city: SmallCity) -> None:
    hand = {"office": str(city.offices["A.zhzf"].pk), "reason": "秘密的理由"}
    doors.act(number, "pass_up", city.actor("A.grid"), {"reason": "超出网格"})
    doors.act(number, "hand_over", city.actor("A.village"), hand)
    rows = stranger.get("servicerequestupdates.json").json()
    assert "秘密的理由" not in str(rows)
    assert rows[-1]["description"] == "已转交"


def test_within_the_dates_asked_for(stranger: Asker, number: str) -> None:
    now = timezone.now()
    later = {"start_date": (now + timedelta(hours=1)).isoformat()}
    assert stranger.get("servicerequestupdates.json", **later).json() == []
    assert stranger.get("servicerequestupdates.json", start_date="1066-10-14").status_code == 400
    assert len(stranger.get("servicerequestupdates.json", service_request_id=number).json()) == 1


def test_the_app_that_reported_adds_a_word(app: Asker, number: str) -> None:
    word = {
        "service_request_id": number,
        "update_id": "their-7",
        "status": "OPEN",
        "description": "又多了一堆",
    }
    response = app.post("servicerequestupdates.json", **word)
    assert response.status_code == 201
    step = Step.objects.filter(case__number=number).latest("seq")
    assert response.json() == [{"update_id": f"{number}-{step.seq}", "account_id": None}]
    assert (step.action, step.data["what"]) == ("add", "又多了一堆")
    again = app.post("servicerequestupdates.xml", **word)
    assert again["Idempotent-Replay"] == "true"
    assert xml(again)[0].findtext("update_id") == f"{number}-{step.seq}"
    assert Step.objects.filter(case__number=number).latest("seq").seq == step.seq


def test_a_word_on_an_answered_matter_reopens_it(app: Asker, number: str, city: SmallCity) -> None:
    answer(city, number)
    app.post(
        "servicerequestupdates.json",
        service_request_id=number,
        status="OPEN",
        description="没有清",
        update_id="1",
    )
    case = Case.objects.get(number=number)
    assert (case.stage, case.reopened) == ("received", 1)


def test_a_reporter_does_not_close_by_a_status(app: Asker, number: str) -> None:
    app.post(
        "servicerequestupdates.json",
        service_request_id=number,
        status="CLOSED",
        description="好了",
        update_id="1",
    )
    case = Case.objects.get(number=number)
    assert case.stage == "handling"
    assert Step.objects.filter(case=case).latest("seq").action == "add"


def test_the_office_that_has_it_answers_from_its_own_system(number: str, city: SmallCity) -> None:
    grid = Account.objects.get(pk=city.actor("A.grid").account_id)
    own_system = Asker(tokens.issue(grid, "t", (tokens.OPEN311,))[0])
    said_so = {
        "service_request_id": number,
        "status": "IN_PROGRESS",
        "description": "已派车",
        "update_id": "1",
    }
    assert own_system.post("servicerequestupdates.json", **said_so).status_code == 201
    assert Step.objects.filter(case__number=number).latest("seq").action == "progress"
    done = {"service_request_id": number, "status": "FIXED", "description": "已清运完毕", "update_id": "2"}
    assert own_system.post("servicerequestupdates.json", **done).status_code == 201
    case = Case.objects.get(number=number)
    assert case.stage == "answered"


def test_nobody_elses_key_may_speak(number: str, stranger: Asker) -> None:
    word = {"service_request_id": number, "status": "OPEN", "description": "我也看见了", "update_id": "1"}
    assert stranger.post("servicerequestupdates.json", **word).status_code == 403
    assert Asker.with_key("other").post("servicerequestupdates.json", **word).status_code == 403
    assert Case.objects.get(number=number).seq == 2


def test_what_is_missing_is_named(app: Asker, number: str) -> None:
    refused = app.post("servicerequestupdates.json")
    assert refused.status_code == 400
    assert "service_request_id" in said(refused)
    assert "description" in said(refused)
    strange = {"service_request_id": number, "status": "MAYBE", "description": "x"}
    assert app.post("servicerequestupdates.json", **strange).status_code == 400
    unknown = {"service_request_id": "123", "status": "OPEN", "description": "x"}
    assert app.post("servicerequestupdates.json", **unknown).status_code == 404
    bad_date = {"service_request_id": number, "description": "x", "updated_datetime": "soon"}
    assert app.post("servicerequestupdates.json", **bad_date).status_code == 400
