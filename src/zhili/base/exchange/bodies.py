"""What each kind of message holds, who may send it, and in which order (docs/protocol.md, "Messages").

A message of the right shape may still be refused by who receives it: for its agreement, its fields, its stage.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from zhili.base.exchange.errors import WireError
from zhili.base.exchange.shape import (
    CODE,
    SHA256,
    Anything,
    Flag,
    Instant,
    Many,
    Maybe,
    Named,
    Number,
    Plain,
    Record,
    Text,
    Whole,
)

OPENER: Final = frozenset({"hand_over", "progress", "withdraw"})
"""Kinds the site may send that opened the matter's stream."""
OTHER: Final = frozenset({"accept", "refuse", "progress", "return", "close"})
"""Kinds the site may send that the matter was handed to."""
TOPIC: Final = frozenset({"publish"})
FINAL: Final = frozenset({"refuse", "return", "close", "withdraw"})
"""After these the matter is over between the two sites."""

PLACE: Final = Record(
    {
        "lon": Number(-180, 180, "degrees"),
        "lat": Number(-90, 90, "degrees"),
        "address": Maybe(Text(500, 0)),
        "division": Maybe(Text(20, 0)),
    },
    {
        "lon": "longitude, WGS 84 (not GCJ-02)",
        "lat": "latitude, WGS 84",
        "address": "as people there say it",
        "division": "administrative division code of the sending side (GB/T 2260 and below)",
    },
    called="place",
)
FILE: Final = Record(
    {
        "sha256": Text(64, 64, SHA256, "64 lower-case hex digits"),
        "size": Whole(0, 2**40, "bytes"),
        "mime": Text(100, 1, r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+", "media type"),
        "name": Text(200),
    },
    {
        "sha256": "SHA-256 of the content: its name under `/exchange/v1/files/`",
        "size": "length of the content",
        "mime": "media type, as its sender believes it to be",
        "name": "for people; never a path",
    },
    called="file",
)
STEP: Final = Record(
    {
        "at": Instant(),
        "stage": Maybe(Text(100, 0)),
        "words": Text(4000, 0),
        "office": Maybe(Text(200, 0)),
    },
    {"at": "when it happened", "stage": "in the words of that site", "office": "office, never a person"},
    called="public step",
)
FILES: Final = Maybe(Many(FILE, 50))
_REASON: Final = Record(
    {"reason": Text(2000), "office": Maybe(Text(200, 0)), "at": Maybe(Instant())},
    {"reason": "in words; shown to people on the other side", "office": "office, never a person"},
)

BODIES: Final[Mapping[str, Record]] = {
    "hand_over": Record(
        {
            "agreement": Text(64, 1, CODE, "code"),
            "agreement_digest": Text(64, 64, SHA256, "64 lower-case hex digits"),
            "title": Text(200),
            "what": Text(20_000),
            "category": Text(100),
            "place": Maybe(PLACE),
            "reported_at": Instant(),
            "joint": Flag(),
            "due_days": Whole(1, 3650, "days"),
            "files": FILES,
            "fields": Maybe(Named(Plain(), 200)),
            "personal": Maybe(Named(Plain(), 50)),
            "history": Maybe(Many(STEP, 500)),
        },
        {
            "agreement": "under which it is handed over",
            "agreement_digest": "digest of the agreement as the sender holds it (Agreements)",
            "title": "one line",
            "what": "the matter itself, without personal values",
            "category": "the RECEIVER's category, found by the agreement",
            "place": "where it is",
            "reported_at": "when the matter was first reported",
            "joint": "true: both sides work on it; false: the receiver takes it over",
            "due_days": "agreed time to deal with it, from acceptance",
            "files": "fetched by the receiver when it wants them",
            "fields": "only names the agreement lists under `fields`",
            "personal": "only names the agreement lists under `personal`",
            "history": "public steps so far, oldest first",
        },
    ),
    "accept": Record(
        {
            "office": Maybe(Text(200, 0)),
            "reference": Maybe(Text(100, 0)),
            "words": Maybe(Text(4000, 0)),
            "due_at": Maybe(Instant()),
            "at": Maybe(Instant()),
        },
        {
            "office": "which office has it now",
            "reference": "the receiver's own number of the case, for the telephone",
            "due_at": "until when, by the receiver's own clock",
            "at": "when it was accepted",
        },
    ),
    "progress": Record(
        {
            "stage": Text(100, 0),
            "words": Text(4000, 0),
            "office": Maybe(Text(200, 0)),
            "at": Instant(),
            "files": FILES,
        },
        {
            "stage": "where it stands, in the sender's words",
            "words": "what was done; public",
            "office": "office, never a person",
            "at": "when it was done",
        },
    ),
    "refuse": _REASON,
    "return": _REASON,
    "withdraw": _REASON,
    "close": Record(
        {
            "result": Text(200),
            "words": Text(4000, 0),
            "satisfied": Maybe(Flag()),
            "office": Maybe(Text(200, 0)),
            "at": Maybe(Instant()),
            "files": FILES,
        },
        {
            "result": "in a word or two: done, not found, …",
            "words": "what was done; public",
            "satisfied": "whether who reported it says so; absent when not asked",
        },
    ),
    "publish": Record(
        {"document": Anything()},
        {"document": "the whole document: it replaces the former one of this topic"},
    ),
}


def check(kind: str, body: Mapping[str, Any]) -> None:
    """Whether a body is what its kind asks for.

    Raises WireError: wrong_kind (no such kind), malformed with the path from ``body``.
    """
    shape = BODIES.get(kind)
    if shape is None:
        raise WireError("wrong_kind", f"{kind[:40]} is no kind of message", "kind")
    shape.check(body, "body")


def check_side(stream: str, seq: int, kind: str, *, from_opener: bool) -> None:
    """Whether this side of a stream may send that kind under that number.

    A topic holds only ``publish``. In a matter, ``hand_over`` is number 1 of its opener and nothing else.
    Raises WireError wrong_kind.
    """
    allowed = TOPIC if stream.startswith("topic:") else OPENER if from_opener else OTHER
    if kind not in allowed:
        raise WireError("wrong_kind", f"{kind[:40]} is not for this side of the stream", "kind")
    if stream.startswith("matter:") and from_opener and (seq == 1) != (kind == "hand_over"):
        raise WireError("wrong_kind", "a matter begins with hand_over, and only begins with it", "kind")
