"""A claimed event as an HTTP request: CloudEvents 1.0 in one of three modes, signed like everything this site sends.

The signature (RFC 9421) covers method, address, content and content type; in binary mode also the headers with the
event's attributes. It is made anew for each try, with a time and a nonce of its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from django.utils import timezone

from zhili.base.exchange.signing import sign_request
from zhili.core.exchange.models import Mode
from zhili.core.exchange.sites import keys
from zhili.core.exchange.sites.keys import OwnKey
from zhili.core.exchange.webhooks.posting import Request
from zhili.core.exchange.webhooks.taking import Letter

TAG: Final = "zhili-webhook"
"""A signature over an event is good for nothing else."""
ONE: Final = "application/cloudevents+json; charset=utf-8"
MANY: Final = "application/cloudevents-batch+json; charset=utf-8"
DATA: Final = "application/json"
SPEC: Final = "1.0"


@dataclass(frozen=True, slots=True)
class Voice:
    """Under which name and key this site speaks."""

    key: OwnKey
    source: str


def voice() -> Voice:
    """Raises ExchangeKeysError."""
    return Voice(keys.current(), source())


def source() -> str:
    """The ``source`` of every event: where this site says who it is and shows its keys, else its name."""
    return f"{url}/exchange/v1" if (url := keys.public_url()) else f"urn:zhili:site:{keys.site()}"


def event(letter: Letter, source: str) -> dict[str, Any]:
    """The CloudEvent as JSON values."""
    return attributes(letter, source) | {"datacontenttype": DATA, "data": json.loads(letter.data)}


def attributes(letter: Letter, source: str) -> dict[str, str]:
    """Its context attributes, but for the content type. ``sequence``: the extension of that name."""
    return {
        "specversion": SPEC,
        "id": str(letter.event),
        "source": source,
        "type": letter.type,
        "subject": letter.subject,
        "time": letter.at.isoformat(),
        "sequence": letter.sequence,
    }


def request(letters: Sequence[Letter], speaks: Voice, token: str = "") -> Request:
    """The letters of one request; several only for a receiver of batches."""
    receiver = letters[0].receiver
    more: dict[str, str] = {}
    if receiver.mode == Mode.BATCH:
        body, kind = _json([event(one, speaks.source) for one in letters]), MANY
    elif receiver.mode == Mode.BINARY:
        body, kind = letters[0].data.encode(), DATA
        more = {f"ce-{name}": _header(text) for name, text in attributes(letters[0], speaks.source).items()}
    else:
        body, kind = _json(event(letters[0], speaks.source)), ONE
    headers = signed("POST", receiver.url, body, kind, speaks, more)
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return Request(tuple(letters), receiver.url, headers, body, private_allowed=receiver.private_allowed)


def signed(
    method: str, url: str, body: bytes, kind: str, speaks: Voice, more: Mapping[str, str]
) -> dict[str, str]:
    """The headers of a signed request; ``more`` are covered, too."""
    made = sign_request(
        method,
        url,
        body,
        speaks.key.private,
        speaks.key.keyid,
        now=timezone.now(),
        content_type=kind,
        tag=TAG,
        also=more,
    )
    return {**more, **made}


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _header(text: str) -> str:
    """As the HTTP binding has it (§3.1.3.2): what is no printable ASCII, quotes and percent are percent-encoded."""
    return quote(text, safe="!#$&'()*+,-./:;<=>?@[]^_`{|}~ ")
