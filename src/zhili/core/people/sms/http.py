"""A provider asked over HTTP: ``POST <SMS_URL>`` with JSON, ``GET <SMS_URL>/<id>`` for what became of it.

Sent: ``{"to", "template", "values", "text", "reference"}``, ``Authorization: Bearer <SMS_TOKEN>``. Answered: any 2xx
with ``{"id": "…"}``; asked later: ``{"status": "accepted|delivered|failed"}``. A provider of another form gets a
small bridge that speaks this, kept with the site's own settings (docs/operate.md).
"""

from __future__ import annotations

import json
import logging
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import HTTPRedirectHandler, Request, build_opener

from zhili.core.people.sms import Sent, Status, Text

log = logging.getLogger("zhili.sms")
SECONDS = 5.0
LARGEST = 65_536


class _NoRedirect(HTTPRedirectHandler):
    """A number is told to the address that was set, and to no other."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class HttpProvider:
    """One try, and a second when the line broke: the reference keeps it from being sent twice."""

    name = "http"

    def __init__(self, url: str, token: str = "") -> None:
        self.url = url.rstrip("/")
        self.token = token
        self._opener = build_opener(_NoRedirect)

    def send(self, text: Text) -> Sent:
        body = {
            "to": text.number,
            "template": text.template,
            "values": text.values,
            "text": text.words,
            "reference": text.reference,
        }
        error = ""
        for _try in range(2):
            try:
                answer = self._ask("POST", self.url, body)
            except HTTPError as refused:
                error = f"HTTP {refused.code}"
                if refused.code < 500:
                    break
            except (URLError, OSError, ValueError) as trouble:
                error = type(trouble).__name__  # never the text: it may hold the number
            else:
                return Sent(str(answer.get("id") or text.reference), Status.ACCEPTED)
        log.error("SMS provider took nothing: %s (reference %s)", error, text.reference)
        return Sent(text.reference, Status.FAILED, error)

    def status(self, reference: str) -> Status:
        try:
            told = str(self._ask("GET", f"{self.url}/{quote(reference, safe='')}").get("status", ""))
        except (HTTPError, URLError, OSError, ValueError):
            return Status.UNKNOWN
        return Status(told) if told in set(Status) else Status.UNKNOWN

    def _ask(self, method: str, url: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        headers = {"Accept": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data = None
        if body is not None:
            data = json.dumps(body, ensure_ascii=False).encode()
            headers["Content-Type"] = "application/json"
        # the scheme was checked when the settings were read
        with self._opener.open(Request(url, data, headers, method=method), timeout=SECONDS) as answer:  # noqa: S310
            found = json.loads(answer.read(LARGEST) or b"{}")
        return found if isinstance(found, dict) else {}
