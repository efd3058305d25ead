"""Streams, order, messages and agreements (docs/protocol.md §5 to §8, §12)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from zhili.base.exchange import wire
from zhili.base.exchange.errors import WireError
from zhili.commands.conformance.asking import Said
from zhili.commands.conformance.checks import (
    Broken,
    Trial,
    check,
    of,
    refused,
    refused_whole,
    taken,
)

CONTACT = "13800138000"
"""A telephone number that is nobody's, for the one personal field the kit's agreement lists."""


@check("7.1", "a matter handed over by the agreement is accepted")
def hand_over_accepted(trial: Trial) -> None:
    message = trial.new()
    taken(trial.peer.deliver(message))
    trial.matter, trial.last = wire.matter_of(message.stream), 1
    trial.took(message)


@check("6", "the same message again is a duplicate, and nothing happens")
def duplicate_told(trial: Trial) -> None:
    message = trial.message(trial.last + 1, "progress", trial.progress(), matter=trial.going_on())
    taken(trial.peer.deliver(message))
    trial.last += 1
    taken(trial.peer.deliver(message), "duplicate")
    _received(trial, trial.last)


@check("6", "another message under a number already taken is a conflict")
def conflict_told(trial: Trial) -> None:
    matter = trial.going_on()
    other = trial.message(trial.last, "progress", trial.progress("另一内容 something else"), matter=matter)
    refused(trial.peer.deliver(other), "conflict")
    _received(trial, trial.last)


@check("6", "a message before its turn is refused with the number expected")
def out_of_order_told(trial: Trial) -> None:
    matter = trial.going_on()
    early = trial.message(trial.last + 5, "progress", trial.progress(), matter=matter)
    refused(trial.peer.deliver(early), "out_of_order", expected=trial.last + 1)
    _received(trial, trial.last)


@check("6", "the sender goes on from the number expected")
def goes_on_from_expected(trial: Trial) -> None:
    matter = trial.going_on()
    said = trial.peer.deliver(
        *(trial.message(trial.last + n, "progress", trial.progress(f"{n}"), matter=matter) for n in (1, 2))
    )
    taken(said, number=0)
    taken(said, number=1)
    trial.last += 2
    _received(trial, trial.last)


@check("6", "a number above 1 of a matter not known is out of order, expected 1")
def unknown_matter_from_the_start(trial: Trial) -> None:
    message = trial.message(3, "progress", trial.progress(), matter=str(uuid.uuid4()))
    refused(trial.peer.deliver(message), "out_of_order", expected=1)


@check("6", "an answer to a matter never handed over is an unknown stream")
def unknown_stream_told(trial: Trial) -> None:
    message = trial.message(1, "accept", {}, matter=str(uuid.uuid4()))
    refused(trial.peer.deliver(message), "unknown_stream")


@check("7", "a kind that is not ours to send is refused")
def wrong_kind_refused(trial: Trial) -> None:
    matter = trial.going_on()
    accept = trial.message(trial.last + 1, "accept", {}, matter=matter)
    refused(trial.peer.deliver(accept), "wrong_kind")
    strange = trial.message(trial.last + 1, "dance", {}, matter=matter)
    refused(trial.peer.deliver(strange), "wrong_kind")
    again = trial.message(trial.last + 1, "hand_over", trial.hand_over(), matter=matter)
    refused(trial.peer.deliver(again), "wrong_kind")
    _received(trial, trial.last)


@check("6", "a refused message does not use up its number: mended, it is taken")
def mended_is_taken(trial: Trial) -> None:
    matter = trial.going_on()
    wrong = trial.message(trial.last + 1, "progress", {**trial.progress(), "at": "soon"}, matter=matter)
    refused(trial.peer.deliver(wrong), "malformed", field="body.at")
    taken(trial.peer.deliver(trial.message(trial.last + 1, "progress", trial.progress(), matter=matter)))
    trial.last += 1


@check("6", "a message refused for good may be passed over")
def passed_over(trial: Trial) -> None:
    matter = trial.going_on()
    wrong = trial.message(trial.last + 1, "progress", {"stage": "x"}, matter=matter)
    refused(trial.peer.deliver(wrong), "malformed", field="body.words")
    taken(trial.peer.deliver(trial.message(trial.last + 2, "progress", trial.progress(), matter=matter)))
    trial.last += 2


@check("5.2", "a fault in one message refuses none beside it; the results keep their order")
def fault_is_alone(trial: Trial) -> None:
    good, bad, also = trial.new(), trial.new(title=""), trial.new()
    said = trial.peer.deliver(good, bad, also)
    for number, message in enumerate((good, bad, also)):
        if of(said, number).stream != message.stream:
            raise Broken(f"result {number} is not that of message {number}")
    taken(said, number=0)
    refused(said, "malformed", field="body.title", number=1)
    taken(said, number=2)
    trial.took(good)
    trial.took(also)


@check("7", "a value at fault is named by its path")
def value_is_named(trial: Trial) -> None:
    for changed, field in (
        ({"place": {"lon": 200, "lat": 30}}, "body.place.lon"),
        ({"place": {"lon": "121", "lat": 30}}, "body.place.lon"),
        ({"reported_at": "2026-02-30T00:00:00Z"}, "body.reported_at"),
        ({"due_days": 0}, "body.due_days"),
        ({"title": None}, "body.title"),
        ({"novelty": 1}, "body.novelty"),
        ({"files": [{"sha256": "x"}]}, "body.files[0].sha256"),
    ):
        _not_taken(trial, changed, "malformed", field=field)


@check("7.1", "a category that has no place there is a mapping error")
def mapping_named(trial: Trial) -> None:
    _not_taken(trial, {"category": "no-such-category"}, "mapping", field="body.category")


@check("7.1", "an agreement that is not known is refused")
def no_agreement_refused(trial: Trial) -> None:
    _not_taken(trial, {"agreement": "no-such-agreement"}, "no_agreement")


@check("8", "another text of the agreement is noticed")
def other_agreement_noticed(trial: Trial) -> None:
    _not_taken(trial, {"agreement_digest": "0" * 64}, "agreement_differs")


@check("7.1", "a field that is not agreed is refused by name")
def other_field_refused(trial: Trial) -> None:
    given = dict(trial.peer.kit.matter.get("fields") or {})
    _not_taken(trial, {"fields": {**given, "kit_more": 1}}, "field_not_agreed", field="body.fields.kit_more")


@check("16", "a personal field that is not agreed is refused by name")
def other_personal_refused(trial: Trial) -> None:
    _not_taken(trial, {"personal": {"id_number": "x"}}, "field_not_agreed", field="body.personal.id_number")


@check("16", "a personal field that is agreed is taken")
def agreed_personal_taken(trial: Trial) -> None:
    message = trial.new(personal={"kit_contact": CONTACT})
    taken(trial.peer.deliver(message))
    trial.took(message)


@check("7.1", "a refused matter leaves nothing behind: it may be handed over again")
def refused_returns_whole(trial: Trial) -> None:
    message = trial.new(category="no-such-category")
    refused(trial.peer.deliver(message), "mapping")
    matter = wire.matter_of(message.stream)
    refused_whole(trial.peer.get(wire.MATTERS_PATH + matter), "unknown_stream")
    mended = trial.message(1, "hand_over", trial.hand_over(), matter=matter)
    taken(trial.peer.deliver(mended))
    trial.took(mended)


@check("7.6", "a topic that is agreed is taken, and only publish in it")
def topic_taken(trial: Trial) -> None:
    stream = "topic:conformance"
    last = trial.peer.deliver(trial.message(2**40, "publish", {"document": {}}, stream=stream))
    result = of(last)
    seq = result.error.expected if result.error is not None else None
    if result.error is None or result.error.code != "out_of_order" or not seq:
        raise Broken("a number far ahead must be out_of_order with the number expected")
    wrong = trial.message(seq, "progress", trial.progress(), stream=stream)
    refused(trial.peer.deliver(wrong), "wrong_kind", "unknown_stream")
    taken(trial.peer.deliver(trial.message(seq, "publish", {"document": {"run": seq}}, stream=stream)))


@check("7.6", "a topic that is not agreed is refused")
def other_topic_refused(trial: Trial) -> None:
    message = trial.message(1, "publish", {"document": {}}, stream="topic:not-agreed")
    refused(trial.peer.deliver(message), "no_agreement")


@check("12", "the state of a matter is told, to whom it concerns")
def state_told(trial: Trial) -> None:
    matter = trial.going_on()
    _received(trial, trial.last)
    peer = trial.peer
    refused_whole(peer.get(wire.MATTERS_PATH + str(uuid.uuid4())), "unknown_stream")
    said = peer.send("GET", peer.url(wire.MATTERS_PATH + matter), {}, b"")
    refused_whole(said, "unsigned")


@check("7.4", "a matter may be withdrawn; after that nothing more of ours is taken")
def withdraw_accepted(trial: Trial) -> None:
    matter = trial.going_on()
    taken(
        trial.peer.deliver(trial.message(trial.last + 1, "withdraw", {"reason": "测试 test"}, matter=matter))
    )
    trial.last += 1
    trial.opened.remove(matter)
    state = _received(trial, trial.last)
    if state.state != "withdrawn":
        raise Broken(f"its state is then withdrawn, not {state.state}")
    late = trial.message(trial.last + 1, "progress", trial.progress(), matter=matter)
    refused(trial.peer.deliver(late), "wrong_stage")


def withdraw_all(trial: Trial) -> str:
    """Take back what is still there; why not, if not."""
    left = [
        trial.message(_next(trial, matter), "withdraw", {"reason": "测试结束 test over"}, matter=matter)
        for matter in trial.opened
    ]
    if not left:
        return ""
    said = trial.peer.deliver(*left)
    results = said.answer.results if said.answer else ()
    kept = [one.stream for one in results if one.status == "refused"]
    return "" if said.answer and not kept else f"not withdrawn: {', '.join(kept) or said.code}"


def _next(trial: Trial, matter: str) -> int:
    said = trial.peer.get(wire.MATTERS_PATH + matter)
    try:
        return wire.parse_state(said.body).received + 1
    except WireError:
        return 2


def _received(trial: Trial, number: int) -> wire.MatterState:
    """The tested site says it has taken our messages up to that number. Raises Broken."""
    said = trial.peer.get(wire.MATTERS_PATH + trial.matter)
    if said.status != 200:
        raise Broken(f"the state of the matter was answered {said.code}")
    if said.unsigned:
        raise Broken(f"the state of the matter: {said.unsigned}")
    try:
        state = wire.parse_state(said.body)
    except WireError as error:
        raise Broken(f"the state of the matter is unreadable: {error}") from None
    if (state.matter, state.opener) != (trial.matter, trial.peer.kit.site):
        raise Broken("the state is not that of the matter asked for, or not opened by the kit")
    if state.received != number:
        raise Broken(f"it has received up to {state.received}, and says so; {number} was right")
    return state


def _not_taken(trial: Trial, changed: Mapping[str, Any], code: str, field: str = "") -> None:
    """A hand_over with these values is refused so; should it be taken, it is withdrawn later."""
    message = trial.new(**changed)
    said: Said = trial.peer.deliver(message)
    if said.answer and said.answer.results and said.answer.results[0].status == "accepted":
        trial.took(message)
    try:
        refused(said, code, field=field)
    except Broken as error:
        raise Broken(f"{field}: {error}" if field else str(error)) from None
