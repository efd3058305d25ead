"""A wrong record is put right by a later step; the earlier one stands as it was, marked beside."""

import pytest

from zhili.core.cases import doors, present
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Step
from zhili.core.cases.tests.city import SmallCity
from zhili.core.cases.tests.lead import Lead

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(small_city: SmallCity) -> Lead:
    return Lead(small_city)


def test_both_stand_and_the_earlier_is_marked(lead: Lead) -> None:
    lead.act("progress", {"note": "周五完工"})
    wrong = lead.last
    lead.act("correct", {"step": wrong.seq, "wrong": "日期写错", "right": "周六完工"})
    assert Step.objects.get(pk=wrong.pk).data == wrong.data
    for reader in (lead.town, lead.resident):
        entries = {e.seq: e for e in present.timeline(lead.case, reader)}
        assert entries[wrong.seq].corrected == [lead.last.seq]
        assert "周六完工" in [text for _, text in entries[lead.last.seq].fields]


def test_what_was_not_told_outside_is_not_corrected_outside(lead: Lead) -> None:
    lead.ask("A.zhzf")
    lead.act("correct", {"step": lead.last.seq, "wrong": "单位写错", "right": "住建局", "public": True})
    assert lead.last.data["public"] is False
    assert "住建局" not in str(present.timeline(lead.case, lead.resident))


def test_a_closed_matter_may_be_corrected_and_stays_closed(lead: Lead) -> None:
    lead.answer()
    lead.act("rate", {"rating": 5}, by=lead.resident)
    closed = lead.case.closed_at
    hotline = lead.actor("hotline")
    doors.act(lead.number, "correct", hotline, {"step": 5, "wrong": "x", "right": "y"})
    assert (lead.case.closed_at, lead.case.stage) == (closed, "closed")


def test_a_step_that_is_not_there_is_refused(lead: Lead) -> None:
    for seq in (lead.case.seq + 1, 999):
        with pytest.raises(Refused):
            lead.act("correct", {"step": seq, "wrong": "x", "right": "y"})
