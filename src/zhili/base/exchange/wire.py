"""Deliveries and their answers as bytes and as values (docs/protocol.md, "Delivery").

Reading checks the frame of a delivery; what each message holds is judged one by one by ``bodies.check``, so that a
fault in one message refuses that message and not those beside it.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from zhili.base.canonical import canonical
from zhili.base.exchange.errors import ERRORS, WireError, problem, read_problem
from zhili.base.exchange.reading import Unreadable, read
from zhili.base.exchange.shape import (
    SITE,
    UUID,
    Anything,
    Choice,
    Instant,
    Many,
    Maybe,
    Record,
    Shape,
    Text,
    Whole,
    instant,
    spelt,
)

__all__ = [
    "ERRORS",
    "PROTOCOL",
    "Answer",
    "Consistency",
    "Delivery",
    "MatterState",
    "Message",
    "Result",
    "WireError",
    "digest",
    "encode",
    "encode_state",
    "parse_answer",
    "parse_delivery",
    "parse_state",
    "problem",
    "read_problem",
]

PROTOCOL: Final = "zhili-exchange/1"
SUPPORTED: Final = (PROTOCOL,)
DELIVERIES_PATH: Final = "/exchange/v1/deliveries"
DISCOVERY_PATH: Final = "/exchange/v1"
FILES_PATH: Final = "/exchange/v1/files/"
MATTERS_PATH: Final = "/exchange/v1/matters/"
MEDIA: Final = "application/json"
MOST_BYTES: Final = 4 * 1024 * 1024
MOST_MESSAGES: Final = 200
STREAM: Final = rf"(?:matter:{UUID}|topic:[a-z0-9][a-z0-9._-]{{0,63}})"
STATUSES: Final = ("accepted", "duplicate", "refused")
STATES: Final = ("waiting", "accepted", "refused", "returned", "withdrawn", "closed")

_SITE = Text(64, 1, SITE, "name of a site")
_UUID = Text(36, 36, UUID, "UUID, lower case")
_SEQ = Whole(1)
_STREAM = Text(110, 1, STREAM, "`matter:<uuid>` or `topic:<name>`")
_HASH = Text(44, 44, r"[A-Za-z0-9+/]{43}=", "32 bytes, base64")
CONSISTENCY: Final = Record(
    {"from": Whole(0), "proof": Many(_HASH, 128)},
    {"from": "size of the earlier tree", "proof": "RFC 9162 §2.1.4, from there to the checkpoint"},
    called="consistency proof",
)
_TRAIL: dict[str, Shape] = {
    "checkpoint": Maybe(Text(20_000, 0, called="checkpoint (C2SP tlog-checkpoint)")),
    "consistency": Maybe(CONSISTENCY, null=True),
    "witnessed": Maybe(Whole(0)),
}
_TRAIL_ABOUT = {
    "checkpoint": "signed head of the sender's own trail",
    "consistency": "that this head continues the one the other side last verified; null when it has none",
    "witnessed": "size of the OTHER side's tree I last verified, 0 for none",
}
_HEAD: dict[str, Shape] = {
    "protocol": Text(40, called="protocol"),
    "from": _SITE,
    "to": _SITE,
    "delivery": _UUID,
    "at": Instant(),
}
MESSAGE: Final = Record(
    {
        "stream": _STREAM,
        "seq": _SEQ,
        "kind": Text(40, 1, r"[a-z][a-z_]*", "kind"),
        "at": Instant(),
        "body": Anything(),
    },
    {
        "stream": "what the message belongs to",
        "seq": "number within the stream in this direction: 1, 2, 3, …",
        "kind": "see Messages",
        "at": "when the sender made it",
        "body": "by its kind",
    },
    called="message",
)
DELIVERY: Final = Record(
    {**_HEAD, "messages": Many(MESSAGE, MOST_MESSAGES), **_TRAIL},
    {
        "protocol": f"`{PROTOCOL}`",
        "from": "sender",
        "to": "receiver",
        "delivery": "chosen by the sender, new for every attempt",
        "at": "when the delivery was made",
        "messages": "those of one stream in ascending order of `seq`",
        **_TRAIL_ABOUT,
    },
)
ERROR: Final = Record(
    {
        "code": Choice(tuple(ERRORS)),
        "detail": Text(500, 0),
        "field": Maybe(Text(200, 0)),
        "expected": Maybe(_SEQ),
    },
    {
        "code": "see Errors",
        "detail": "for people",
        "field": "path of the value at fault",
        "expected": "the number this stream goes on with",
    },
    called="error",
)
RESULT: Final = Record(
    {"stream": _STREAM, "seq": _SEQ, "status": Choice(STATUSES), "error": Maybe(ERROR)},
    {"status": "see Answer", "error": "only and always with `refused`"},
    called="result",
)
ANSWER: Final = Record(
    {**_HEAD, "results": Many(RESULT, MOST_MESSAGES), **_TRAIL},
    {
        "from": "the site that answers",
        "to": "the site that delivered",
        "delivery": "that of the delivery",
        "results": "one for each message, in their order",
        **_TRAIL_ABOUT,
    },
)
STATE: Final = Record(
    {
        "protocol": Text(40, called="protocol"),
        "matter": _UUID,
        "opener": _SITE,
        "state": Choice(STATES),
        "received": Whole(0),
        "sent": Whole(0),
    },
    {
        "opener": "the site that handed it over",
        "state": "where it stands between the two sites, as the answering site sees it",
        "received": "last number taken from the asking site",
        "sent": "last number made for the asking site, delivered or not",
    },
)


@dataclass(frozen=True, slots=True)
class Message:
    """One message. ``at`` is aware; its fraction of a second does not travel."""

    stream: str
    seq: int
    kind: str
    at: datetime
    body: Mapping[str, Any]

    def told(self) -> dict[str, Any]:
        """As it stands in a delivery."""
        return {
            "stream": self.stream,
            "seq": self.seq,
            "kind": self.kind,
            "at": spelt(self.at),
            "body": self.body,
        }


@dataclass(frozen=True, slots=True)
class Consistency:
    """``proof``: hashes of 32 bytes that lead from the tree of ``start`` leaves to that of the checkpoint."""

    start: int
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Delivery:
    """``from`` is ``sender``, ``to`` is ``receiver``; ``delivery`` a UUID as text."""

    sender: str
    receiver: str
    delivery: str
    at: datetime
    messages: tuple[Message, ...]
    checkpoint: str = ""
    consistency: Consistency | None = None
    witnessed: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one message: accepted, duplicate, or refused for ``error``."""

    stream: str
    seq: int
    status: str
    error: WireError | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """``sender`` is the site that answers; ``delivery`` that of the delivery answered."""

    sender: str
    receiver: str
    delivery: str
    at: datetime
    results: tuple[Result, ...]
    checkpoint: str = ""
    consistency: Consistency | None = None
    witnessed: int = 0


@dataclass(frozen=True, slots=True)
class MatterState:
    """How one matter stands at the site that was asked (GET /exchange/v1/matters/<uuid>)."""

    matter: str
    opener: str
    state: str
    received: int
    sent: int


def parse_delivery(body: bytes) -> Delivery:
    """A delivery from its bytes. Raises WireError: too_large, malformed (field), unknown_version, too_many."""
    found = _read(body, DELIVERY, "messages")
    messages = tuple(
        Message(one["stream"], one["seq"], one["kind"], instant(one["at"]), one["body"])
        for one in found["messages"]
    )
    _ascending(messages)
    return Delivery(*_head(found), messages, *_trail(found))


def parse_answer(body: bytes) -> Answer:
    """An answer from its bytes. Raises WireError as parse_delivery does."""
    found = _read(body, ANSWER, "results")
    return Answer(*_head(found), tuple(map(_result, enumerate(found["results"]))), *_trail(found))


def parse_state(body: bytes) -> MatterState:
    """The state of a matter from its bytes. Raises WireError as parse_delivery does."""
    found = _read(body, STATE, "")
    return MatterState(found["matter"], found["opener"], found["state"], found["received"], found["sent"])


def encode(what: Delivery | Answer) -> bytes:
    """The bytes of a delivery or an answer: canonical JSON, so that one value has one spelling."""
    told: dict[str, Any] = {
        "protocol": PROTOCOL,
        "from": what.sender,
        "to": what.receiver,
        "delivery": what.delivery,
        "at": spelt(what.at),
        "checkpoint": what.checkpoint,
        "consistency": _consistency(what.consistency),
        "witnessed": what.witnessed,
    }
    if isinstance(what, Delivery):
        told["messages"] = [one.told() for one in what.messages]
    else:
        told["results"] = [_told(one) for one in what.results]
    return canonical(told)


def encode_state(state: MatterState) -> bytes:
    """The bytes of a matter's state."""
    return canonical(
        {
            "protocol": PROTOCOL,
            "matter": state.matter,
            "opener": state.opener,
            "state": state.state,
            "received": state.received,
            "sent": state.sent,
        }
    )


def digest(message: Message) -> bytes:
    """SHA-256 of the message's canonical JSON (RFC 8785), 32 bytes: the same message or another one."""
    return hashlib.sha256(canonical(message.told())).digest()


def matter_of(stream: str) -> str:
    """The UUID of a matter's stream, empty for a topic."""
    return stream.removeprefix("matter:") if stream.startswith("matter:") else ""


def _read(body: bytes, shape: Record, many: str) -> dict[str, Any]:
    try:
        found = read(body, MOST_BYTES)
    except Unreadable as error:
        raise WireError("too_large" if error.large else "malformed", error.why, error.path) from None
    if not isinstance(found, dict):
        raise WireError("malformed", "must be an object")
    protocol = found.get("protocol")
    if isinstance(protocol, str) and protocol not in SUPPORTED:
        raise WireError("unknown_version", f"spoken here: {', '.join(SUPPORTED)}", supported=SUPPORTED)
    if isinstance(listed := found.get(many), list) and len(listed) > MOST_MESSAGES:
        raise WireError("too_many", f"{len(listed)}, at most {MOST_MESSAGES} in one delivery", many)
    shape.check(found)
    return found


def _ascending(messages: tuple[Message, ...]) -> None:
    last: dict[str, int] = {}
    for number, one in enumerate(messages):
        if one.seq <= last.get(one.stream, 0):
            raise WireError("malformed", "those of one stream must ascend", f"messages[{number}].seq")
        last[one.stream] = one.seq


def _head(found: Mapping[str, Any]) -> tuple[str, str, str, datetime]:
    return found["from"], found["to"], found["delivery"], instant(found["at"])


def _trail(found: Mapping[str, Any]) -> tuple[str, Consistency | None, int]:
    told = found.get("consistency")
    consistency = Consistency(told["from"], tuple(map(b64decode, told["proof"]))) if told else None
    return found.get("checkpoint", ""), consistency, found.get("witnessed", 0)


def _consistency(one: Consistency | None) -> dict[str, Any] | None:
    return None if one is None else {"from": one.start, "proof": [b64encode(h).decode() for h in one.proof]}


def _result(numbered: tuple[int, Mapping[str, Any]]) -> Result:
    number, one = numbered
    error = one.get("error")
    if (one["status"] == "refused") != (error is not None):
        raise WireError(
            "malformed", "an error stands with refused, and only with it", f"results[{number}].error"
        )
    return Result(
        one["stream"],
        one["seq"],
        one["status"],
        None
        if error is None
        else WireError(error["code"], error["detail"], error.get("field", ""), error.get("expected")),
    )


def _told(one: Result) -> dict[str, Any]:
    told: dict[str, Any] = {"stream": one.stream, "seq": one.seq, "status": one.status}
    return told if one.error is None else {**told, "error": one.error.told()}


def valid_stream(stream: str) -> bool:
    """Whether it is a stream's name at all."""
    return re.fullmatch(STREAM, stream, re.ASCII) is not None
