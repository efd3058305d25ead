"""What another server may do to us: nothing."""

from __future__ import annotations

import socket
import threading
from typing import Any

import httpx
import pytest

from zhili.core.exchange.models import Peer
from zhili.core.exchange.open311 import addresses, client, peers, pulling, wire
from zhili.core.exchange.open311.client import Endpoint, Trouble
from zhili.core.exchange.tests.other_server import Other, slowly
from zhili.core.people.models import Secret

BILLION = (
    """<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><service_requests>&b;</service_requests>"""
)
OUTSIDE = """<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><service_requests>&e;</service_requests>"""


def at(other: Other, **more: Any) -> Endpoint:
    return Endpoint(other.url, "other.example", private_allowed=True, **more)


def says(other: Other, status: int, body: str, kind: str = "text/xml", **headers: str) -> None:
    """From now on the server answers this."""
    raw = body.encode()

    def answer(handler: Any) -> bool:
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(raw)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(raw)
        return True

    other.answer = answer


@pytest.mark.parametrize("body", [BILLION, OUTSIDE, "<open>", "not xml", "", "[" * 100_000, '{"a":', "\x00"])
def test_a_body_that_is_no_answer_is_trouble(other: Other, body: str) -> None:
    says(other, 200, body)
    with pytest.raises(Trouble):
        client.get(at(other), "requests", "request")


def test_entities_are_never_opened() -> None:
    for body in (BILLION, OUTSIDE):
        with pytest.raises(wire.Unreadable):
            wire.read(body.encode(), "request")


def test_a_body_without_end_is_not_read_to_its_end(other: Other, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "BODY_MOST", 100_000)
    says(other, 200, "<a>" + "x" * 300_000)
    with pytest.raises(Trouble, match="more than"):
        client.get(at(other), "requests", "request")


def test_what_is_packed_is_not_unpacked(other: Other) -> None:
    says(other, 200, "<a/>", Content_Encoding="gzip")
    with pytest.raises(Trouble, match="compressed"):
        client.get(at(other), "requests", "request")


def test_who_says_nothing_more_is_not_waited_for(other: Other, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "TIMES", httpx.Timeout(0.3))
    other.answer = slowly
    with pytest.raises(Trouble, match="Timeout"):
        client.get(at(other), "requests", "request")


def test_who_drips_is_not_waited_for_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "WHOLE", 0.5)
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            line, _from = listener.accept()
            with line:
                line.recv(4096)
                line.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n")
                while not stop.wait(0.05):
                    try:
                        line.sendall(b" ")
                    except OSError:
                        return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        where = Endpoint(f"http://127.0.0.1:{listener.getsockname()[1]}", private_allowed=True)
        with pytest.raises(Trouble, match="longer"):
            client.get(where, "requests", "request")
        stop.set()
        thread.join(5)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "10.1.2.3", "192.168.0.1", "172.16.5.5", "169.254.169.254", "[::1]", "[fd00::1]",
     "0.0.0.0", "[::ffff:10.0.0.1]", "100.64.0.1", "224.0.0.1"],
)  # fmt: skip
def test_inside_addresses_are_not_asked_unless_meant(host: str) -> None:
    with pytest.raises(Trouble, match="inside") as refused:
        client.get(Endpoint(f"http://{host}/v2"), "requests", "request")
    assert refused.value.final


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "gopher://a.example/", "http://user:pw@a.example/", "http://"]
)
def test_only_web_addresses_are_asked(url: str) -> None:
    with pytest.raises(addresses.Forbidden):
        addresses.refuse_forbidden(httpx.URL(url), private_allowed=True)


def test_a_name_that_means_something_else_a_moment_later_is_caught(other: Other, monkeypatch: Any) -> None:
    """It looked public when it was judged, and led inside when it was asked."""
    monkeypatch.setattr(addresses, "refuse_forbidden", lambda *a, **k: None)
    monkeypatch.setattr(client, "refuse_forbidden", lambda *a, **k: None)
    with pytest.raises(Trouble, match="inside"):
        client.get(Endpoint(other.url), "requests", "request")


def test_a_redirect_inside_is_not_followed(other: Other, monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[str] = []

    def judge(url: httpx.URL, *, private_allowed: bool) -> None:
        judged.append(str(url))
        if "internal" in url.host:
            raise addresses.Forbidden("10.0.0.1 is an inside address")

    monkeypatch.setattr(client, "refuse_forbidden", judge)
    says(other, 302, "", Location="http://internal.example/admin")
    with pytest.raises(Trouble, match="inside"):
        client.get(at(other), "requests", "request")
    assert len(judged) == 2


def test_redirects_end(other: Other) -> None:
    says(other, 302, "", Location="/again.xml")
    with pytest.raises(Trouble, match="too often"):
        client.get(at(other), "requests", "request")
    assert len(other.asked) == client.REDIRECTS + 1


def test_a_post_is_never_sent_on(other: Other) -> None:
    says(other, 307, "", Location="http://elsewhere.example/")
    with pytest.raises(Trouble, match="redirect") as refused:
        client.post(at(other, key="k"), "requests", "request", {"description": "x"}, "key")
    assert refused.value.final


def test_a_key_goes_only_to_the_server_it_is_for(other: Other) -> None:
    seen: list[str | None] = []

    def answer(handler: Any) -> bool:
        seen.append(handler.headers.get("Authorization"))
        if len(seen) == 1:
            handler.send_response(302)
            port = handler.server.server_port
            handler.send_header("Location", f"http://localhost:{port}/api/v2/requests.xml")
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return True
        return False

    other.answer = answer
    client.get(at(other, key="k"), "requests", "request")
    assert seen == ["Bearer k", None]


def test_from_https_nobody_is_led_to_http() -> None:
    response = httpx.Response(302, headers={"Location": "http://a.example/"})
    with pytest.raises(Trouble, match="https"):
        client._onward(httpx.URL("https://a.example/"), response)


def test_the_key_is_sealed(peer: Peer, other: Other) -> None:
    secret = Secret.objects.get(pk=peer.key_secret)
    assert other.key.encode() not in bytes(secret.ciphertext or b"")
    assert secret.masked == "***"
    assert peers.endpoint(peer).key == other.key


def test_a_failing_peer_is_left_alone_longer_each_time_and_shown(peer: Peer, other: Other) -> None:
    says(other, 503, "")
    waits = []
    for _ in range(4):
        Peer.objects.update(pull_at="2020-01-01T00:00:00Z")
        before = Peer.objects.get()
        pulling.pull_due()
        waits.append(Peer.objects.get().pull_at)
        assert Peer.objects.get().failures == before.failures + 1
    assert waits == sorted(waits)
    assert "503" in Peer.objects.get().error
    other.answer = None
    Peer.objects.update(pull_at="2020-01-01T00:00:00Z")
    pulling.pull_due()
    assert Peer.objects.get().failures == 0


def test_json_and_xml_are_read_alike() -> None:
    inner = b"<service_request_id>7</service_request_id><lat>1.5</lat>"
    xml = b"<service_requests><request>" + inner + b"</request></service_requests>"
    plain = {"service_request_id": "7", "lat": "1.5"}
    assert wire.read(xml, "request") == [plain]
    for body in (
        b'[{"service_request_id": 7, "lat": 1.5}]',
        b'{"service_requests": [{"service_request_id": "7", "lat": "1.5"}]}',
        b'{"service_requests": {"request": [{"service_request_id": "7", "lat": 1.5}]}}',
        b'\xef\xbb\xbf[{"request": {"service_request_id": 7, "lat": 1.5}}]',
    ):
        assert wire.read(body, "request") == [plain]
    assert wire.read(b"[]", "request") == []
    assert wire.read(b"<service_requests/>", "request") == []
