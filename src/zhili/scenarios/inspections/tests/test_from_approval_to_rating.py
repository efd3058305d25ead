"""No visit without approval; a problem is put right by code; an unscanned visit is reported and looked into."""

from __future__ import annotations

from typing import Any

import pytest

from zhili.core.cases import doors, present, registry
from zhili.core.cases.errors import Refused, Stale
from zhili.core.cases.models import Case, Step
from zhili.core.cases.tests.city import INSIDE, forget
from zhili.core.documents import drafts
from zhili.core.documents.models import OutgoingDocument
from zhili.core.people import grants
from zhili.core.people.actors import ANONYMOUS
from zhili.core.people.models import Office as Seat
from zhili.scenarios.inspections import actions
from zhili.scenarios.inspections.models import ApprovalDetail, RectificationDetail, UnscannedDetail
from zhili.scenarios.inspections.tests.conftest import ORDER, UNSCANNED, Office, day

pytestmark = pytest.mark.django_db


def test_whoever_asks_for_an_inspection_does_not_approve_it_and_its_papers_name_items_and_basis(
    office: Office,
) -> None:
    case = office.applied()
    with pytest.raises(Refused) as alone:
        doors.act(case.pk, "approve", office.officer, {})
    assert alone.value.code == "second_person"
    with pytest.raises(Stale):  # nobody is told of a visit that is not approved
        doors.act(case.pk, "notify", office.officer, {"how": "paper"})
    doors.act(case.pk, "approve", office.leader, {})
    doors.act(case.pk, "draft_document", office.officer, {"template": "inspections.notice"})
    text = drafts.composed(OutgoingDocument.objects.get()).body
    assert "依据《嘉兴市餐饮业油烟管理办法》第八条" in text
    assert "有权拒绝" in text
    doors.act(case.pk, "notify", office.officer, {"how": "paper"})
    doors.act(case.pk, "finish", office.officer, {"visited": 12, "found": 2})
    row = ApprovalDetail.objects.get(pk=case.pk)
    assert (row.scene, row.items) == ("life-01", ["M02", "Z01"])


@pytest.mark.parametrize(
    ("more", "said"),
    [({"first": day(-1)}, "从今天"), ({"last": day(120)}, "三个月"), ({"items": ["M01"]}, None)],
)
def test_a_sheet_with_days_that_cannot_be_or_an_item_not_in_force_is_refused(
    office: Office, more: dict[str, Any], said: str | None
) -> None:
    with pytest.raises(Exception, match=said or "选项"):
        office.applied(**more)


def test_a_problem_is_put_right_rechecked_and_rated_by_code_without_an_account(office: Office) -> None:
    case = office.ordered()
    assert actions.code_of(case) == ""  # before it is served nobody outside has a way in
    doors.act(case.pk, "serve", office.officer, {"how": "onsite"})
    case.refresh_from_db()
    assert (case.stage, case.party) == ("ordered", "operator")
    operator = grants.resolve(actions.code_of(case))
    assert operator is not None
    assert {one.name for one in present.actions_for(case, operator)} == {"submit", "explain"}
    with pytest.raises(Refused):
        doors.act(case.pk, "accept", operator, {"words": "自己说通过"})
    photo = office.photo(operator)
    doors.act(case.pk, "submit", operator, {"done": "已清洗", "photos": [photo]})
    again = {"words": "风机仍未开", "until": day(3)}
    doors.act(case.pk, "reject", office.officer, again)
    doors.act(case.pk, "submit", operator, {"done": "风机已开", "photos": [office.photo(operator)]})
    doors.act(case.pk, "accept", office.officer, {"words": "正常运行"})
    doors.act(case.pk, "rate", operator, {"rating": 5})
    case.refresh_from_db()
    row = RectificationDetail.objects.get(pk=case.pk)
    assert (case.stage, case.rating, case.public) == ("closed", 5, False)
    assert (row.rechecks, row.in_time, row.item, row.basis) == (
        2,
        True,
        "Z01",
        "《嘉兴市餐饮业油烟管理办法》第八条",
    )


def test_what_is_not_put_right_becomes_a_penalty_case_whose_result_comes_back(office: Office) -> None:
    case = office.ordered()
    doors.act(case.pk, "serve", office.officer, {"how": "onsite"})
    told = {"what": "逾期没有恢复使用净化设施", "reason": "期满复查仍未改正"}
    doors.act(case.pk, "penalise", office.leader, told)
    child = Case.objects.get(parent=case)
    assert (child.procedure, child.stage, child.office_id) == (
        "discretion.penalty",
        "reported",
        case.office_id,
    )
    doors.act(child.pk, "refuse_filing", office.leader, refusal(child))
    last = Step.objects.filter(case=case).latest("seq")
    assert (last.action, last.data["child"]) == ("returned", child.number)
    case.refresh_from_db()
    assert case.stage == "handed"


def refusal(child: Case) -> dict[str, Any]:
    """Whatever the other scenario's form asks for, by its own first choices."""
    action = registry.procedures()[child.procedure].actions["refuse_filing"]
    told: dict[str, Any] = {}
    for one in action.form.fields() if action.form else ():
        offered = list(one.offered()) if hasattr(one, "offered") else []
        told[one.name] = offered[0][0] if offered else "事实不清"
    return told


def test_an_order_needs_an_item_in_force_a_code_that_checks_and_a_day_to_come(office: Office) -> None:
    for wrong in ({"item": "M01"}, {"until": day(-1)}, {"firm": "91330402MA2B000000"}):
        with pytest.raises(Exception, match=r"选项|期限|代码|校验"):
            office.ordered(**wrong)
    assert not Case.objects.filter(procedure=ORDER).exists()


def test_the_body_complained_of_neither_gets_the_report_nor_reads_who_made_it(office: Office) -> None:
    told = {"name": "老街面馆", "visited_on": day(-1), "body": "zhzf", "scanned": "no", "what": "来了两个人"}
    opened = doors.open_case(UNSCANNED, "report", ANONYMOUS, {**told, "place": INSIDE})
    case = Case.objects.get(pk=opened.case_id)
    assert case.confidential
    assert not case.public
    assert case.office_id is not None
    Seat.objects.filter(code="T-A.zhzf").update(code="330402000000-zhzf")
    forget()
    holder = office.holder(case)
    with pytest.raises(Refused, match="不能核查自己"):
        doors.act(case.pk, "hand_over", holder, {"office": office.officer.office_id, "reason": "归口"})
    doors.act(case.pk, "accept", holder, {})
    doors.act(case.pk, "answer", holder, {"finding": "improper", "answer": "已要求改正。"})
    reporter = grants.resolve(opened.code or "")
    assert reporter is not None
    doors.act(case.pk, "rate", reporter, {"rating": 4})
    assert UnscannedDetail.objects.get(pk=case.pk).finding == "improper"
