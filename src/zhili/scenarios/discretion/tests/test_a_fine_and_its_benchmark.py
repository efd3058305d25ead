"""A penalty outside its range cannot pass silently: which rows fired, what they allow, who says otherwise."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from zhili.core.cases.models import Step
from zhili.core.people.managing import AdminRefused
from zhili.core.tables import checks
from zhili.scenarios.discretion import benchmarks, provisions
from zhili.scenarios.discretion.tests import benchmark
from zhili.scenarios.discretion.tests.office import FUME, Office

pytestmark = pytest.mark.django_db


def facts(**more: object) -> str:
    return json.dumps({"stoves": "4", "harm": "一般", "again": False, **more})


@pytest.fixture
def office(office: Office) -> Office:
    other = office.city.actor("A.zhzf", "leader", name="deputy")
    benchmark.in_force(office.leader, other)
    return office


def test_the_rows_that_fired_stand_in_the_step_and_outside_them_it_needs_another_person(
    office: Office,
) -> None:
    case = office.investigated()
    assert "stoves" not in (told := office.refused(case, "propose", **office.proposal(20_000, facts="{}")))
    assert "facts" in told, "a fact the table asks for is missing"
    assert "灶头" in office.refused(case, "propose", **office.proposal(20_000, facts=facts(stoves="很多")))
    outside = office.refused(case, "propose", **office.proposal(40_000, facts=facts()))
    assert "15,000–30,000 元" in outside
    assert "inside" not in office.refused(
        case, "propose_outside", **office.proposal(20_000, facts=facts(), deviation="认为应当这样处罚才合适")
    )
    detail = office.do(
        case, "propose_outside", **office.proposal(40_000, facts=facts(), deviation="曾经阻挠检查，情节恶劣")
    )
    assert (detail.rows, detail.table, detail.table_number) == ([2], benchmark.NAME, 1)
    assert (detail.low, detail.high, detail.deviates) == (15_000_00, 30_000_00, True)
    assert detail.facts == {"stoves": 4, "harm": "一般", "again": False}
    step = Step.objects.filter(case=case).latest("seq")
    assert "适用第2行" in " ".join(step.why)
    assert "危害后果" in step.data["facts"], "the timeline says them in words"
    assert step.data["asked"]["stoves"] == 4
    assert step.data["deviation"] == "曾经阻挠检查，情节恶劣"
    assert case.stage == "deviating"
    office.do(case, "refuse_deviation", office.leader, reason="理由不充分")
    assert (case.stage, office.detail(case).approved) == ("investigating", False)
    office.propose(case, 20_000, facts=facts())
    assert case.stage == "reviewing"


def test_a_decision_below_the_range_is_refused_though_the_proposal_was_inside(office: Office) -> None:
    case = office.investigated()
    office.propose(case, 20_000, facts=facts())
    office.do(case, "pass_review", office.lawyer)
    office.tell(case)
    office.do(case, "waive", proof="在回执上写明放弃")
    low = {"penalty": "fine", "fine": "14999", "document": "1号"}
    assert "没有经过批准" in office.refused(case, "decide", office.leader, **low)
    assert "法定幅度" in office.refused(case, "decide", office.leader, penalty="warning", document="1号")
    office.do(case, "decide", office.leader, **{**low, "fine": "15000"})


def test_a_benchmark_beyond_its_clause_is_not_confirmed_and_says_which_row_and_why(office: Office) -> None:
    other = office.city.actor("A.zhzf", "leader", name="deputy")
    wide = benchmark.table(((5_000, 15_000), (15_000, 30_000), (30_000, 60_000)))
    with pytest.raises(AdminRefused) as refused:
        benchmark.in_force(office.leader, other, date(2026, 3, 1), wide)
    assert "30,000—60,000 元超出法定幅度：《嘉兴市餐饮业油烟管理办法》第十四条规定 5,000—50,000 元" in str(
        refused.value
    )
    assert [one.rows for one in checks.faults_in(wide)] == [(3,)]
    many = replace(benchmark.table(), hit="collect")
    assert "汇总" in checks.faults_in(many)[-1].words
    upside = benchmark.table(((15_000, 5_000), (15_000, 30_000), (30_000, 50_000)))
    assert "高于上限" in checks.faults_in(upside)[-1].words
    provision, day = provisions.known()[FUME], date(2026, 9, 1)
    found = benchmarks.judge(provision, {"stoves": 8, "harm": "严重", "again": True}, day, day)
    assert (found.low, found.high, found.rows) == (30_000_00, 50_000_00, (3,))


def test_the_lighter_of_the_tables_then_and_now(office: Office) -> None:
    provision, asked = provisions.known()[FUME], {"stoves": 4, "harm": "一般", "again": False}
    other = office.city.actor("A.zhzf", "leader", name="deputy")
    lighter = benchmark.table(((5_000, 8_000), (8_000, 12_000), (12_000, 50_000)))
    benchmark.in_force(office.leader, other, date(2026, 6, 1), lighter)
    then, now = date(2026, 3, 1), date(2026, 7, 1)
    assert benchmarks.judge(provision, asked, then, now).words == "8,000–12,000 元"
    assert benchmarks.judge(provision, asked, then, date(2026, 5, 1)).words == "15,000–30,000 元"
    before_all = benchmarks.judge(provision, asked, date(2025, 1, 1), date(2025, 2, 1))
    assert (before_all.table, before_all.words) == ("", "5,000–50,000 元")
