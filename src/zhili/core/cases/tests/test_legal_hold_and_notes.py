"""What a hold protects is not erased; what is noted inside is not told outside."""

import pytest

from zhili.core.cases import holds, present
from zhili.core.cases.errors import Refused
from zhili.core.cases.tests.city import SmallCity
from zhili.core.cases.tests.lead import Lead

pytestmark = pytest.mark.django_db
GROUND = {"ground": "法院（2026）浙0402行初1号"}


@pytest.fixture
def lead(small_city: SmallCity) -> Lead:
    return Lead(small_city)


def test_a_hold_covers_the_matter_and_its_family(lead: Lead) -> None:
    (child,) = lead.ask("A.zhzf")
    other = Lead(lead.city, "居民乙")
    ids = [lead.case.pk, child.pk, other.case.pk]
    assert holds.held(ids) == set()
    lead.act("hold", GROUND)
    assert lead.case.held
    assert holds.held(ids) == {lead.case.pk, child.pk}
    other.act("merge_into", {"lead": lead.number, "reason": "同一处"})
    assert holds.held(ids) == set(ids)
    lead.act("release_hold", {"ground": "判决已生效"})
    assert holds.held(ids) == set()


def test_a_hold_on_a_child_keeps_its_parent_too(lead: Lead) -> None:
    from zhili.core.cases import doors

    (child,) = lead.ask("A.zhzf")
    doors.act(child.pk, "hold", lead.actor("A.zhzf", "leader"), GROUND)
    assert holds.held([lead.case.pk]) == {lead.case.pk}


def test_twice_or_without_need_is_refused(lead: Lead) -> None:
    with pytest.raises(Refused):
        lead.act("release_hold", GROUND)
    lead.act("hold", GROUND)
    with pytest.raises(Refused):
        lead.act("hold", GROUND)


def test_notes_and_holds_are_not_told_outside(lead: Lead) -> None:
    before = len(present.timeline(lead.case, lead.resident))
    lead.act("note", {"note": "当事人情绪激动"})
    lead.act("hold", GROUND)
    assert len(present.timeline(lead.case, lead.resident)) == before
    inside = str(present.timeline(lead.case, lead.town))
    assert "当事人情绪激动" in inside
    assert "浙0402行初1号" in inside


def test_a_note_changes_nothing_else(lead: Lead) -> None:
    before = lead.case
    lead.act("note", {"note": "x"}, by=lead.actor("A"))
    after = lead.case
    assert (after.stage, after.office_id, after.party, after.due_at) == (
        before.stage,
        before.office_id,
        before.party,
        before.due_at,
    )
