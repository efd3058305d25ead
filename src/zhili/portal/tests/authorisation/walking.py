"""Every address of the site, asked in every role; and what an answer means."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver

from zhili.portal.tests.authorisation.people import Thing, Visitor, World

REFUSED = (401, 403, 404)
LOGIN = "/accounts/login/"
PLACEHOLDER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>(?:\[[^\]]*\]|[^()\[\]])*\)")
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
UPLOAD = (
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n'
    b"Content-Type: image/png\r\n\r\n" + PICTURE + b"\r\n--x--\r\n"
)
VALUES = {
    "procedure": "citizen_reports.report",
    "opening": "report",
    "action": "accept",
    "document": "260000000173",
    "key": "k",
    "uidb36": "1",
    "pk": "1",
    "fmt": ".json",
    "matter": "0f8fad5b-d9cb-469f-a165-70867728950e",
    "sha256": "0" * 64,
    "service_code": "201001",
    "token": "taken-in",
    "saved_list": "1",
    "kind": "csv",
    "what": "code",
    "site": "jinshan.shanghai",
    "patrol": "x",
    "plan": "999999",
    "visit": "999999",
    "inspector": "999999",
    "engagement": "1",
    "crew": "1",
    "bankfile": "1",
    "day": "2026-11-02",
    "route": "1",
    "stop": "1",
    "part": "post",
    "uuid": "x",
    "of": "camera",
    "code": "330402001001",
    "display": "1",
    "tile": "1",
    "point": "1",
    "rule": "early_warning.river",
    "premises": "999999",
    "warning": "1",
    "test": "1",
    "turn": "1",
    "store": "1",
    "hand_in": "1",
    "scene": "1",
    "mark": "1",
    "stocktake": "1",
    "sheet": "1",
    "line": "1",
    "finding": "1",
    "name": "nowhere",
    "size": "1",
    "stamp": "1",
    "path": "0/000",
    "wish": "00000000-0000-0000-0000-000000000000",
}


def addresses(resolver: URLResolver | None = None, before: str = "") -> Iterator[str]:
    """Every pattern of the URL conf, written out as in the table."""
    for one in (resolver or get_resolver()).url_patterns:
        whole = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from addresses(one, whole)
        elif isinstance(one, URLPattern):
            yield whole


def filled(address: str, world: World, thing: Thing, **given: str) -> str:
    """The address with a value for each of its parts."""
    values = {
        **VALUES,
        "number": thing.case.number,
        "file": thing.file,
        "secret": thing.secret,
        "notice": str(world.notice),
        "draw": str(world.draw),
        "month": world.month,
        "deputy": str(world.deputy),
        **world.setting.named(),
        "alarm": str(world.alarm),
        "word": world.upload,
        "export": str(world.export),
        "firm": world.firm,
        "premises": str(world.premises),
        "loading": str(world.loading),
        "column": "phone",
        **given,
    }
    path = PLACEHOLDER.sub(lambda part: values[part[1] or part[2]], address)
    return "/" + path.replace("^", "").removesuffix("$")


def has_case(address: str) -> bool:
    """Whether the address names a case."""
    return "number>" in address


def asked(visitor: Visitor, method: str, path: str) -> Any:
    """The answer; whatever the request changed is taken back."""
    body, kind = b"", "application/x-www-form-urlencoded"
    if path.startswith("/api/"):
        body, kind = b"" if method == "GET" else b"{}", "application/json"
    elif path == "/uploads":  # without a file it does not ask who sends it
        body, kind = UPLOAD, "multipart/form-data; boundary=x"
    headers = visitor.headers
    if path.startswith("/uploads/tus/"):
        body, kind = b"x" if method == "PATCH" else b"", "application/offset+octet-stream"
        headers = {**headers, "Tus-Resumable": "1.0.0", "Upload-Length": "10", "Upload-Offset": "0"}
    cookies = deepcopy(visitor.client.cookies)  # who is signed out by the answer stays signed in for the next
    with transaction.atomic():
        answer = visitor.client.generic(method, path, body, content_type=kind, headers=headers)
        if answer.streaming:
            b"".join(answer.streaming_content)  # to its end, so that the file is closed
        transaction.set_rollback(True)
    visitor.client.cookies = cookies
    return answer


def refused(answer: Any) -> bool:
    """Whether the asker was turned away; a form or file with faults (422, 415) was not."""
    sent_to_sign_in = answer.status_code in (301, 302, 303) and answer["Location"].startswith(LOGIN)
    return answer.status_code in REFUSED or sent_to_sign_in
