"""An office asked may refuse with a reason, the lead office may call it back; no answer while one is still at it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from zhili.core.cases import doors, present, query, sweeping
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Step
from zhili.core.cases.tests.city import SmallCity
from zhili.core.cases.tests.lead import Lead

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(small_city: SmallCity) -> Lead:
    return Lead(small_city)


def test_a_refusal_returns_to_the_lead_office_with_its_reason(lead: Lead) -> None:
    (child,) = lead.ask("A.zhzf")
    doors.act(child.pk, "refuse", lead.actor("A.zhzf"), {"reason": "井盖归住建部门"})
    assert lead.last.action == "returned"
    assert lead.last.data["outcome"] == "refused"
    assert lead.last.data["reply"] == "井盖归住建部门"
    assert lead.case.stage == "handling"


def test_a_refusal_needs_a_reason(lead: Lead) -> None:
    from zhili.core.forms import FormErrors

    (child,) = lead.ask("A.zhzf")
    with pytest.raises(FormErrors):
        doors.act(child.pk, "refuse", lead.actor("A.zhzf"), {})


def test_the_lead_office_calls_back_and_nobody_else_may(lead: Lead) -> None:
    (child,) = lead.ask("A.zhzf")
    for other in (lead.actor("A.zhzf"), lead.actor("A")):
        with pytest.raises(Refused):
            doors.act(child.pk, "call_back", other, {"reason": "x"})
    assert "call_back" in {o.name for o in present.actions_for(child, lead.town)}
    doors.act(child.pk, "call_back", lead.town, {"reason": "已由施工单位处理"})
    child.refresh_from_db()
    assert child.stage == "recalled"
    assert lead.last.data["outcome"] == "withdrawn"
    assert list(query.inbox(lead.actor("A.zhzf"))) == []


def test_no_answer_while_somebody_is_still_at_it(lead: Lead) -> None:
    (child,) = lead.ask("A.zhzf")
    lead.act("draft", {"answer": "拟稿"})
    with pytest.raises(Refused) as refused:
        lead.act("issue", {"answer": "已办"})
    assert child.number in refused.value.message
    assert "综合行政执法局" in refused.value.message
    doors.act(child.pk, "reply", lead.actor("A.zhzf"), {"result": "好了"})
    lead.act("issue", {"answer": "已办"})
    assert lead.case.stage == "answered"


def test_a_matter_withdrawn_calls_its_children_back(lead: Lead) -> None:
    children = lead.ask("A.zhzf", "A.village")
    lead.act("withdraw", by=lead.resident)
    assert {c.stage for c in lead.children} == {"recalled"}
    steps = list(Step.objects.filter(case=lead.case).order_by("seq"))
    assert [s.seq for s in steps] == list(range(1, len(steps) + 1))
    assert [s.action for s in steps[-3:]] == ["withdraw", "returned", "returned"]
    assert lead.case.closed_at == steps[-3].at
    assert any("已经了结" in w for w in Step.objects.filter(case=children[0]).latest("seq").why)


def test_handed_over_the_new_office_sees_what_was_asked(lead: Lead) -> None:
    (child,) = lead.ask("B.town")
    zhzf = lead.city.offices["A.zhzf"]
    assert not query.sees(lead.actor("A.zhzf"), child)
    lead.act("hand_over", {"office": zhzf.pk, "reason": "归口"})
    assert query.sees(lead.actor("A.zhzf"), child)
    doors.act(child.pk, "reply", lead.actor("B.town"), {"result": "好了"})
    assert lead.last.action == "returned"
    assert lead.case.office_id == zhzf.pk


def test_an_assisting_office_that_is_late_is_marked_and_the_one_above_is_told(lead: Lead) -> None:
    (child,) = lead.ask("A.zhzf")
    for _ in range(6):
        sweeping.sweep(now=timezone.now() + timedelta(days=40))
    child.refresh_from_db()
    assert child.overdue
    assert query.sees(lead.actor("A"), child)
