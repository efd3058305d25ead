"""延期: asked by the office, approved by its leader within a parameter; the reporter reads the new end and why."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from zhili.core.cases import doors, present, sweeping
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, Clock
from zhili.core.cases.tests.city import SmallCity
from zhili.core.cases.tests.lead import Lead
from zhili.core.params import set_value
from zhili.core.people.actors import Actor

pytestmark = pytest.mark.django_db
WANTED = {"days": 3, "reason": "配件要从外地调"}


@pytest.fixture
def lead(small_city: SmallCity) -> Lead:
    return Lead(small_city)


def ask(lead: Lead, **more: object) -> Case:
    lead.act("ask_extension", WANTED | more)
    return lead.children[-1]


def second(lead: Lead) -> Actor:
    """Another leader of the office that asks."""
    return lead.actor("A.town", "leader")


def due(lead: Lead, name: str) -> Clock:
    return Clock.objects.get(case=lead.case, name=name)


def test_approved_the_clocks_run_longer_and_the_reporter_reads_it(lead: Lead) -> None:
    before = {name: due(lead, name) for name in ("stage", "overall")}
    child = ask(lead)
    assert due(lead, "stage").due_at == before["stage"].due_at
    doors.act(child.pk, "approve", second(lead), {"reason": "配件采购需要时间"})
    stage, overall = due(lead, "stage"), due(lead, "overall")
    assert stage.state["extensions"][0][:2] == ["3wd", child.number]
    assert overall.due_at > before["overall"].due_at
    assert stage.due_at > before["stage"].due_at
    assert lead.case.due_at == stage.due_at
    assert datetime.fromisoformat(lead.last.data["until"]) == overall.due_at
    assert any(f"已批准延长3 个工作日（{child.number}）" in d.why for d in present.deadlines(lead.case))
    entry = present.timeline(lead.case, lead.resident)[-1]
    texts = [text for _, text in entry.fields]
    assert "配件采购需要时间" in texts
    assert any("月" in text for text in texts)
    assert "配件要从外地调" not in str(present.timeline(lead.case, lead.resident))


def test_fewer_days_may_be_approved_but_not_more(lead: Lead) -> None:
    child = ask(lead)
    with pytest.raises(Refused):
        doors.act(child.pk, "approve", second(lead), {"days": 4, "reason": "x"})
    doors.act(child.pk, "approve", second(lead), {"days": 2, "reason": "x"})
    assert due(lead, "stage").state["extensions"][0][0] == "2wd"


def test_refused_nothing_changes_and_the_reporter_is_not_told_why(lead: Lead) -> None:
    before = due(lead, "stage").due_at
    child = ask(lead)
    doors.act(child.pk, "refuse", lead.town, {"reason": "抓紧办"})
    assert due(lead, "stage").due_at == before
    assert lead.last.data["outcome"] == "refused"
    assert "抓紧办" not in str(present.timeline(lead.case, lead.resident))


def test_undecided_in_time_it_is_refused_by_the_clock(lead: Lead) -> None:
    child = ask(lead)
    clock = Clock.objects.get(case=child, name="stage")
    sweeping.fire(child.pk, clock.pk, clock.next_fire_at + timedelta(seconds=1))
    child.refresh_from_db()
    assert child.stage == "refused"
    assert lead.last.action == "returned"


def test_only_the_leader_decides(lead: Lead) -> None:
    child = ask(lead)
    with pytest.raises(Refused):
        doors.act(child.pk, "approve", lead.actor("A.town", "handler"), {"reason": "x"})


def test_nobody_approves_what_they_asked_for_themselves(lead: Lead) -> None:
    """The town's leader asked; whoever leads beside them decides, or the office above."""
    child = ask(lead)
    with pytest.raises(Refused) as refused:
        doors.act(child.pk, "approve", lead.town, {"reason": "x"})
    assert refused.value.code == "second_person"
    assert "approve" not in [one.name for one in present.actions_for(child, lead.town)]
    doors.act(child.pk, "approve", lead.actor("A", "leader"), {"reason": "x"})
    child.refresh_from_db()
    assert child.stage == "approved"


def test_too_long_twice_or_too_late_is_refused_in_words(lead: Lead) -> None:
    with pytest.raises(Refused) as refused:
        ask(lead, days=11)
    assert refused.value.code == "too_long"
    child = ask(lead)
    with pytest.raises(Refused) as refused:
        ask(lead)
    assert refused.value.code == "extension_open"
    doors.act(child.pk, "approve", second(lead), {"reason": "x"})
    with pytest.raises(Refused) as refused:
        ask(lead)
    assert refused.value.code == "extended_enough"
    set_value("referrals.extensions", "2", timezone.localdate())
    Clock.objects.filter(case=lead.case, name="stage").update(due_at=timezone.now() - timedelta(days=1))
    with pytest.raises(Refused) as refused:
        ask(lead)
    assert refused.value.code == "too_late"


def test_answered_meanwhile_there_is_nothing_left_to_extend(lead: Lead) -> None:
    child = ask(lead)
    lead.answer()
    with pytest.raises(Refused) as refused:
        doors.act(child.pk, "approve", second(lead), {"reason": "x"})
    assert refused.value.code == "nothing_runs"
