"""A provider asked over HTTP: a real server at the other end, in good and bad moods."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from zhili.core.people.sms import Status, Text
from zhili.core.people.sms.http import HttpProvider

TEXT = Text("+8613812345678", "sign_in_code", {"code": "123456"}, "验证码 123456", "ref-1")


class Provider:
    """Answers by a plan: statuses one after the other, then 200."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, str], Any]] = []
        self.plan: list[int] = []
        self.body: bytes | None = None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self._answer()

            def do_GET(self) -> None:
                self._answer()

            def _answer(self) -> None:
                length = int(self.headers.get("Content-Length", "0"))
                sent = json.loads(self.rfile.read(length)) if length else None
                outer.asked.append((self.command, self.path, dict(self.headers), sent))
                status = outer.plan.pop(0) if outer.plan else 200
                told = outer.body or json.dumps({"id": "p-7", "status": "delivered"}).encode()
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "http://127.0.0.1:1/")
                self.send_header("Content-Length", str(len(told)))
                self.end_headers()
                self.wfile.write(told)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/sms"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def provider() -> Iterator[Provider]:
    found = Provider()
    yield found
    found.server.shutdown()
    found.server.server_close()


def test_a_message_is_handed_over_with_its_token(provider: Provider) -> None:
    sent = HttpProvider(provider.url, "t0ken").send(TEXT)
    assert (sent.reference, sent.status) == ("p-7", Status.ACCEPTED)
    method, path, headers, body = provider.asked[0]
    assert (method, path, headers["Authorization"]) == ("POST", "/sms", "Bearer t0ken")
    assert body == {
        "to": "+8613812345678", "template": "sign_in_code", "values": {"code": "123456"},
        "text": "验证码 123456", "reference": "ref-1",
    }  # fmt: skip


def test_what_became_of_it(provider: Provider) -> None:
    assert HttpProvider(provider.url).status("p/7") == Status.DELIVERED
    assert provider.asked[0][1] == "/sms/p%2F7"
    provider.body = b'{"status": "lost in the post"}'
    assert HttpProvider(provider.url).status("p-7") == Status.UNKNOWN


def test_trouble_over_there_is_tried_once_more_under_the_same_reference(provider: Provider) -> None:
    provider.plan = [503]
    assert HttpProvider(provider.url).send(TEXT).status == Status.ACCEPTED
    assert {body["reference"] for *_, body in provider.asked} == {"ref-1"}
    assert len(provider.asked) == 2


def test_a_refusal_is_not(provider: Provider, caplog: pytest.LogCaptureFixture) -> None:
    provider.plan = [403, 200]
    sent = HttpProvider(provider.url).send(TEXT)
    assert (sent.status, sent.error) == (Status.FAILED, "HTTP 403")
    assert len(provider.asked) == 1
    assert "13812345678" not in caplog.text
    assert "123456" not in caplog.text


def test_a_number_is_told_to_no_other_address(provider: Provider) -> None:
    provider.plan = [302, 302]
    assert HttpProvider(provider.url).send(TEXT).status == Status.FAILED


@pytest.mark.parametrize("body", [b"", b"not json", b"[1]"])
def test_an_answer_of_another_kind(provider: Provider, body: bytes) -> None:
    provider.body = body or b" "
    assert HttpProvider(provider.url).send(TEXT).status in (Status.ACCEPTED, Status.FAILED)


def test_nobody_there() -> None:
    assert HttpProvider("http://127.0.0.1:1/sms").send(TEXT).status == Status.FAILED
    assert HttpProvider("http://127.0.0.1:1/sms").status("x") == Status.UNKNOWN
