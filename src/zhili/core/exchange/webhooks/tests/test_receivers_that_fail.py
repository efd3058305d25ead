"""Receivers that refuse, are slow, are away, move or go for good: nobody else waits, nothing is lost unseen."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from zhili.core.cases.tests.city import SmallCity
from zhili.core.exchange.models import Delivery, DeliveryState, Subscription
from zhili.core.exchange.webhooks import patience, posting, recording, replaying, sending, taking
from zhili.core.exchange.webhooks.tests.conftest import Subscribe
from zhili.core.exchange.webhooks.tests.receiving import Got, Receiver, Reply, running, says
from zhili.core.exchange.webhooks.tests.telling_a_matter import accept, opened, told
from zhili.core.people.actors import Actor

pytestmark = pytest.mark.sql


def sooner() -> None:
    """As if the waits were over."""
    now = timezone.now() - timedelta(seconds=1)
    Delivery.objects.filter(next_at__isnull=False).update(next_at=now)
    Subscription.objects.update(next_at=None)


def go() -> int:
    return sending.deliver_due(linger=0)


def states(rows: Iterable[Delivery]) -> list[str]:
    return [row.state for row in rows]


def test_an_event_that_is_refused_ten_times_is_a_dead_letter_and_holds_up_only_its_own_matter(
    small_city: SmallCity, subscribe: Subscribe, receiver: Receiver, admin: Actor
) -> None:
    row = subscribe()
    bad, good = opened(small_city), opened(small_city)
    accept(small_city, bad)
    told()

    def answer(got: Got) -> Reply:
        if got.events()[0]["subject"] == bad.number:
            return 422, {}, "电话13812345678 不要\x00".encode()
        return 204, {}, b""

    receiver.answer = answer
    go()
    assert {event["subject"] for event in receiver.events} == {bad.number, good.number}
    first, second = Delivery.objects.filter(lane=bad.pk).order_by("id")
    assert (first.state, first.attempts, first.status, second.attempts) == ("waiting", 1, 422, 0)
    assert first.next_at is not None
    assert first.next_at > timezone.now()
    assert "13812345678" not in first.error + first.answer, "what a stranger answers is masked"
    row.refresh_from_db()
    assert (row.failures, row.next_at) == (0, None), "the event is at fault, not the receiver"
    for _try in range(patience.TRIES - 1):
        sooner()
        go()
    first.refresh_from_db()
    assert (first.state, first.attempts) == (DeliveryState.DEAD, patience.TRIES)
    receiver.answer = says(200, b"thanks")
    sooner()
    assert go() == 1, "the step after it goes on"
    # sent again by hand: the same event id, told apart by its sequence
    before = [event["id"] for event in receiver.events]
    assert replaying.replay(row, admin, one=first.pk) == 1
    assert replaying.replay(row, admin) == 0
    assert go() == 1
    again = receiver.events[-1]
    assert again["id"] == str(first.event_id)
    assert before.count(again["id"]) == patience.TRIES
    assert again["sequence"] < receiver.events[-2]["sequence"]
    first.refresh_from_db()
    assert (first.state, first.answer, first.error) == (DeliveryState.SENT, "thanks", "")


def test_a_receiver_that_is_away_is_left_alone_and_then_catches_up(
    small_city: SmallCity, subscribe: Subscribe, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = subscribe()
    for _number in range(6):
        opened(small_city)
    told()
    receiver.drop = True
    begun = timezone.now()
    for _turn in range(patience.SINGLY):
        go()
        Delivery.objects.filter(next_at__gt=timezone.now()).update(next_at=timezone.now())
    row.refresh_from_db()
    assert row.failures >= patience.SINGLY
    assert row.failing_since >= begun
    assert row.next_at > timezone.now()
    asked = len(receiver.got)
    assert go() == 0
    assert len(receiver.got) == asked, "left alone meanwhile"
    receiver.drop = False
    Subscription.objects.update(next_at=None)
    assert go() == 6, "what waited because of it waits no longer"
    row.refresh_from_db()
    assert (row.failures, row.failing_since, row.error) == (0, None, "")
    # away for more than a day: what waits so long is given up, visibly
    receiver.drop = True
    opened(small_city)
    told(0)
    late = timezone.now() - timedelta(hours=25)
    Delivery.objects.filter(state="waiting").update(made_at=late)
    Subscription.objects.update(failing_since=late, failures=5)
    go()
    assert states(Delivery.objects.exclude(state="sent")) == [DeliveryState.DEAD]


def test_being_told_to_wait_is_obeyed_and_is_no_failure_of_the_event(
    small_city: SmallCity, subscribe: Subscribe, receiver: Receiver
) -> None:
    row = subscribe()
    opened(small_city)
    told()
    receiver.answer = says(429, Retry_After="90")
    go()
    row.refresh_from_db()
    assert timedelta(seconds=80) < row.next_at - timezone.now() <= timedelta(seconds=90)
    assert Delivery.objects.get().attempts == 0
    at = timezone.now()
    text = (at + timedelta(hours=2)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert 7190 < patience.retry_after(text, at) <= 7200
    assert patience.retry_after("soon", at) == 0
    assert patience.of_receiver(1, 1e9) == patience.ASKED_MOST


def test_410_ends_it_and_a_redirect_is_not_followed(
    small_city: SmallCity, subscribe: Subscribe, receiver: Receiver, admin: Actor
) -> None:
    with running() as other:
        gone, moved = subscribe(), subscribe(url=other.url)
        opened(small_city), opened(small_city)
        told()
        receiver.answer = says(410)
        other.answer = says(308, Location="http://127.0.0.1:1/inside")
        go()
        gone.refresh_from_db(), moved.refresh_from_db()
        assert gone.gone_at is not None
        assert states(gone.deliveries.all()) == [DeliveryState.DEAD] * 2
        assert "redirect" in moved.error
        assert states(moved.deliveries.all()) == ["waiting"] * 2
        sooner()
        asked = len(receiver.got)
        go()
        assert len(receiver.got) == asked, "never asked again"
        assert gone.deliveries.count() == 2
        opened(small_city)
        told()
        assert gone.deliveries.count() == 2, "what happens is not kept for it"
        with pytest.raises(ValueError, match="停着"):
            replaying.replay(gone, admin)


def test_a_hanging_receiver_keeps_nobody_waiting(
    small_city: SmallCity, subscribe: Subscribe, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "WHOLE", 2.5)
    monkeypatch.setattr(patience, "SINGLY", 1)
    with running() as slow:
        stuck, well = subscribe(url=slow.url), subscribe()
        for _number in range(5):
            opened(small_city)
        told()

        def hang(got: Got) -> Reply:
            time.sleep(3)
            return 204, {}, b""

        slow.answer = hang
        begun = time.monotonic()
        go()
        assert states(well.deliveries.all()) == ["sent"] * 5
        assert max(one.at for one in receiver.got) - begun < 2.4, "before the other's time was up"
        stuck.refresh_from_db()
        assert "no answer" in stuck.error
        assert stuck.failures == len(slow.got) == 1, "tried with one, then left alone"


def test_killed_between_sending_and_writing_it_is_sent_again_under_the_same_id(
    small_city: SmallCity, subscribe: Subscribe, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe()
    opened(small_city)
    told()

    class Killed(BaseException):
        pass

    def die(_outcomes: Any) -> int:
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(recording, "record", lambda outcomes: die(outcomes) if outcomes else 0)
        with pytest.raises(Killed):
            go()
    assert go() == 0, "while its claim lasts nobody else sends it"
    Delivery.objects.update(next_at=timezone.now() - taking.CLAIM)
    assert go() == 1
    first, second = receiver.events
    assert first == second, "the receiver sees that it is the same"
    one, two = (got.headers["Signature-Input"] for got in receiver.got)
    assert one != two, "signed anew"


def test_batches_and_the_ceiling_of_a_minute(
    small_city: SmallCity, subscribe: Subscribe, receiver: Receiver
) -> None:
    many, few = subscribe(mode="batch"), subscribe(per_minute=12)
    few.allowed_rate = 6
    few.save()
    cases = [opened(small_city) for _number in range(5)]
    for case in cases:
        accept(small_city, case)
    told()
    go()
    assert states(many.deliveries.all()) == ["sent"] * 10
    batches = [one.events() for one in receiver.got if "batch" in one.headers["Content-Type"]]
    assert [len(one) for one in batches] == [10], "one request"
    for case in cases:
        actions = [event["data"]["action"] for event in batches[0] if event["subject"] == case.number]
        assert actions == ["report", "accept"], "each matter in its order"
    assert states(few.deliveries.order_by("state")).count("sent") == 1, "a sixth of six at once"
    # what fails in a batch goes alone the next time
    Delivery.objects.filter(subscription=many).update(state="waiting", attempts=1, next_at=timezone.now())
    receiver.got.clear()
    go()
    assert {len(one.events()) for one in receiver.got} == {1}
    # never more than the rate in any minute, however it is asked for
    for rate in (1, 2, 6, 600):
        allowance, left, sent = patience.Allowance(rate), 0.0, 0
        left = allowance.left(0, None)
        for _tenth in range(600):
            while left >= 1:
                left, sent = left - 1, sent + 1
            left = allowance.left(left, 0.1)
        assert rate / 2 <= sent <= rate
