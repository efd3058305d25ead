"""Every way by which a penalty could leave its range unseen, tried: refused with its article, or another person."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import timezone

from zhili.core.cases import doors, sweeping
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, Clock, Step
from zhili.core.forms import FormErrors
from zhili.core.tables import keeping
from zhili.portal.tests.api_client import Program
from zhili.scenarios.discretion import law
from zhili.scenarios.discretion.tests import benchmark
from zhili.scenarios.discretion.tests.office import ENTITY, PENALTY, PERSON, Office, at

pytestmark = pytest.mark.django_db
FACTS = json.dumps({"stoves": "4", "harm": "一般", "again": False})
LIGHTER = ((5_000, 8_000), (8_000, 12_000), (12_000, 50_000))
DECISION = {"penalty": "fine", "document": "嘉综执罚〔2026〕1号"}


def told(office: Office, fine: int) -> Case:
    """Proposed by the benchmark, reviewed, told and waiting for the decision."""
    case = office.investigated()
    office.propose(case, fine, facts=FACTS)
    office.do(case, "pass_review", office.lawyer)
    office.tell(case)
    return case


def test_a_lighter_table_between_proposal_and_decision_holds(office: Office) -> None:
    deputy = office.city.actor("A.zhzf", "leader", name="deputy")
    benchmark.in_force(office.leader, deputy)
    case = told(office, 20_000)
    office.do(case, "waive", proof="在回执上写明放弃")
    lighter = benchmark.in_force(office.leader, deputy, timezone.localdate(), benchmark.table(LIGHTER))
    assert "第三十七条" in office.refused(case, "decide", office.leader, fine="20000", **DECISION)
    asks_more = replace(benchmark.table(LIGHTER), inputs=(*lighter_inputs(), EXTRA), rows=with_extra())
    keeping.withdraw(lighter.pk, "有误", deputy, None)  # from today on: it no longer holds
    other = benchmark.in_force(office.leader, deputy, timezone.localdate(), asks_more)
    words = office.refused(case, "decide", office.leader, fine="20000", **DECISION)
    assert "要问别的情节" in words
    assert "营业面积" in words
    keeping.withdraw(other.pk, "有误", deputy, None)
    office.do(
        case, "decide", office.leader, fine="20000", **DECISION
    )  # the table of the day of the act holds on
    assert (case.stage, office.detail(case).rows) == ("serving", [2])


def lighter_inputs() -> tuple[object, ...]:
    return benchmark.table().inputs


EXTRA = replace(benchmark.table().inputs[0], name="size", title="营业面积", unit="平方米")


def with_extra() -> tuple[object, ...]:
    from zhili.base.decisions import Interval

    first, *rest = benchmark.table(LIGHTER).rows
    small = replace(first, number=1, when={**rest[0].when, "size": Interval(None, 50)})
    return (small, *(replace(one, number=n) for n, one in enumerate((first, *rest), start=2)))


def test_sent_back_after_the_party_spoke_it_is_not_made_heavier_unseen(office: Office) -> None:
    case = office.told(10_000)
    office.do(case, "state", what="油烟净化器坏了，正在修", by=office.second)
    office.do(case, "waive", proof="不再陈述")
    office.do(case, "send_back", office.leader, reason="再查一次")
    assert "第四十五条" in office.refused(case, "propose", **office.proposal(20_000))
    office.do(case, "propose_outside", **office.proposal(20_000), deviation="又查明该店偷排三个月，照片为证")
    assert case.stage == "deviating", "new facts: another person answers for it"
    office.do(case, "refuse_deviation", office.leader, reason="证据不足")
    deputy = office.city.actor("A.zhzf", "leader", name="deputy")
    office.propose(case, 9_000)
    office.do(case, "pass_review", deputy)
    office.tell(case)
    office.do(case, "waive", proof="不再陈述")
    assert "第四十五条" in office.refused(case, "decide", office.leader, fine="9000", **DECISION), (
        "still to be answered"
    )
    assert "另一人" in office.refused(case, "decide", deputy, fine="9000", **DECISION), (
        "the reviewer does not decide (58)"
    )
    office.do(case, "decide", office.leader, fine="9000", heard_out="部分采纳", **DECISION)


def test_dates_do_not_bend_limits(office: Office) -> None:
    day = date(2026, 3, 2)
    with at(day):
        case = office.investigated(act_ended="2024-03-02", discovered_on="2026-03-02")
        moved = {
            **ENTITY,
            "provision": "fume.14",
            "act_ended": "2024-03-01",
            "discovered_on": "2026-03-02",
            "grave": "no",
        }
        assert "第三十六条" in office.refused(case, "name_party", **moved), (
            "filed in time, then moved out of it"
        )
    with at(day + timedelta(days=10)):
        office.propose(case, 50_000)
        office.do(case, "pass_review", office.lawyer)
        words = office.refused(
            case,
            "notify",
            served_on="2026-03-05",
            way="direct",
            told_content=True,
            told_statement=True,
            told_hearing=True,
        )
        assert "不会早于处罚建议" in words, "a notice before its content would shorten the window (64)"
        office.tell(case)
        office.do(case, "ask_hearing")
        assert "不会早于当事人要求听证" in office.refused(
            case, "arrange", notified_on="2026-03-03", day="2026-04-30", time="09:30", place="一号会议室"
        )


def test_one_act_is_fined_once_and_the_first_time_is_only_said_of_whom_one_can_look_up(
    office: Office,
) -> None:
    first = office.report()
    office.do(first, "file", office.leader)
    second = office.report()
    assert "第二十九条" in office.refused(second, "file", office.leader)
    office.do(second, "file", office.leader, another_act=True)
    nameless = office.investigated(
        party_kind="natural", party_name="王小明", entity_name=None, entity_code=None
    )
    asked = {
        "ground": "first",
        "first": True,
        "corrected": True,
        "harm": "slight",
        "grounds": "已改正",
        "education": "宣讲",
    }
    assert "查不了是不是初次违法" in office.refused(nameless, "propose_exempt", **asked)


def test_on_the_spot_the_benchmark_holds_too(office: Office) -> None:
    deputy = office.city.actor("A.zhzf", "leader", name="deputy")
    benchmark.dogs(office.leader, deputy)

    def spot(**more: object) -> str:
        data = {
            **PERSON, "provision": "dogs.25.1", "where": "公园东门", "what": "牵犬进入禁入区域", "penalty": "fine",
            "certificate": "ZJ330402001", "second_certificate": "ZJ330402002", "told": True,
            "document": "当场1号", "signed": "yes", "collect": "no", **more,
        }  # fmt: skip
        try:
            made = doors.open_case(PENALTY, "on_the_spot", office.first, data)
        except FormErrors as error:
            return str(error.errors)
        return " ".join(Step.objects.get(case=made.case_id).why)

    assert "请写明情节，一行一项：经劝阻仍不离开（是、否）" in spot(fine="100")
    assert "不能偏离基准" in spot(fine="150", facts="经劝阻仍不离开：否")
    assert "没有读懂" in spot(fine="50", facts="天气：晴")
    assert "适用第1行" in spot(fine="50", facts="经劝阻仍不离开：否")
    with pytest.raises(Refused, match="法定幅度"):  # the clause sets a lowest fine: a warning is none (51)
        spot(penalty="warning", **(dict.fromkeys(PERSON) | ENTITY | {"provision": "fume.14"}))


def test_what_review_and_courts_change_is_never_heavier_and_a_late_fee_does_not_vanish(
    office: Office,
) -> None:
    with at(date(2026, 3, 2)):
        case = office.served(10_000)
    with at(date(2026, 3, 27)):
        sweeping.sweep(now=Clock.objects.get(case=case, name="stage").due_at)
        case.refresh_from_db()
        office.do(case, "challenge", kind="review", since="2026-03-20")
        heavier = {"on": "2026-03-26", "result": "altered", "document": "复决1号"}
        assert "第六十三条" in office.refused(case, "challenge_ends", fine="20000", **heavier)
        office.do(case, "challenge_ends", fine="8000", **heavier)
        detail = office.detail(case)
        assert (detail.fine, detail.stopped) == (8_000_00, [["2026-03-20", "2026-03-26"]])
        office.do(case, "postpone", office.leader, until="2026-04-10", reason="暂时困难")
        assert (case.stage, office.detail(case).due_on) == ("paying", date(2026, 3, 17)), (
            "what ran up stays owed"
        )
    with at(date(2026, 4, 12)):
        paid = office.do(case, "pay", amount="8000", on="2026-04-12", receipt="P1")
        # late: 18 and 19 March; 20 to 26 a review (73); 27 March to 10 April postponed (66); 11 and 12 April
        assert paid.late_fee == 4 * 240_00
        assert law.late_fee(8_000_00, date(2026, 3, 17), date(2027, 3, 17)).capped, (
            "never more than the fine (72)"
        )
        assert office.do(case, "challenge", kind="suit", since="2026-04-12").stopped[-1][1] is None
        office.do(case, "challenge_ends", on="2026-04-12", result="altered", fine="5000", document="行初1号")
        assert "退还3,000元" in " ".join(Step.objects.filter(case=case).latest("seq").why)
        assert case.stage == "closed"


def test_the_api_is_the_same_door(office: Office) -> None:
    case = office.investigated()
    program = Program.of(office.first)
    sent = program.post(
        f"/cases/{case.number}/actions/propose", {"data": office.proposal(50_001)}, Idempotency_Key="k1"
    )
    assert sent.status_code == 422
    assert "第十四条" in sent.json()["detail"]
    case.refresh_from_db()
    assert case.stage == "investigating"
