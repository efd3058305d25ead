"""A part of a report becomes a case of its own, routed by its own category; the reporter reads it on the parent."""

import pytest

from zhili.core.cases import doors, present, query
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import SmallCity
from zhili.core.cases.tests.lead import Lead

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(small_city: SmallCity) -> Lead:
    return Lead(small_city)


def split(lead: Lead) -> Case:
    lead.act("split_off", {"what": "旁边有人私搭乱建", "category": "204003"})
    return lead.children[0]


def test_the_part_is_routed_by_its_own_category(lead: Lead) -> None:
    part = split(lead)
    assert (part.procedure, part.stage, part.category) == ("citizen_reports.report", "received", "204003")
    assert part.office_id == lead.city.offices["A.zhzf"].pk
    assert part.title == "旁边有人私搭乱建"
    assert (part.lon, part.lat) == (lead.case.lon, lead.case.lat)
    assert lead.case.stage == "handling"


def test_the_reporter_follows_it_on_the_parent(lead: Lead) -> None:
    part = split(lead)
    assert not query.sees(lead.resident, part)
    zhzf = lead.actor("A.zhzf")
    doors.act(part.pk, "accept", zhzf)
    doors.act(part.pk, "draft", zhzf, {"answer": "拟"})
    doors.act(part.pk, "issue", zhzf, {"answer": "违建已拆除。"})
    assert lead.last.action == "returned"
    assert lead.last.data["outcome"] == "answered"
    entries = present.timeline(lead.case, lead.resident)
    assert "违建已拆除。" in [text for e in entries for _, text in e.fields]
    assert "旁边有人私搭乱建" in [text for e in entries for _, text in e.fields]


def test_the_parent_may_be_answered_before_its_part(lead: Lead) -> None:
    split(lead)
    lead.answer()
    assert lead.case.stage == "answered"


def test_nobody_begins_a_part_by_hand(lead: Lead) -> None:
    from zhili.core.cases.errors import Refused

    with pytest.raises(Refused):
        doors.open_case("citizen_reports.report", "split_from", lead.town, {"what": "x"})
