"""A small tus client for tests, on Django's own."""

from __future__ import annotations

import base64
from typing import Any

from django.http import HttpResponse
from django.test import Client

HOME = "/uploads/tus/"
TUS = {"Tus-Resumable": "1.0.0"}
BODY = "application/offset+octet-stream"


def begin(client: Client, data: bytes, name: str = "a.mp4") -> str:
    """A new upload of these bytes; its address."""
    told = base64.b64encode(name.encode()).decode()
    headers = {**TUS, "Upload-Length": str(len(data)), "Upload-Metadata": f"filename {told},other"}
    response = client.post(HOME, headers=headers)
    assert response.status_code == 201, response.content
    return str(response["Location"])


def go_on(client: Client, where: str, offset: int, piece: bytes, checksum: str = "") -> HttpResponse:
    headers = {**TUS, "Upload-Offset": str(offset)} | ({"Upload-Checksum": checksum} if checksum else {})
    answer: Any = client.patch(where, piece, content_type=BODY, headers=headers)
    return answer  # type: ignore[no-any-return]


def state(client: Client, where: str) -> dict[str, Any]:
    response = client.get(where)
    assert response.status_code == 200, response.content
    return response.json()  # type: ignore[no-any-return]
