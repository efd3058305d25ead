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
    hand_over(one), progress(one), hand_over(two)
    peer.refuses["hand_over"] = wire.WireError("mapping", "no such category", "body.category")

    def only_the_first(handler: Any, delivery: wire.Delivery) -> bool:
        if any(m.stream == two.stream for m in delivery.messages):
            peer.refuses.pop("hand_over", None) if not any(
                m.stream == one.stream for m in delivery.messages
            ) else None
        return False

    peer.before = only_the_first
    delivering.deliver_due(apart=False)
    assert told[0] == ("hand_over", "mapping", "body.category")
    row = Outgoing.objects.get(link=one, kind="hand_over")
    assert row.state == "refused"
    assert row.answer["field"] == "body.category"
    assert not Outgoing.objects.filter(link=one).exclude(state="refused").exists()
    assert [kind for kind, _, _ in told].count("progress") == 0


def test_one_word_of_many_is_refused_and_those_behind_it_take_its_number(
    peer: Peer, link: Links, told: list[Any]
) -> None:
    one = link()
    hand_over(one)
    delivering.deliver_due(apart=False)
    progress(one, "第一句"), progress(one, "第二句"), progress(one, "第三句")
    judge = peer.judge

    def not_the_second(message: wire.Message) -> wire.Result:
        if message.body.get("words") == "第二句":
            error = wire.WireError("wrong_stage", "closed here")
            return wire.Result(message.stream, message.seq, "refused", error)
        return judge(message)

    peer.judge = not_the_second  # type: ignore[method-assign]
    assert delivering.deliver_due(apart=False) == 3
    assert [m.body.get("words") for m in peer.taken[one.stream]] == [None, "第一句", "第三句"]
    assert told == [("progress", "wrong_stage", "")]
    one.refresh_from_db()
    assert one.out_seq == 3
    assert progress(one).seq == 4


def test_what_may_pass_waits_with_its_stream_and_lets_the_others_go(
    peer: Peer, link: Links, told: list[Any], clock: Any
) -> None:
    one, two = link(), link()
    hand_over(one), progress(one), hand_over(two)
    judge = peer.judge

    def not_now(message: wire.Message) -> wire.Result:
        if message.stream == one.stream:
            return wire.Result(message.stream, message.seq, "refused", wire.WireError("unavailable"))
        return judge(message)

    peer.judge = not_now  # type: ignore[method-assign]
    assert delivering.deliver_due(apart=False) == 1
    assert (peer.kinds(two.stream), told) == (["hand_over"], [])
    peer.judge = judge  # type: ignore[method-assign]
    progress(two)
    assert delivering.deliver_due(apart=False) == 1
    clock(timedelta(seconds=3))
    assert delivering.deliver_due(apart=False) == 2
    assert peer.kinds(one.stream) == ["hand_over", "progress"]


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
