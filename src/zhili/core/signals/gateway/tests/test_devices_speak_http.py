"""HTTP: stored, refused with the reason, too large, too slow, away; and what only this machine may ask."""

from collections.abc import Iterator

import httpx
import pytest

from zhili.core.signals.gateway import http
from zhili.core.signals.gateway.listening import Surroundings
from zhili.core.signals.gateway.options import Options, broker
from zhili.core.signals.gateway.tests.doubles import Kept, gateway
from zhili.core.signals.gateway.tests.mosquitto import free_port, until

KEY = {"Authorization": "Bearer key of A1"}
POSITION = {
    "device": {"uniqueId": "A1"},
    "position": {
        "fixTime": "2026-11-22T08:00:00.000+00:00",
        "valid": True,
        "longitude": 120.1,
        "latitude": 30.8,
    },
}


@pytest.fixture
def site(kept: Kept) -> Iterator[tuple[httpx.Client, Surroundings]]:
    port = free_port()
    city = broker("mqtt://gateway:secret@127.0.0.1:1")
    options = Options(http_port=port, watch_port=0, message_bytes=2_000, brokers=(city,), traccar_key="ours")
    with (
        gateway(options) as around,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        until(lambda: around.counts.state.get("http") == "ok" and _answers(client))
        yield client, around


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/metrics").status_code == 200
    except httpx.TransportError:
        return False


def test_a_device_is_told_what_became_of_its_words(
    site: tuple[httpx.Client, Surroundings], kept: Kept
) -> None:
    client, around = site
    stored = client.post("/devices/A1", json=[{"seq": 1, "sos": True}, {"seq": 2, "steps": 3}], headers=KEY)
    assert (stored.status_code, stored.json()) == (200, {"stored": 2})
    assert [(one.number, one.key, one.channel) for one in kept.messages] == [("A1", "key of A1", "http")] * 2

    again = client.post("/devices/A1", json={"seq": 2, "steps": 3}, headers=KEY)
    assert (again.status_code, again.json()["reasons"]) == (422, ["replayed"])
    assert client.post("/devices/A1", content=b"{", headers=KEY).json()["reasons"] == ["malformed"]
    far = client.post("/devices/A1", json={"at": "2199-01-01T00:00:00Z", "steps": 1}, headers=KEY).json()
    assert "ahead" in far["about"][0]
    kept.whys |= {"B": "unknown", "C": "wrong_key", "D": "too_fast"}
    answers = [client.post(f"/devices/{number}", json={"steps": 1}, headers=KEY) for number in "BCD"]
    assert [one.status_code for one in answers] == [401, 401, 429]
    assert answers[0].content == answers[1].content  # nobody learns here which numbers there are
    assert client.post("/devices/A1", json={"steps": 1}).status_code == 401
    assert client.post("/devices/A1", content=b"9" * 2_001, headers=KEY).status_code == 413
    assert client.post("/traccar", json=POSITION, headers=KEY).json() == {"stored": 1}
    assert kept.messages[-1].readings[0].point == (120.1, 30.8)
    assert (kept.messages[-1].key, kept.messages[-1].vouched) == ("key of A1", False)
    assert client.post("/traccar", json=POSITION, headers={"Authorization": "Bearer ours"}).status_code == 200
    assert (kept.messages[-1].key, kept.messages[-1].vouched) == (None, True)
    assert client.post(
        "/devices/A1", json={"seq": 3, "sos": True}, headers={"Authorization": "Bearer ours"}
    ).json()
    assert not kept.messages[-1].vouched  # that key speaks for Traccar's address only
    assert [client.get(path).status_code for path in ("/", "/devices/A1", "/devices/a/b")] == [404, 405, 404]

    metrics = client.get("/metrics").text
    assert 'zhili_gateway_refused_total{channel="http",why="replayed"} 1' in metrics
    assert 'zhili_gateway_undecoded_total{channel="http"} 2' in metrics
    assert around.counts.waiting == 0
    proxied = {"X-Forwarded-For": "203.0.113.9"}  # what only this machine may see is not handed on
    assert [client.get(path, headers=proxied).status_code for path in ("/metrics", "/healthz")] == [404, 404]


def test_while_the_database_is_away_a_device_is_told_to_send_again(
    site: tuple[httpx.Client, Surroundings], kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, around = site
    monkeypatch.setattr(http, "PATIENCE", 0.3)
    kept.away = True
    away = client.post("/devices/A1", json={"seq": 1, "sos": True}, headers=KEY)
    assert (away.status_code, away.headers["retry-after"]) == (503, "5")
    health = client.get("/healthz")
    assert health.status_code == 503
    assert health.json()["store"].startswith("nothing stored for")
    kept.away = False
    until(lambda: around.counts.waiting == 0)
    assert client.post("/devices/A1", json={"seq": 2, "steps": 1}, headers=KEY).status_code == 200


def test_an_outside_broker_asks_who_may_do_what(site: tuple[httpx.Client, Surroundings], kept: Kept) -> None:
    client, _ = site

    def user(name: str, password: str) -> int:
        return client.post("/broker/user", data={"username": name, "password": password}).status_code

    def topic(name: str, topic: str, acc: int) -> int:
        return client.post("/broker/acl", json={"username": name, "topic": topic, "acc": acc}).status_code

    assert [user("A1", "key of A1"), user("A1", "guess"), user("A1", ""), user("", "")] == [
        200,
        403,
        403,
        403,
    ]
    assert [user("gateway", "secret"), user("gateway", "guess")] == [200, 403]
    assert [topic("A1", "zhili/A1/up", 2), topic("A1", "zhili/B2/up", 2), topic("A1", "zhili/A1/up", 1)] == [
        200,
        403,
        403,
    ]
    assert [topic("A1", "#", 4), topic("+", "zhili/+/up", 2), topic("gateway", "zhili/+/up", 4)] == [
        403,
        403,
        200,
    ]
    assert client.post("/broker/user", content=b"\xff").status_code in (400, 403)
    assert client.post("/broker/user", data={}, headers={"X-Real-IP": "203.0.113.9"}).status_code == 404


def test_any_bytes_sent_to_the_port_leave_it_answering(
    site: tuple[httpx.Client, Surroundings], kept: Kept
) -> None:
    import random
    import socket

    client, _ = site
    chance = random.Random(6)
    heads = [b"", b"POST /devices/A1 HTTP/1.1\r\n", b"POST /traccar HTTP/1.1\r\nAuthorization: Bearer k\r\n"]
    for turn in range(60):
        with socket.create_connection(client.base_url.host and ("127.0.0.1", client.base_url.port)) as line:
            size = chance.randrange(400)
            line.sendall(heads[turn % 3] + b"Content-Length: %d\r\n\r\n" % size + chance.randbytes(size))
    assert client.post("/devices/A1", json={"seq": 9, "sos": True}, headers=KEY).status_code == 200
