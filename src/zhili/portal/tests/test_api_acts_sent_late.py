"""What a phone without signal sends later, through the API: what happened meanwhile is told in words, once for all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from zhili.core.cases import doors
from zhili.core.cases.models import Case, Step
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.people.actors import ANONYMOUS
from zhili.portal.tests.pages_client import reader

REPORT = "citizen_reports.report"


@pytest.fixture
def case(small_city: SmallCity) -> Case:
    data = {"what": "路灯不亮", "place": INSIDE}
    return Case.objects.get(pk=doors.open_case(REPORT, "report", ANONYMOUS, data).case_id)


def act(client: Client, case: Case, action: str, key: str, **body: Any) -> Any:
    path = f"/api/v1/cases/{case.number}/actions/{action}"
    return client.post(path, body, content_type="application/json", headers={"Idempotency-Key": key})


def test_a_late_act_is_answered_with_what_came_before_it(small_city: SmallCity, case: Case) -> None:
    grid = small_city.actor("A.grid")
    doors.act(case, "accept", grid, {})
    now = timezone.now().isoformat()
    doors.act(case, "progress", small_city.actor("A.grid", name="同事"), {"note": "见现场"})
    body = {"data": {"answer": "已修好"}, "seen": 2, "made_at": now}
    client = reader(grid)
    first, again = (act(client, case, "finish", "k-1", **body) for _ in range(2))
    assert first.status_code == 201, first.content
    assert [one["title"] for one in first.json()["meanwhile"]] == ["记录进展"]
    assert again.json() == first.json()
    assert again["Idempotent-Replay"] == "true"
    assert Step.objects.filter(case=case, action="finish").count() == 1
    steps = client.get(f"/api/v1/cases/{case.number}/timeline").json()["steps"]
    assert steps[-1]["made_at"] is not None
    assert steps[0]["made_at"] is None


def test_a_conflict_says_who_did_what_when_and_what_may_still_be_done(
    small_city: SmallCity, case: Case
) -> None:
    grid, village = small_city.actor("A.grid"), small_city.actor("A.village")
    doors.act(case, "pass_up", grid, {"reason": "要动用吊车"})
    body = {"data": {}, "seen": 1, "made_at": timezone.now().isoformat()}
    told = act(reader(grid), case, "accept", "k-1", **body)
    assert told.status_code == 409
    problem = told.json()
    assert "南湖区1村01网格：上报上一级" in problem["steps"][0]["words"]
    assert problem["now"]["office"] == "南湖区1村"
    assert problem["now"]["stage_title"] == "待受理"
    assert "late_note" in problem["now"]["actions"]
    assert "accept" not in problem["now"]["actions"]
    doors.act(case, "accept", village, {})
    case.refresh_from_db()
    assert case.seq == 3


@pytest.mark.parametrize("wrong", ["yesterday", "2026-03-01T08:00:00", 5, "0001-01-01T00:00:00+08:00"])
def test_a_time_that_cannot_be_read_is_named(small_city: SmallCity, case: Case, wrong: Any) -> None:
    told = act(reader(small_city.actor("A.grid")), case, "accept", "k-1", data={}, seen=1, made_at=wrong)
    assert told.status_code == 422
    assert [one["field"] for one in told.json()["errors"]] == ["made_at"]


def test_a_find_sent_late_names_its_time_in_the_address(small_city: SmallCity) -> None:
    client = reader(small_city.actor("A.grid"))
    made = timezone.now() - timedelta(hours=2)
    path = f"/api/v1/cases/{REPORT}/found_fixed"
    data = {"category": "201001", "place": INSIDE}
    sent = [
        client.post(
            path,
            data,
            content_type="application/json",
            query_params={"made_at": made.isoformat()},
            headers={"Idempotency-Key": "k-1"},
        )
        for _ in range(2)
    ]
    assert [one.status_code for one in sent] == [201, 201]
    assert Step.objects.get().made_at == made
