"""The list of warnings and the page of one: seen by whose ground it is, taken, given back, closed."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from zhili.core.signals.models import WarningStep
from zhili.core.trail.models import Leaf
from zhili.scenarios.early_warning.tests.conftest import Desk

pytestmark = pytest.mark.django_db


def test_a_warning_is_on_the_lists_of_its_ground_only(desk: Desk) -> None:
    made = desk.rises()
    row = f'data-warning="{made.pk}"'
    for office in ("A.grid", "A.village", "A.town", "A", "city"):
        page = desk.client(office).get("/desk/warnings").content.decode()
        assert row in page, office
        assert "水位涨了 0.5 米" in page
        assert "橙色" in page
        assert "南湖区1村 南湖区1村01网格" in page
    elsewhere = desk.client("B.village")
    assert row not in elsewhere.get("/desk/warnings?state=all").content.decode()
    assert elsewhere.get(f"/desk/warnings/{made.pk}").status_code == 404
    assert elsewhere.post(f"/desk/warnings/{made.pk}/accept").status_code == 404


def test_the_list_costs_the_same_for_many(desk: Desk) -> None:
    desk.rises()
    client = desk.client("city", "commander")
    client.get("/desk/warnings")

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert client.get("/desk/warnings?state=all").status_code == 200
        return len(found)

    few = asked()
    for n in range(6):
        desk.rises(desk.sensor(f"more-{n}", f"第 {n} 个"))
    assert asked() <= few <= 12


def test_filters_search_and_export(desk: Desk) -> None:
    first = desk.rises()
    second = desk.rises(desk.sensor("river-2", "海盐塘水位计", "B.village", "B.grid"))
    client = desk.client("city", "commander")
    for asked, found in (
        ("q=海盐", {second.pk}),
        (f"place={desk.city.divisions['A'].pk}", {first.pk}),
        ("level=red", set()),
        ("rule=early_warning.river&level=orange", {first.pk, second.pk}),
        ("rule=nonsense&days=zzz&before=99999999999999999999&place=-1", {first.pk, second.pk}),
        (f"before={second.pk}", {first.pk}),
    ):
        page = client.get(f"/desk/warnings?{asked}").content.decode()
        assert {one.pk for one in (first, second) if f'data-warning="{one.pk}"' in page} == found, asked
    taken = client.post("/desk/warnings/export.csv", {"_list": "q=海盐"})
    rows = list(csv.reader(io.StringIO(taken.content.decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == [str(second.pk)]
    assert any(b"warnings_exported" in bytes(one.body) for one in Leaf.objects.order_by("-id")[:3])


def test_taken_given_back_and_closed(desk: Desk) -> None:
    made = desk.rises()
    grid, auditor = desk.client("A.grid"), desk.client("city", "auditor")
    assert auditor.get(f"/desk/warnings/{made.pk}").status_code == 200
    assert auditor.post(f"/desk/warnings/{made.pk}/accept").status_code == 403
    row = grid.post(f"/desk/warnings/{made.pk}/accept", headers={"HX-Request": "true"}).content.decode()
    assert "在处置" in row
    assert "接错了，退回" in row
    other = desk.client("A.town")
    assert other.post(f"/desk/warnings/{made.pk}/undo").status_code == 409
    assert grid.post(f"/desk/warnings/{made.pk}/undo").status_code == 302
    made.refresh_from_db()
    assert made.state == "raised"
    assert made.escalate_at is not None
    assert made.accepted_post is None
    grid.post(f"/desk/warnings/{made.pk}/accept")
    answer = grid.post(f"/desk/warnings/{made.pk}/close", {"words": "x"})
    assert answer.status_code == 422
    assert "form-summary" in answer.content.decode()
    grid.post(f"/desk/warnings/{made.pk}/close", {"feedback": "false", "words": "游船的浪"})
    page = grid.get(f"/desk/warnings/{made.pk}").content.decode()
    assert "误报" in page
    assert "游船的浪" in page
    kinds = list(WarningStep.objects.filter(warning=made).order_by("id").values_list("kind", flat=True))
    assert kinds == ["raised", "accepted", "given_back", "accepted", "closed"]


def test_the_page_says_why_with_the_data_and_the_threshold(desk: Desk) -> None:
    made = desk.rises()
    page = desk.client("A.village").get(f"/desk/warnings/{made.pk}").content.decode()
    assert "1 小时之内，水位的变化高于 0.3 米就报。" in page
    assert "data-plot" in page
    assert '"value": 0.3}' in page  # the line across
    assert "个测量值，竖线是触发的时刻，横线是当时的门槛。" in page
    assert "随规则声明" in page
    assert "没有人接，就往上级报" in page


def test_who_may_not_switch(desk: Desk) -> None:
    from zhili.core.signals.rules import trying

    with pytest.raises(PermissionDenied):
        trying.put("early_warning.river", "off", desk.city.actor("A.town"), "x")
