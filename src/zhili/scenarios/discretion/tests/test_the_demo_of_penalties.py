"""The demo city's penalties: made once, at every point of their way, enough alike for a spread; the public page."""

from __future__ import annotations

import pytest

from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import SmallCity
from zhili.portal.tests.pages_client import reader, words_of
from zhili.scenarios.discretion import demo, party
from zhili.scenarios.discretion.models import PenaltyDetail
from zhili.scenarios.discretion.tests.office import Office

pytestmark = pytest.mark.django_db


def test_made_once_and_shown(office: Office, small_city: SmallCity, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, lawyer = office.first, office.second, office.lawyer
    made = demo.Office(
        first, second, lawyer, office.leader, office.city.actor("A.zhzf", "leader", name="deputy")
    )
    monkeypatch.setattr(demo, "_office", lambda: made)
    monkeypatch.setattr(demo, "DECIDED", 2)
    told = demo.load()
    assert demo.load() == told
    assert told["penalty cases"] == 2 + 12
    case = Case.objects.get(stage="noticed")
    code = words_of(reader(first).get(f"/desk/discretion/{case.number}/code"))
    assert party.code_of(case) in code
    assert reader(office.city.actor("B.town")).get(f"/desk/discretion/{case.number}/code").status_code == 404
    mine = words_of(reader(None).get(f"/c/{case.number}?g={party.code_of(case)}"))
    for words in ("处罚告知", "罚款80,000元", "您可以陈述和申辩", "您可以要求听证", "最晚"):
        assert words in mine
    assert "可以要求重办" not in mine
    late = Case.objects.filter(stage="paying").latest("pk")
    owed = words_of(reader(None).get(f"/c/{late.number}?g={party.code_of(late)}"))
    for words in ("还要缴 12,000元", "申请行政复议，最晚", "缴纳期限"):
        assert words in owed
    assert len(set(Case.objects.values_list("stage", flat=True))) >= 9
    page = words_of(reader(None).get("/penalties"))
    assert "罚款20,000元" in page
    assert "示例餐饮有限公司" in page
    assert PenaltyDetail.objects.filter(published_on__isnull=False).count() == 2
