"""A penalty case by the book, its clocks over a holiday, and what is refused on the way with its article."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from zhili.core.cases import doors, sweeping
from zhili.core.cases.models import Case, CaseSecret, Clock, Step
from zhili.core.forms import FormErrors
from zhili.core.trail.models import Leaf
from zhili.scenarios.discretion.tests.office import ENTITY, PENALTY, PERSON, Office, at, due

pytestmark = pytest.mark.django_db
BEFORE_HOLIDAY = date(2026, 9, 28)
"""The Monday before National Day 2026: 1–7 October free, Saturday 10 October worked."""


def test_the_whole_way_with_its_legal_clocks(office: Office) -> None:
    with at(BEFORE_HOLIDAY):
        case = office.report()
        assert not Clock.objects.filter(case=case, name="decide_by").exists(), (
            "runs from the filing, not from the clue"
        )
        assert office.refused(case, "file", office.first)  # not a leader
        office.do(case, "file", office.leader)
        assert due(case, "decide_by") == BEFORE_HOLIDAY + timedelta(days=90)
        office.do(case, "preserve", office.leader, items="炉灶 1 台", where="保管室", reason="可能被拆走")
        assert due(case, "preserved") == date(2026, 10, 13), "seven working days: 29, 30, 8, 9, 10, 12, 13"
        office.do(case, "take_up", certificate="ZJ330402001", impartial=True)
        assert "第四十二条" in office.refused(case, "propose", **office.proposal(10_000))
        assert "第二人" not in (
            told := office.refused(case, "join", certificate="ZJ330402002", impartial=True)
        )
        assert "另一人" in told, "the same person is no second officer"
        same = office.refused(case, "join", office.second, certificate="zj330402001", impartial=True)
        assert "第四十二条" in same
        office.do(case, "join", office.second, certificate="ZJ330402002", impartial=True)
        office.do(case, "decide_preserved", way="returned")
        assert not Clock.objects.get(case=case, name="preserved").running
        office.propose(case, 10_000)
        assert (case.stage, office.detail(case).low, office.detail(case).high) == (
            "reviewing",
            5_000_00,
            50_000_00,
        )
        for officer in (office.first, office.second):
            assert "另一人" in office.refused(case, "pass_review", officer)
        office.do(case, "pass_review", office.lawyer)
        office.tell(case)
        assert (case.stage, due(case)) == ("noticed", date(2026, 10, 10)), (
            "29, 30, 8, 9, 10: five working days"
        )
    with at(date(2026, 10, 10)):
        office.do(case, "state", what="油烟净化器坏了，正在修", by=office.second)
    sweeping.sweep(now=Clock.objects.get(case=case, name="stage").due_at)
    case.refresh_from_db()
    assert case.stage == "deciding"
    with at(date(2026, 10, 12)):
        decision = {"penalty": "fine", "document": "嘉综执罚〔2026〕1号"}
        assert "第四十五条" in office.refused(case, "decide", office.leader, fine="10000", **decision)
        assert "第四十五条" in office.refused(case, "decide", office.leader, fine="12000", **decision)
        office.do(case, "decide", office.leader, fine="8000", heard_out="部分采纳", **decision)
        assert (case.stage, due(case)) == ("serving", date(2026, 10, 21)), "served in seven working days"
        assert not Clock.objects.get(case=case, name="decide_by").running
    with at(date(2026, 10, 14)):
        assert "第六十一条" in office.refused(case, "serve", way="electronic", received_on="2026-10-14")
        office.do(case, "serve", way="direct", received_on="2026-10-13")
        assert (case.stage, due(case)) == ("paying", date(2026, 10, 28)), (
            "fifteen days from receipt, not from today"
        )
        office.do(case, "pay", amount="3000", on="2026-10-14", receipt="P1")
        assert case.stage == "paying"
        assert "还欠5,000元" in office.refused(case, "pay", amount="6000", on="2026-10-14", receipt="P2")
    sweeping.sweep(now=Clock.objects.get(case=case, name="stage").due_at)
    case.refresh_from_db()
    assert case.stage == "overdue_fine"
    with at(date(2026, 12, 1)):
        office.do(case, "challenge", kind="review", since="2026-11-01")
        office.do(case, "challenge_ends", on="2026-11-20", result="upheld", document="复决1号")
        paid = office.do(case, "pay", amount="5000", on="2026-11-22", receipt="P3")
    # late: 29–31 October and 21, 22 November; 1–20 November do not count. 5,000 × 3% × 5
    assert (case.stage, paid.late_fee) == ("closed", 750_00)
    assert "加处罚款750元" in " ".join(Step.objects.filter(case=case).latest("seq").why)


def test_a_person_is_nowhere_in_steps_and_leaves(office: Office) -> None:
    case = office.told(person=True)
    assert {"party_name", "party_id"} <= set(
        CaseSecret.objects.filter(case=case).values_list("field", flat=True)
    )
    kept = "".join(str(row) for row in Step.objects.filter(case=case).values_list("data", "why"))
    kept += "".join(
        bytes(body).decode() for body in Leaf.objects.filter(subject=case.pk).values_list("body", flat=True)
    )
    kept += str(office.detail(case).__dict__) + Case.objects.get(pk=case.pk).title
    assert PERSON["party_name"] not in kept
    assert PERSON["party_id"] not in kept


def test_an_act_found_too_late_is_not_filed(office: Office) -> None:
    with at(date(2026, 3, 2)):
        late = office.report(act_ended="2024-03-01", discovered_on="2026-03-02")
        assert "第三十六条" in office.refused(late, "file", office.leader)
        office.do(late, "refuse_filing", office.leader, ground="time", reason="已过二年")
        assert late.stage == "not_filed"
        in_time = office.report(act_ended="2024-03-01", discovered_on="2026-03-01")
        grave = office.report(act_ended="2024-03-01", discovered_on="2026-03-02", grave="life")
        for case in (in_time, grave):
            office.do(case, "file", office.leader, another_act=True)
            assert case.stage == "investigating"


def test_a_fine_outside_the_statute_is_refused_with_the_article(office: Office) -> None:
    case = office.investigated()
    above = office.refused(case, "propose", **office.proposal(50_001))
    assert "《嘉兴市餐饮业油烟管理办法》第十四条" in above
    assert "5,000元至50,000元" in above
    below = office.refused(case, "propose", **office.proposal(4_999))
    assert "减轻处罚" in below
    told = office.refused(
        case, "propose_outside", **office.proposal(60_000), deviation="情节特别恶劣，影响很大"
    )
    assert "不能作出" in told, "nobody's approval allows what the law does not"
    assert Case.objects.get(pk=case.pk).stage == "investigating"


def test_lighter_than_the_statute_needs_a_lawful_ground_and_another_persons_approval(office: Office) -> None:
    case = office.investigated()
    data = office.proposal(4_000, mitigation="undone")
    assert "不在裁量范围" in office.refused(case, "propose", **data)
    assert "deviation" in office.refused(case, "propose_outside", **data)
    office.do(case, "propose_outside", **data, deviation="主动停业整改，消除了危害后果")
    assert (case.stage, office.detail(case).deviates) == ("deviating", True)
    assert office.refused(case, "approve_deviation", office.first, reason="同意")
    office.do(case, "approve_deviation", office.leader, reason="确有减轻情形，同意")
    office.do(case, "pass_review", office.lawyer)
    office.tell(case)
    office.do(case, "waive", proof="在回执上写明放弃")
    decision = {"penalty": "fine", "document": "1号"}
    assert "第四十四条" in office.refused(case, "decide", office.leader, fine="5000", **decision)
    assert "没有经过批准" in office.refused(case, "decide", office.leader, fine="3000", **decision)
    office.do(case, "decide", office.leader, fine="4000", **decision)
    assert case.stage == "serving"


def test_a_leader_who_proposed_approves_neither_the_deviation_nor_the_decision(office: Office) -> None:
    case = office.investigated()
    data = office.proposal(4_000, mitigation="undone", deviation="主动停业整改，消除了危害后果")
    office.do(case, "propose_outside", office.leader, **data)
    assert "另一人" in office.refused(case, "approve_deviation", office.leader, reason="同意")
    other = office.city.actor("A.zhzf", "leader", name="deputy")
    office.do(case, "approve_deviation", other, reason="同意减轻处罚")
    assert case.stage == "reviewing"


def test_a_hearing_is_asked_for_and_told_seven_working_days_ahead(office: Office) -> None:
    with at(BEFORE_HOLIDAY):
        small = office.told(8_000)
        assert "第六十三条" in office.refused(small, "ask_hearing")
        case = office.proposed(50_000)
        office.do(case, "pass_review", office.lawyer)
        assert office.detail(case).hearing_due
        with pytest.raises(Exception, match="told_hearing"):
            office.tell(case, told_hearing=False)
        office.tell(case)
        office.do(case, "ask_hearing")
        when = {"notified_on": "2026-09-28", "time": "09:30", "place": "一号会议室"}
        assert "最早在2026-10-14" in office.refused(case, "arrange", day="2026-10-13", **when)
        office.do(case, "arrange", day="2026-10-14", **when)
        assert due(case) == date(2026, 10, 14)
    with at(date(2026, 10, 14)):
        held = {"held": "held", "record": "当事人认为数额过高"}
        assert "另一人" in office.refused(case, "hold_hearing", office.second, **held)
        office.do(case, "hold_hearing", office.lawyer, **held)
        office.do(case, "pass_hearing", office.lawyer)
        decision = {"penalty": "fine", "fine": "50000", "document": "2号"}
        assert "第四十五条" in office.refused(case, "decide", office.leader, **decision)
        office.do(case, "decide", office.leader, heard_out="不采纳，理由充分", **decision)
    assert case.stage == "serving"


def test_no_penalty_only_as_the_law_has_it_and_the_first_time_is_looked_up_in_the_case(
    office: Office,
) -> None:
    case = office.investigated(person=True)
    data = {"grounds": "现场已改正", "education": "当面宣讲"}
    minor = {"ground": "minor", "slight": True, "corrected": True, "harm": "none", **data}
    for missing in ({"slight": False}, {"corrected": False}, {"harm": "slight"}):
        assert "第三十三条" in office.refused(case, "propose_exempt", **{**minor, **missing})
    first = {"ground": "first", "first": True, "corrected": True, "harm": "slight", **data}
    office.do(case, "propose_exempt", **first)
    assert "第六十二条" in office.refused(case, "decide", office.leader, penalty="warning", document="3号")
    office.do(case, "decide_exempt", office.leader, document="不罚1号")
    assert (case.stage, office.detail(case).fine) == ("exempted", 0)
    before = office.decided(person=True)
    again = office.investigated(person=True)
    told = office.refused(again, "propose_exempt", **first)
    assert before.number in told
    office.do(again, "propose_exempt", **minor)


def test_on_the_spot_within_its_limits(office: Office) -> None:
    def spot(**more: object) -> Case:
        data = {
            **PERSON, "provision": "dogs.25.1", "where": "公园东门", "what": "牵犬进入禁入区域", "penalty": "fine",
            "fine": "100", "certificate": "ZJ330402001", "second_certificate": "ZJ330402002", "told": True,
            "document": "当场1号", "signed": "yes", "collect": "no", **more,
        }  # fmt: skip
        return Case.objects.get(pk=doors.open_case(PENALTY, "on_the_spot", office.first, data).case_id)

    def refused(**more: object) -> str:
        with pytest.raises(FormErrors) as error:
            spot(**more)
        return str(error.value.errors)

    assert "第五十一条" in refused(fine="200.01")
    assert "第四十二条" in refused(second_certificate="zj330402001")
    assert "第六十八条" in refused(fine="150", collect="small", ticket="T1")
    firm = dict.fromkeys(PERSON) | ENTITY
    assert "第五十一条" in refused(**firm, provision="fume.12", fine="3001")
    whole = spot(**firm, provision="fume.12", fine="3000")
    assert whole.stage == "spot"
    with at(BEFORE_HOLIDAY):
        case = spot(fine="100", collect="small", ticket="T1")
        assert due(case, "collected") == date(2026, 9, 30), "two working days"
        assert "另一人" in office.refused(case, "hand_in", on="2026-09-28")
        assert "第七十一条" not in office.refused(case, "record_spot", office.second)
        office.do(case, "hand_in", office.leader, on="2026-09-28")
        assert case.stage == "closed"
        unpaid = spot(fine="200")
    with at(BEFORE_HOLIDAY + timedelta(days=2)):
        office.do(unpaid, "record_spot", office.second)
        assert (unpaid.stage, due(unpaid)) == ("paying", BEFORE_HOLIDAY + timedelta(days=15))
        assert not Clock.objects.filter(case=unpaid, name="collected").exists()
