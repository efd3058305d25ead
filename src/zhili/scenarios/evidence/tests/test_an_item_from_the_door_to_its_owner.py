"""A thing goes in, on a shelf, under seal, on loan, back, and to its owner once a second person has said so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from zhili.core.cases import doors
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Step
from zhili.core.people.models import Secret
from zhili.scenarios.evidence import chain
from zhili.scenarios.evidence.models import ItemDetail
from zhili.scenarios.evidence.tests.keeping import Keeping

pytestmark = pytest.mark.django_db


def test_the_whole_way(keeping: Keeping) -> None:
    case = keeping.take_in()
    assert (case.stage, case.title, case.zone) == ("received", "蓝色三轮车 1 辆", "government")
    detail = keeping.do(case, "shelve", slot="w1-101-a101")
    assert (case.stage, detail.slot.code) == ("stored", "W1-101-A101")
    keeping.do(case, "seal", seal_number="F-001", photos=[keeping.photo()])
    detail = keeping.lend(case)
    assert (case.stage, detail.sealed, detail.borrower_id) == (
        "lent",
        True,
        keeping.city.offices["A.town"].pk,
    )
    detail = keeping.do(case, "give_back", condition="same", seal="intact", slot="W1-101-B203")
    assert (case.stage, detail.slot.code, detail.borrower_id, detail.until) == (
        "sealed",
        "W1-101-B203",
        None,
        None,
    )
    keeping.approved(case, "return")
    keeping.hand_out(case)
    assert case.stage == "returned"
    assert ItemDetail.objects.get(pk=case.pk).slot is None
    where = [one.where for one in chain.of(case, keeping.custodian)]
    assert where[1].endswith("W1-101-A101")
    assert where[3].startswith("借在")
    assert where[-1] == "已离库"


def test_the_owners_name_stands_in_no_step(keeping: Keeping) -> None:
    case = keeping.on_the_shelf()
    keeping.approved(case, "return")
    keeping.hand_out(case)
    assert "王小明" not in str(list(Step.objects.filter(case=case).values_list("data", flat=True)))
    assert Secret.objects.count()


def test_whoever_proposes_may_not_approve(keeping: Keeping) -> None:
    case = keeping.on_the_shelf()
    both = keeping.city.actor("A.zhzf", "handler", "leader")
    keeping.do(case, "propose", by=both, disposal="destroy", reason="过期食品")
    with pytest.raises(Refused) as refused:
        keeping.do(case, "approve", by=both)
    assert refused.value.code == "second_person"
    keeping.do(case, "approve", by=keeping.leader)
    assert case.stage == "approved"


def test_only_what_was_approved_is_carried_out(keeping: Keeping) -> None:
    case = keeping.on_the_shelf()
    keeping.approved(case, "return")
    with pytest.raises(Refused) as refused:
        keeping.do(case, "dispose", result="已销毁", second="李四")
    assert refused.value.code == "not_approved"


def test_a_loan_ends_when_it_was_agreed(keeping: Keeping) -> None:
    case = keeping.on_the_shelf()
    keeping.lend(case, days=3)
    assert timezone.localdate(case.due_at - timedelta(seconds=1)) == timezone.localdate() + timedelta(days=3)
    with pytest.raises(Refused) as refused:
        keeping.do(case, "renew", until=str(timezone.localdate() + timedelta(days=400)), reason="还没检完")
    assert refused.value.code == "too_long"


def test_a_slot_of_another_office_is_none(keeping: Keeping) -> None:
    case = keeping.take_in()
    with pytest.raises(Refused) as refused:
        keeping.do(case, "shelve", slot="X9-1-A101")
    assert refused.value.code == "no_slot"


def test_what_is_preserved_must_be_decided_on_in_seven_working_days(keeping: Keeping) -> None:
    kept = keeping.on_the_shelf(ground="preserved")
    clock = kept.clocks.get(name="preserved")
    assert clock.running
    assert "第五十六条" in clock.why or "行政处罚法" in clock.why
    keeping.do(kept, "change_ground", ground="seized", document="嘉综执扣〔2026〕3号", reason="转为扣押")
    assert not kept.clocks.get(name="preserved").running
    assert not keeping.take_in().clocks.filter(name="preserved").exists()


def test_another_office_keeps_it_from_now_on(keeping: Keeping) -> None:
    case = keeping.on_the_shelf()
    there = keeping.city.offices["A.town"]
    detail = keeping.do(case, "entrust", office=there.pk, reason="移交中心库房")
    assert (case.office_id, case.stage, detail.slot_id) == (there.pk, "received", None)
    doors.act(case.pk, "note", keeping.other, {"note": "已收到"})
