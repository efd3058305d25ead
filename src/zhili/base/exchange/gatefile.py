"""A signed request, or its answer, as a file that is carried through a gate (docs/protocol.md, "Gate files").

Nothing is signed anew: the file holds the very request a wire would have carried.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from zhili.base.exchange.errors import WireError
from zhili.base.exchange.reading import Unreadable, read
from zhili.base.exchange.shape import Choice, Maybe, Named, Record, Text, Whole

MARK: Final = "zhili-exchange"
VERSION: Final = 1
MOST_BYTES: Final = 6 * 1024 * 1024
KEPT: Final = ("content-type", "content-digest", "signature-input", "signature")
_HEADERS = Named(Text(4096, 0), 20, r"[A-Za-z][A-Za-z0-9-]{0,63}")
_BASE64 = Text(MOST_BYTES, 0, called="base64")
REQUEST_FILE: Final = Record(
    {
        MARK: Whole(1, 1),
        "method": Choice(("POST",)),
        "url": Text(2000),
        "headers": _HEADERS,
        "body": _BASE64,
    },
    {MARK: "version of this form", "url": "the receiver's address, as signed", "body": "base64 of the body"},
)
ANSWER_FILE: Final = Record(
    {
        MARK: Whole(1, 1),
        "status": Whole(100, 599),
        "headers": _HEADERS,
        "body": _BASE64,
        "delivery": Maybe(Text(100, 0)),
    },
    {"delivery": "which delivery it answers, to find the request again", "body": "base64 of the body"},
)


@dataclass(frozen=True, slots=True)
class CarriedRequest:
    """A request out of a file. Header names in lower case."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class CarriedAnswer:
    """An answer out of a file; ``delivery`` of the request it answers."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    delivery: str


def encode_request(method: str, url: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """The file of a signed request; only the headers of KEPT are written."""
    return _encode({"method": method, "url": url, "headers": _kept(headers), "body": _spelt(body)})


def encode_answer(status: int, headers: Mapping[str, str], body: bytes, delivery: str) -> bytes:
    """The file of a signed answer."""
    return _encode({"status": status, "headers": _kept(headers), "body": _spelt(body), "delivery": delivery})


def parse(raw: bytes) -> CarriedRequest | CarriedAnswer:
    """What a file holds. Raises WireError: too_large, unknown_version, malformed (field)."""
    found = _read(raw)
    answer = "status" in found
    (ANSWER_FILE if answer else REQUEST_FILE).check(found)
    headers = {name.lower(): value for name, value in found["headers"].items()}
    body = _bytes(found["body"])
    if answer:
        return CarriedAnswer(found["status"], headers, body, found.get("delivery", ""))
    return CarriedRequest(found["method"], found["url"], headers, body)


def _read(raw: bytes) -> dict[str, Any]:
    try:
        found = read(raw, MOST_BYTES, longest_text=MOST_BYTES)
    except Unreadable as error:
        raise WireError("too_large" if error.large else "malformed", error.why, error.path) from None
    if not isinstance(found, dict) or MARK not in found:
        raise WireError("malformed", "this is no file of the exchange", MARK)
    if type(found[MARK]) is int and found[MARK] != VERSION:
        raise WireError("unknown_version", f"files of form {VERSION} are read here", MARK, supported=("1",))
    return found


def _encode(told: dict[str, Any]) -> bytes:
    return json.dumps({MARK: VERSION, **told}, ensure_ascii=False, indent=1).encode() + b"\n"


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items() if name.lower() in KEPT}


def _spelt(body: bytes) -> str:
    return base64.b64encode(body).decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise WireError("malformed", "must be base64", "body") from None
