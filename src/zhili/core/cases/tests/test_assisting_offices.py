"""The lead office asks others to do their part; each has a case, clocks and a result that comes back."""

import pytest

from zhili.core.cases import doors, present, query
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, Clock, Participation, Step
from zhili.core.cases.tests.city import SmallCity
from zhili.core.cases.tests.lead import Lead

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(small_city: SmallCity) -> Lead:
    return Lead(small_city)


def test_each_office_asked_has_a_case_with_a_clock_of_its_own(lead: Lead) -> None:
    children = lead.ask("A.zhzf", "A.village", days=3)
    assert [c.office.code for c in children] == ["T-A.zhzf", "T-A.village"]
    assert {(c.stage, c.procedure, c.division_id) for c in children} == {
        ("asked", "referrals.assistance", lead.case.division_id)
    }
    clock = Clock.objects.get(case=children[0], name="whole")
    assert clock.state["duration"] == "3wd"
    assert "由提出单位确定" in clock.why
    assert [c.pk for c in query.inbox(lead.actor("A.zhzf"))] == [children[0].pk]
    assert not any(c.public for c in children)


def test_they_see_each_other_and_the_reporter_sees_only_their_own(lead: Lead) -> None:
    (child,) = lead.ask("A.zhzf")
    assert query.sees(lead.actor("A.zhzf"), lead.case)
    assert query.sees(lead.town, child)
    assert not query.sees(lead.resident, child)
    assert not query.sees(lead.actor("B.town"), child)


def test_the_result_comes_back_as_a_step_and_moves_nothing(lead: Lead) -> None:
    (child,) = lead.ask("A.zhzf")
    handler = lead.actor("A.zhzf")
    doors.act(child.pk, "accept", handler)
    doors.act(child.pk, "reply", handler, {"result": "井盖已更换。"})
    step = Step.objects.filter(case=lead.case).latest("seq")
    assert (step.action, step.to_stage, step.actor_office_id) == ("returned", "handling", handler.office_id)
    assert step.data["child"] == child.number
    assert step.data["outcome"] == "closed"
    assert step.data["reply"] == "井盖已更换。"
    said = [text for e in present.timeline(lead.case, lead.town) for _, text in e.fields]
    assert "井盖已更换。" in said
    outside = [text for e in present.timeline(lead.case, lead.resident) for _, text in e.fields]
    assert "井盖已更换。" not in outside
    assert "请更换井盖" not in outside


def test_the_same_key_opens_no_second_child(lead: Lead) -> None:
    data = {"offices": [lead.city.offices["A.zhzf"].pk], "what": "请更换井盖"}
    first = doors.act(lead.number, "ask_assistance", lead.town, data, key="once")
    again = doors.act(lead.number, "ask_assistance", lead.town, data, key="once")
    assert again.repeated
    assert again.seq == first.seq
    assert Case.objects.filter(parent=lead.case).count() == 1


def test_a_child_is_never_begun_by_hand(lead: Lead) -> None:
    data = {"office": lead.city.offices["A.zhzf"].pk, "what": "x"}
    with pytest.raises(Refused) as refused:
        doors.open_case("referrals.assistance", "ask", lead.town, data)
    assert refused.value.status == 403


def test_what_cannot_be_asked_is_refused_and_nothing_is_kept(lead: Lead) -> None:
    before = lead.case.seq
    for offices, more in ((["A.town"], {}), (["A.zhzf"], {"days": 21})):
        with pytest.raises(Refused):
            lead.ask(*offices, **more)
    with pytest.raises(Refused):
        lead.act("ask_assistance", {"offices": [999_999], "what": "x"})
    assert lead.case.seq == before
    assert not Case.objects.filter(parent=lead.case).exists()
    assert not Participation.objects.filter(case=lead.case, role="assisting").exists()
