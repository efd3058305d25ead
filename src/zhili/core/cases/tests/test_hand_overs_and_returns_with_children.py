"""Hand-over, refusal and the third return go on working while other offices are at it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from zhili.core.cases import doors, merging, query, sweeping
from zhili.core.cases.models import Case, Step
from zhili.core.cases.tests.city import SmallCity
from zhili.core.cases.tests.lead import Lead
from zhili.core.streams.testing import deliver

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(small_city: SmallCity) -> Lead:
    return Lead(small_city)


def test_the_third_return_goes_to_the_arbiter_with_its_children_open(lead: Lead) -> None:
    (child,) = lead.ask("B.town")
    zhzf, town = lead.city.offices["A.zhzf"], lead.city.offices["A.town"]
    handler = lead.actor("A.zhzf")
    lead.act("hand_over", {"office": zhzf.pk, "reason": "归口"})
    lead.act("send_back", {"reason": "不归我们"}, by=handler)
    lead.act("hand_over", {"office": zhzf.pk, "reason": "还是归口"})
    lead.act("send_back", {"reason": "不归我们"}, by=handler)
    lead.act("hand_over", {"office": zhzf.pk, "reason": "请再看"})
    lead.act("send_back", {"reason": "不归我们"}, by=handler)
    arbiter = lead.actor("arbiter")
    assert (lead.case.office_id, lead.case.returns) == (arbiter.office_id, 3)
    assert query.sees(arbiter, child)
    doors.act(child.pk, "reply", lead.actor("B.town"), {"result": "好了"})
    assert lead.last.action == "returned"
    assert lead.case.office_id == arbiter.office_id
    lead.act("hand_over", {"office": town.pk, "reason": "裁定"}, by=arbiter)
    assert lead.case.office_id == town.pk


def test_an_office_that_decides_of_a_merged_one_ends_the_clock_of_both(lead: Lead) -> None:
    twin = Lead(lead.city, "居民乙")
    for _ in range(6):
        sweeping.sweep(now=timezone.now() + timedelta(days=40))
    twin.act("merge_into", {"lead": lead.number, "reason": "同一处"})
    lead.answer()
    deliver(merging.Merging())
    assert twin.last.action == "answered_with_lead"
    assert twin.last.late, "merged when it was late already: answered it is late still"


def test_a_child_returned_leaves_the_time_of_closing_as_it_was(lead: Lead) -> None:
    lead.act("split_off", {"what": "另有违建", "category": "204003"})
    (part,) = lead.children
    lead.answer()
    lead.act("rate", {"rating": 5}, by=lead.resident)
    closed = lead.case.closed_at
    zhzf = lead.actor("A.zhzf")
    doors.act(part.pk, "accept", zhzf)
    doors.act(part.pk, "draft", zhzf, {"answer": "拟"})
    doors.act(part.pk, "issue", zhzf, {"answer": "已拆"})
    assert lead.last.action == "returned"
    assert (lead.case.closed_at, lead.case.stage, lead.case.due_at) == (closed, "closed", None)
    assert Step.objects.filter(case=lead.case, to_stage="closed").exclude(from_stage="closed").count() == 1


def test_an_action_that_stays_leaves_whoever_is_waited_for(lead: Lead) -> None:
    lead.act("ask_reporter", {"reason": "请补充"})
    before = lead.case
    assert before.party == "reporter"
    lead.act("note", {"note": "已打电话"})
    lead.act("correct", {"step": 1, "wrong": "x", "right": "y"})
    after = Case.objects.get(pk=before.pk)
    assert (after.party, after.office_id, after.due_at) == ("reporter", before.office_id, before.due_at)
