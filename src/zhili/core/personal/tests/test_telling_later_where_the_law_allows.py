"""A delay hides an opening from its person for a while, on a ground, with an end; then it is shown with its reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import SmallCity
from zhili.core.notices.models import Notice
from zhili.core.people.actors import Actor, of_account
from zhili.core.people.models import Account, Deputy
from zhili.core.personal import delaying, looked, mine, telling
from zhili.core.personal.models import Delay
from zhili.core.personal.telling import Openings
from zhili.core.personal.tests.scene import Later, opens, report
from zhili.core.streams.testing import deliver
from zhili.core.trail.models import Leaf

WHY = "告知会使涉案人转移证据"


class Matter:
    """A confidential matter of the department, its reporter, its leaders."""

    def __init__(self, city: SmallCity) -> None:
        self.city = city
        self.resident = city.resident()
        self.case, _code = report(city, self.resident)
        Case.objects.filter(pk=self.case.pk).update(confidential=True)
        self.case.refresh_from_db()
        self.leader = city.actor("A.zhzf", "leader")
        self.handler = city.actor("A.zhzf", "handler")

    def seen(self) -> list[looked.Look]:
        return looked.page(self.resident, mine.held(self.resident)).looks

    def delay(self, days: int = 30) -> Delay:
        return delaying.begin(self.case, "duty", WHY, timezone.now() + timedelta(days=days), self.leader)

    def looked_at(self) -> None:
        opens(self.case, self.city.actor("A.zhzf", "handler", "leader", name="opener"))


@pytest.fixture
def matter(small_city: SmallCity) -> Matter:
    return Matter(small_city)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    return Later(monkeypatch)


def test_hidden_until_its_end_and_shown_then_with_the_reason(matter: Matter, later: Later) -> None:
    matter.delay(days=30)
    later.by(hours=1)
    matter.looked_at()
    assert matter.seen() == []
    later.by(days=29)
    assert matter.seen() == []
    later.by(days=1)
    (one,) = matter.seen()
    assert one.late is not None
    assert (one.late.reason, one.late.article) == (WHY, "个人信息保护法第三十五条")
    assert "南湖区综合行政执法局" in one.late.agreed


def test_what_was_opened_before_is_not_hidden_afterwards(matter: Matter, later: Later) -> None:
    matter.looked_at()
    later.by(minutes=1)
    matter.delay()
    assert len(matter.seen()) == 1
    assert matter.seen()[0].late is None


def test_only_an_investigation_may_be_delayed(matter: Matter) -> None:
    Case.objects.filter(pk=matter.case.pk).update(confidential=False)
    matter.case.refresh_from_db()
    assert not delaying.eligible(matter.case)
    with pytest.raises(Refused, match="保密事项"):
        matter.delay()


def test_a_leader_agrees_on_a_ground_of_the_law_for_no_longer_than_allowed(matter: Matter) -> None:
    soon = timezone.now() + timedelta(days=10)
    with pytest.raises(Refused, match="审签人"):
        delaying.begin(matter.case, "duty", WHY, soon, matter.handler)
    with pytest.raises(Refused, match="法律依据"):
        delaying.begin(matter.case, "because", WHY, soon, matter.leader)
    with pytest.raises(Refused, match="理由"):
        delaying.begin(matter.case, "duty", " ", soon, matter.leader)
    with pytest.raises(Refused, match="90"):
        matter.delay(days=91)
    assert not Delay.objects.exists()


def test_an_extension_needs_another_person(matter: Matter, later: Later) -> None:
    matter.delay(days=30)
    later.by(hours=1)
    matter.looked_at()
    until = timezone.now() + timedelta(days=60)
    delaying.ask_longer(matter.case, "还在取证", until, matter.leader)
    with pytest.raises(Refused, match="两个人"):
        delaying.decide(matter.case, True, matter.leader)
    with pytest.raises(Refused, match="审签人"):
        delaying.decide(matter.case, True, matter.handler)
    delaying.decide(matter.case, True, _second(matter))
    later.by(days=31)
    assert matter.seen() == []
    later.by(days=30)
    assert len(matter.seen()) == 1


def _second(matter: Matter) -> Actor:
    """Another leader, in a post of their own."""
    return matter.city.actor("A.zhzf", "leader", "admin", name="second")


def test_neither_another_post_nor_a_deputy_makes_two_of_one(matter: Matter) -> None:
    matter.delay()
    asker = matter.city.account_of(matter.leader)
    delaying.ask_longer(matter.case, "还在取证", timezone.now() + timedelta(days=40), matter.leader)
    other = Account.objects.create(username="stand-in", kind="staff")
    today = timezone.localdate()
    Deputy.objects.create(
        post_id=matter.leader.id, account=other, valid_from=today, valid_to=today + timedelta(days=9)
    )
    through_a_deputy = of_account(other, matter.leader.id)
    with pytest.raises(Refused, match="代理"):
        delaying.decide(matter.case, True, through_a_deputy)
    second = _second(matter)
    Deputy.objects.create(
        post_id=second.id, account=asker, valid_from=today, valid_to=today + timedelta(days=9)
    )
    with pytest.raises(Refused, match="两个人"):
        delaying.decide(matter.case, True, of_account(asker, second.id))


def test_an_extension_that_comes_too_late_hides_nothing_again(matter: Matter, later: Later) -> None:
    matter.delay(days=5)
    later.by(hours=1)
    matter.looked_at()
    delaying.ask_longer(matter.case, "还在取证", timezone.now() + timedelta(days=60), matter.leader)
    later.by(days=6)
    assert len(matter.seen()) == 1
    with pytest.raises(Refused, match="已经结束"):
        delaying.decide(matter.case, True, _second(matter))


def test_nothing_stays_hidden_for_ever(matter: Matter, later: Later) -> None:
    """Whatever somebody writes into the table: the longest time runs from the opening itself."""
    matter.delay(days=30)
    later.by(hours=1)
    matter.looked_at()
    Delay.objects.update(until=timezone.now() + timedelta(days=36_500))
    assert matter.seen() == []
    later.by(days=365)
    assert len(matter.seen()) == 1


def test_a_delay_ended_early_is_told_at_once(matter: Matter, later: Later) -> None:
    matter.delay()
    later.by(hours=1)
    matter.looked_at()
    later.by(hours=1)
    assert delaying.end(matter.case, _second(matter)) == 1
    assert len(matter.seen()) == 1


def test_no_message_during_the_delay_and_one_when_it_is_over(matter: Matter, later: Later) -> None:
    matter.delay(days=30)
    later.by(hours=1)
    matter.looked_at()
    deliver(Openings())
    assert telling.tell_ended() == 0
    assert not Notice.objects.filter(kind__startswith="personal.").exists()
    later.by(days=31)
    assert telling.tell_ended() == 1
    assert telling.tell_ended() == 0
    (told,) = Notice.objects.filter(kind="personal.delay_over")
    assert told.account_id == matter.resident.account_id
    assert "第三十五条" in told.body


def test_the_register_counts_what_is_withheld_and_what_was(matter: Matter, later: Later) -> None:
    matter.delay(days=30)
    later.by(hours=1)
    matter.looked_at()
    now = delaying.figures()
    assert (
        now["delays_in_force"],
        now["openings_withheld_now"],
        now["openings_withheld_and_told_since"],
    ) == (1, 1, 0)
    later.by(days=31)
    then = delaying.figures()
    assert (
        then["delays_in_force"],
        then["openings_withheld_now"],
        then["openings_withheld_and_told_since"],
    ) == (0, 0, 1)
    assert then["delays"] == 1


def test_each_decision_is_a_leaf_without_the_case_or_the_reason(matter: Matter) -> None:
    matter.delay()
    bodies = [bytes(leaf.body).decode() for leaf in Leaf.objects.filter(kind="record")]
    (mine_,) = [body for body in bodies if "delay_agreed" in body]
    assert "duty" in mine_
    assert WHY not in mine_
    assert matter.case.number not in mine_
