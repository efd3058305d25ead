"""Watches over a real socket: frames in pieces, replies after storing, and everything that is no watch."""

import random
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from zhili.core.signals.gateway import gathering
from zhili.core.signals.gateway.listening import Surroundings
from zhili.core.signals.gateway.options import Options
from zhili.core.signals.gateway.tests.doubles import Kept, gateway
from zhili.core.signals.gateway.tests.mosquitto import free_port, until

LINK = b"[3G*8800000015*000D*LK,50,100,100]"
ALARM = (
    b"[3G*8800000015*007B*AL,180916,064032,A,22.570512,N,113.8623267,E,0.00,154.8,0.0,11,100,100,0,0,00010000,"
    b"7,0,460,1,9529,21809,155,9529,21242,132]"
)


@pytest.fixture
def site(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, Surroundings]]:
    monkeypatch.setattr(gathering, "FIRST_WAIT", 0.05)
    port = free_port()
    options = Options(http_port=0, watch_port=port, idle=1.0, per_address=4, message_bytes=2_000)
    with gateway(options) as around:
        until(lambda: around.counts.state.get("watch") == "ok")
        yield port, around


@contextmanager
def line(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as one:
        yield one


def heard(one: socket.socket, length: int) -> bytes:
    """So many bytes, or fewer when the other side ends it."""
    said = b""
    while len(said) < length and (more := one.recv(length - len(said))):
        said += more
    return said


def closed(one: socket.socket) -> bool:
    """Whether the other side ends it, whatever it says before."""
    try:
        while one.recv(4_096):
            pass
    except ConnectionResetError:
        pass
    return True


def test_a_watch_is_answered_in_order_and_only_after_storing(
    site: tuple[int, Surroundings], kept: Kept
) -> None:
    port, _ = site
    with line(port) as watch:
        for byte in (LINK + ALARM).partition(b"*007B*"):  # in pieces, cut inside a head
            watch.sendall(byte)
        said = b"[3G*8800000015*0002*LK][3G*8800000015*0002*AL]"
        assert heard(watch, len(said)) == said
    assert [message.channel for message in kept.messages] == ["watch", "watch"]
    assert "sos" in {one.measure for one in kept.messages[1].readings}

    kept.away = True
    with line(port) as watch:
        watch.sendall(LINK)
        until(lambda: kept.tries >= 4)
        watch.settimeout(0.1)
        with pytest.raises(TimeoutError):  # nothing is stored, so nothing is said
            watch.recv(100)
        watch.settimeout(10)
        kept.away = False
        assert watch.recv(100) == b"[3G*8800000015*0002*LK]"


def test_a_line_speaks_for_one_watch_that_is_known_and_not_for_ever(
    site: tuple[int, Surroundings], kept: Kept
) -> None:
    port, around = site
    with line(port) as watch:
        watch.sendall(LINK)
        assert watch.recv(100)
        watch.sendall(LINK.replace(b"8800000015", b"8800000016"))
        assert closed(watch)
    assert {message.number for message in kept.messages} == {"8800000015"}

    kept.whys["8800000017"] = "unknown"
    with line(port) as watch:
        watch.sendall(LINK.replace(b"8800000015", b"8800000017"))
        assert closed(watch)
    with line(port) as silent:
        silent.sendall(b"[3G*88000")
        assert closed(silent)  # after a second here, a quarter of an hour in a city
    with line(port) as a, line(port) as b, line(port) as c, line(port) as d, line(port) as one_too_many:
        assert closed(one_too_many)
        for other in (a, b, c, d):
            other.sendall(LINK)
            assert other.recv(100)
    assert around.counts.turned_away == {"another number": 1, "stranger": 1, "too many connections": 1}


def test_whatever_bytes_come_the_next_watch_is_answered(site: tuple[int, Surroundings], kept: Kept) -> None:
    port, around = site
    chance = random.Random(6)
    for turn in range(40):
        with line(port) as noise:
            body = chance.randbytes(chance.randrange(600))
            broken = bytearray(LINK + ALARM)
            for _ in range(4):
                broken[chance.randrange(len(broken))] = chance.randrange(256)
            noise.sendall((body, bytes(broken), LINK[: turn % 30] + ALARM, b"[3G*1*FFFF*" + body)[turn % 4])
            noise.shutdown(socket.SHUT_WR)
            assert closed(noise)
    with line(port) as watch:
        watch.sendall(LINK)
        assert watch.recv(100) == b"[3G*8800000015*0002*LK]"
    assert around.counts.undecoded["watch"] == len(kept.odd) > 10
