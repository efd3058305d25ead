"""Our pages inside a mini-program: a ticket from its back end signs in once; a fake back end, asked over HTTP."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.request import urlopen

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client

from zhili.base.shells import ShellsUnreadable, declared
from zhili.core.people.models import Account, ShellAccount, UsedTicket
from zhili.portal.tests.pages_client import words_of

pytestmark = pytest.mark.django_db
KEY = bytes(range(32))
PRIVATE = Ed25519PrivateKey.from_private_bytes(KEY)


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def ticket(sub: str = "openid-0001", *, shell: str = "wechat", key: Any = KEY, **change: Any) -> str:
    told = {"shell": shell, "sub": sub, "exp": time.time() + 60, "jti": uuid.uuid4().hex, **change}
    body = b64(json.dumps(told).encode())
    signed = key.sign(body.encode()) if shell == "zlb" else hmac.digest(key, body.encode(), hashlib.sha256)
    return f"{body}.{b64(signed)}"


@pytest.fixture(autouse=True)
def apps(settings: Any) -> None:
    public = base64.b64encode(PRIVATE.public_key().public_bytes_raw()).decode()
    settings.SHELLS = declared(
        json.dumps(
            {
                "wechat": {
                    "title": "微信小程序", "key": "hmac:" + base64.b64encode(KEY).decode(),
                    "return": ["https://mp.city.example"], "files": {"MP_verify_abc.txt": "abc"},
                },
                "zlb": {"title": "浙里办", "key": f"ed25519:{public}", "frame": ["https://zlb.city.example"]},
            }
        )
    )  # fmt: skip


@pytest.fixture
def back_end() -> Iterator[str]:
    """The app's own server: whoever is signed in there is sent to us with a ticket."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = f"/mini/wechat?ticket={ticket()}&next=/my&back=https://mp.city.example/pages/home".encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_from_the_app_to_my_matters_and_back(client: Client, back_end: str) -> None:
    with urlopen(back_end) as answer:
        address = answer.read().decode()
    entered = client.get(address)
    assert entered.headers["Location"] == "/my"
    page = client.get("/my")
    assert page.status_code == 200
    assert page.context["user"].kind == "resident"
    text = page.content.decode()
    assert "回到微信小程序" in text
    assert 'href="https://mp.city.example/pages/home"' in text
    assert 'class="site"' not in text
    assert 'class="foot"' not in text
    assert '<script src="http' not in text
    again = Client()
    with urlopen(back_end) as answer:
        again.get(answer.read().decode())
    assert again.get("/my").context["user"] == page.context["user"], "the same person, the same account"
    assert client.get("/mini/leave").status_code == 302
    assert 'class="site"' in client.get("/my").content.decode()


def test_a_ticket_is_good_once(client: Client) -> None:
    one = ticket()
    assert client.get(f"/mini/wechat?ticket={one}").status_code == 302
    other = Client()
    answer = other.get(f"/mini/wechat?ticket={one}&next=/report")
    assert answer.status_code == 403
    assert 'href="/report"' in answer.content.decode()
    assert other.get("/my").context["user"].is_anonymous
    assert UsedTicket.objects.count() == 1


@pytest.mark.parametrize(
    "bad",
    [
        lambda: ticket(key=bytes(32)),
        lambda: ticket(exp=time.time() - 1),
        lambda: ticket(exp=time.time() + 3600),
        lambda: ticket(exp="soon"),
        lambda: ticket(exp=True),
        lambda: ticket(sub="short"),
        lambda: ticket(jti=None),
        lambda: ticket(shell="nobody"),
        lambda: ticket().replace(".", ""),
        lambda: "." + ticket().partition(".")[2],
        lambda: "x" * 5000 + ".x",
        lambda: b64(b"[1]") + "." + b64(b"x"),
        lambda: "é.é",
    ],
)
def test_a_bad_ticket_signs_nobody_in(client: Client, bad: Any) -> None:
    assert client.get("/mini/wechat", {"ticket": bad()}).status_code == 403
    assert not Account.objects.exists()
    assert client.get("/report").status_code in (200, 302), "reporting goes on without"


def test_another_apps_ticket_is_not_taken(client: Client) -> None:
    assert client.get("/mini/zlb", {"ticket": ticket()}).status_code == 404
    assert client.get("/my").context["user"].is_anonymous
    assert client.get("/mini/zlb", {"ticket": ticket(shell="zlb", key=PRIVATE)}).status_code == 302


def test_the_id_over_there_is_kept_as_a_hash_alone(client: Client) -> None:
    client.get("/mini/wechat", {"ticket": ticket("openid-secret-77")})
    kept = ShellAccount.objects.get()
    assert b"openid" not in bytes(kept.subject_index)
    assert "openid" not in kept.account.username


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example", "https://mp.city.example@evil.example/"]
)
def test_it_leads_to_declared_places_only(client: Client, address: str) -> None:
    answer = client.get("/mini/wechat", {"ticket": ticket(), "next": address, "back": address})
    assert answer.headers["Location"] == "/"
    assert "evil" not in client.get("/my").content.decode()


def test_only_declared_origins_frame_and_only_what_is_read(client: Client) -> None:
    shown = client.get("/map")
    assert "frame-ancestors 'self' https://zlb.city.example" in shown.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in shown.headers
    kept = client.get("/accounts/login/")
    assert "frame-ancestors 'none'" in kept.headers["Content-Security-Policy"]
    assert kept.headers["X-Frame-Options"] == "DENY"


def test_the_platforms_file(client: Client) -> None:
    assert client.get("/MP_verify_abc.txt").content == b"abc"
    assert client.get("/robots2.txt").status_code == 404
    assert client.get("/mini/nobody").status_code == 404


@pytest.mark.parametrize(
    "text",
    [
        "{", '{"a": {}}', '{"wechat": {"key": "hmac:AAAA"}}', "/no/such/file",
        json.dumps({"w2": {"key": "hmac:" + base64.b64encode(KEY).decode(), "return": ["http://mp.example"]}}),
    ],
)  # fmt: skip
def test_an_operator_is_told_what_is_wrong(text: str) -> None:
    with pytest.raises(ShellsUnreadable, match="ZHILI_SHELLS"):
        declared(text)


def test_inside_the_app_pages_read_as_usual(client: Client) -> None:
    client.get("/mini/wechat")
    assert "返回" in words_of(client.get("/"))
