"""What a site answers when it refuses a delivery or a message (docs/protocol.md, "Errors")."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from zhili.base.exchange.reading import Unreadable, read

URN: Final = "urn:zhili:exchange:"
PROBLEM_TYPE: Final = "application/problem+json"
LARGEST_PROBLEM: Final = 64 * 1024
_DETAIL: Final = 500


@dataclass(frozen=True, slots=True)
class Meaning:
    """Status when a whole request is refused, and what a sender does.

    ``then``: "again" (later, by itself), "resume" (from what the answer says), "mend" (a person must look at it).
    """

    status: int
    title: str
    then: str


ERRORS: Final = {
    "unsigned": Meaning(401, "The request bears no signature", "mend"),
    "unknown_site": Meaning(403, "This site is not known here", "mend"),
    "unknown_key": Meaning(401, "The key is not known here", "mend"),
    "revoked_key": Meaning(403, "The key has been revoked or replaced", "mend"),
    "bad_signature": Meaning(401, "The signature does not hold", "mend"),
    "expired": Meaning(401, "The signature has expired", "again"),
    "ahead": Meaning(401, "The signature is from the future: a clock is wrong", "again"),
    "replayed": Meaning(409, "This signature has been used before", "again"),
    "too_large": Meaning(413, "The body is too large", "mend"),
    "too_many": Meaning(413, "Too many messages in one delivery", "mend"),
    "unknown_version": Meaning(400, "This version of the protocol is not spoken here", "mend"),
    "malformed": Meaning(400, "A value is not what the protocol asks for", "mend"),
    "not_for_us": Meaning(421, "The delivery is meant for another site", "mend"),
    "out_of_order": Meaning(409, "A message before this one is missing", "resume"),
    "conflict": Meaning(409, "Another message was taken under this number", "mend"),
    "unknown_stream": Meaning(404, "This matter is not known here", "mend"),
    "wrong_kind": Meaning(422, "This kind of message is not for this side of the stream", "mend"),
    "wrong_stage": Meaning(409, "The matter does not stand where this could be done", "mend"),
    "no_agreement": Meaning(403, "No agreement in force covers this", "mend"),
    "agreement_differs": Meaning(409, "The two sites hold different texts of the agreement", "mend"),
    "field_not_agreed": Meaning(422, "The agreement does not list this field", "mend"),
    "mapping": Meaning(422, "A value has no place here", "mend"),
    "file_unknown": Meaning(404, "No such file in this matter", "mend"),
    "slow_down": Meaning(429, "Too many requests", "again"),
    "unavailable": Meaning(503, "Not possible at the moment", "again"),
}


class WireError(Exception):
    """A refusal with the protocol's own code.

    ``field``: the path of the value at fault (``body.place.lon``, ``messages[2].seq``). ``expected``: the number a
    stream goes on with. ``supported``: protocol versions spoken here. ``retry_after``: seconds to wait.
    """

    def __init__(
        self,
        code: str,
        detail: str = "",
        field: str = "",
        expected: int | None = None,
        *,
        supported: tuple[str, ...] = (),
        retry_after: int | None = None,
    ) -> None:
        if code not in ERRORS:
            raise ValueError(f"{code} is no error of the protocol")
        self.code = code
        self.detail = (detail or ERRORS[code].title)[:_DETAIL]
        self.field = field[:200]
        self.expected = expected
        self.supported = supported
        self.retry_after = retry_after
        super().__init__(f"{code}: {self.detail}" + (f" ({self.field})" if self.field else ""))

    @property
    def status(self) -> int:
        """HTTP status when the whole request is refused for this."""
        return ERRORS[self.code].status

    @property
    def then(self) -> str:
        """What the sender does: again, resume, mend."""
        return ERRORS[self.code].then

    def under(self, path: str) -> WireError:
        """The same error with its field told from further out: ``place.lon`` under ``body``."""
        field = f"{path}{'' if self.field.startswith('[') or not self.field else '.'}{self.field}"
        return WireError(
            self.code,
            self.detail,
            field,
            self.expected,
            supported=self.supported,
            retry_after=self.retry_after,
        )

    def told(self) -> dict[str, Any]:
        """As it stands in an answer: code, detail, and what else is known."""
        found: dict[str, Any] = {"code": self.code, "detail": self.detail}
        if self.field:
            found["field"] = self.field
        if self.expected is not None:
            found["expected"] = self.expected
        return found


def problem(error: WireError) -> tuple[int, bytes]:
    """Status and body (RFC 9457, ``application/problem+json``) of a refused request.

    A ``slow_down`` also wants the header ``Retry-After`` with ``error.retry_after``.
    """
    told = error.told()
    body: dict[str, Any] = {
        "type": URN + told.pop("code"),
        "title": ERRORS[error.code].title,
        "status": error.status,
        **told,
    }
    if error.supported:
        body["supported"] = list(error.supported)
    if error.retry_after is not None:
        body["retry_after"] = error.retry_after
    return error.status, json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def read_problem(body: bytes) -> WireError | None:
    """The error another site answered with; None when this is no problem of the protocol."""
    try:
        found = read(body, LARGEST_PROBLEM)
    except Unreadable:
        return None
    if not isinstance(found, dict):
        return None
    kind = found.get("type")
    if not isinstance(kind, str) or not kind.startswith(URN) or kind.removeprefix(URN) not in ERRORS:
        return None
    supported = found.get("supported")
    return WireError(
        kind.removeprefix(URN),
        _text(found.get("detail")),
        _text(found.get("field")),
        _whole(found.get("expected")),
        supported=tuple(_text(one)[:100] for one in supported[:20]) if isinstance(supported, list) else (),
        retry_after=_whole(found.get("retry_after")),
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _whole(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value < 2**53 else None
