"""What the other side will never take is told to its case, and holds nothing else up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from zhili.base.exchange import wire
from zhili.core.exchange.models import Link, Outgoing
from zhili.core.exchange.sites import applying, delivering
from zhili.core.exchange.sites.tests.sending.peer import Peer
from zhili.core.exchange.sites.tests.sending.saying import hand_over, progress

pytestmark = pytest.mark.django_db
Links = Callable[..., Link]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str]]:
    """What the cases are told: kind, code, field."""
    found: list[tuple[str, str, str]] = []

    def not_taken(row: Outgoing, error: wire.WireError) -> None:
        found.append((row.kind, error.code, error.field))

    monkeypatch.setattr(applying, "not_taken", not_taken)
    return found


def test_a_matter_is_back_with_the_field_at_fault_and_its_other_messages_fall(
    peer: Peer, link: Links, told: list[Any]
) -> None:
    one, two = link(), link()
    hand_over(one), hand_over(two), progress(one)
    wrong = wire.WireError("mapping", "no such category", "body.category")
    peer.wants = lambda message: wrong if message.stream == one.stream else None
    delivering.deliver_due(apart=False)
    assert told == [("hand_over", "mapping", "body.category")]
    row = Outgoing.objects.get(link=one, kind="hand_over")
    assert (row.state, row.answer["field"]) == ("refused", "body.category")
    assert not Outgoing.objects.filter(link=one).exclude(state="refused").exists()
    assert peer.kinds(two.stream) == ["hand_over"]


def test_one_word_of_many_is_refused_and_those_behind_it_arrive(
    peer: Peer, link: Links, told: list[Any]
) -> None:
    one = link()
    hand_over(one)
    progress(one, "第一句"), progress(one, "第二句"), progress(one, "第三句")
    closed = wire.WireError("wrong_stage", "closed here")
    peer.wants = lambda message: closed if message.body.get("words") == "第二句" else None
    assert delivering.deliver_due(apart=False) == 4
    assert [m.body.get("words") for m in peer.taken[one.stream]] == [None, "第一句", "第三句"]
    assert told == [("progress", "wrong_stage", "")]
    # even when the other side has forgotten what it refused: what waits is numbered anew
    progress(one, "第二句")
    delivering.deliver_due(apart=False)
    peer.judged.clear()
    progress(one, "第四句")
    assert delivering.deliver_due(apart=False) == 1
    assert [m.seq for m in peer.taken[one.stream]] == [1, 2, 4, 5]


def test_what_may_pass_waits_with_its_stream_and_lets_the_others_go(
    peer: Peer, link: Links, told: list[Any], clock: Any
) -> None:
    one, two, three = link(), link(), link()
    hand_over(one), progress(one), hand_over(two), hand_over(three)
    away = wire.WireError("unavailable")
    differs = wire.WireError("agreement_differs")
    peer.wants = lambda message: {one.stream: away, three.stream: differs}.get(message.stream)
    assert delivering.deliver_due(apart=False) == 1
    assert (peer.kinds(two.stream), told) == (["hand_over"], [])
    clock(timedelta(seconds=3))
    peer.wants = lambda message: {three.stream: differs}.get(message.stream)
    assert delivering.deliver_due(apart=False) == 2
    assert peer.kinds(one.stream) == ["hand_over", "progress"]
    # the other edition of the agreement does not come: the matter is back after a day
    clock(timedelta(days=1))
    delivering.deliver_due(apart=False)
    assert told == [("hand_over", "agreement_differs", "")]


def test_a_message_that_spoils_a_delivery_is_found_and_the_others_arrive(
    peer: Peer, link: Links, told: list[Any]
) -> None:
    """Another implementation may refuse a whole delivery for one message of it."""
    there = [link() for _ in range(9)]
    for one in there:
        hand_over(one)

    def whole(handler: Any, delivery: wire.Delivery) -> bool:
        if any(m.stream == there[4].stream for m in delivery.messages):
            error = wire.WireError("malformed", "what is that", "messages[4].body")
            handler.refuse(error, handler.request_signed(handler.sent))
            return True
        return False

    peer.before = whole
    assert delivering.deliver_due(apart=False) == 9
    assert told == [("hand_over", "malformed", "messages[4].body")]
    assert len(peer.taken) == 8


def test_what_no_delivery_has_room_for_is_refused_here(peer: Peer, link: Links, told: list[Any]) -> None:
    one, two = link(), link()
    progress(one, "长" * 2_000_000)
    progress(two)
    delivering.deliver_due(apart=False)
    assert told == [("progress", "too_large", "")]
    assert peer.kinds(two.stream) == ["progress"]
