"""督办: an office above insists, the office that has the matter reports, and is released or asked again."""

import pytest

from zhili.core.cases import doors, query
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import SmallCity
from zhili.core.cases.tests.lead import Lead

pytestmark = pytest.mark.django_db
ORDER = {"ask": "三天内处理完"}


@pytest.fixture
def lead(small_city: SmallCity) -> Lead:
    return Lead(small_city)


def supervise(lead: Lead) -> Case:
    lead.act("supervise", ORDER, by=lead.actor("A"))
    return lead.children[-1]


def test_reported_asked_again_and_released(lead: Lead) -> None:
    county = lead.actor("A")
    child = supervise(lead)
    assert (child.office_id, child.stage) == (lead.town.office_id, "insisted")
    assert child.due_at is not None
    doors.act(child.pk, "report", lead.town, {"report": "正在办"})
    assert [c.pk for c in query.inbox(county)] == [child.pk]
    doors.act(child.pk, "insist", county, {"ask": "抓紧"})
    assert child.pk in {c.pk for c in query.inbox(lead.town)}
    doors.act(child.pk, "report", lead.town, {"report": "办完了"})
    doors.act(child.pk, "release", county, {})
    assert lead.last.action == "returned"
    assert (lead.last.data["stage"], lead.last.data["outcome"]) == ("已销号", "closed")
    assert lead.case.stage == "handling"


def test_only_an_office_above_or_a_commander_may(lead: Lead) -> None:
    for who in (lead.town, lead.actor("A.village"), lead.actor("A.zhzf"), lead.actor("B.town")):
        with pytest.raises(Refused):
            lead.act("supervise", ORDER, by=who)
    lead.act("supervise", ORDER, by=lead.actor("city", "commander"))


def test_one_at_a_time_for_each_office(lead: Lead) -> None:
    supervise(lead)
    with pytest.raises(Refused) as refused:
        supervise(lead)
    assert refused.value.code == "supervised"
    lead.act("supervise", ORDER, by=lead.actor("city"))


def test_it_follows_the_matter_to_another_office(lead: Lead) -> None:
    child = supervise(lead)
    zhzf = lead.city.offices["A.zhzf"]
    lead.act("hand_over", {"office": zhzf.pk, "reason": "归口"})
    child.refresh_from_db()
    assert child.office_id == zhzf.pk
    doors.act(child.pk, "report", lead.actor("A.zhzf"), {"report": "接手了"})


def test_it_ends_with_the_matter(lead: Lead) -> None:
    child = supervise(lead)
    lead.act("withdraw", by=lead.resident)
    child.refresh_from_db()
    assert child.stage == "lifted"
