"""`zhili open311`, and the worker's threads."""

from __future__ import annotations

import threading
import time

import pytest
from typer.testing import CliRunner

from zhili.conf.jobs import Aside, jobs
from zhili.core.cases.tests.city import SmallCity
from zhili.core.exchange.models import Peer, PeerRequest
from zhili.core.exchange.open311 import peers
from zhili.core.exchange.open311.commands import app
from zhili.core.exchange.tests.other_server import Other
from zhili.core.people.models import Secret

cli = CliRunner()


def run(*words: str, typed: str = "") -> str:
    done = cli.invoke(app, list(words), input=typed)
    assert done.exit_code == 0, done.output
    return done.output


def test_a_peer_is_made_mapped_asked_and_stopped(city: SmallCity, other: Other) -> None:
    other.numbers_at_once = True
    words = ["peers", "add", "next", other.url, "--title", "邻市", "--pull", "--push", "--private", "--key"]
    assert "open311-next" in run(*words, "--jurisdiction", "other.example", typed=f"{other.key}\n")
    run("peers", "map", "next", "006", "201001")
    assert "Sidewalk" in run("peers", "services", "next")
    assert "⇄" in run("peers")
    other.add("100")
    assert "opened 1" in run("pull", "next")
    assert "same 1" in run("pull")
    assert PeerRequest.objects.count() == 1
    assert "settled: 0" in run("push", "next", "--present")
    assert "next" in run("status")
    run("peers", "stop", "next")
    assert not Peer.objects.get().active


def test_another_key_destroys_the_former(peer: Peer) -> None:
    former = peer.key_secret
    run("peers", "key", "other", typed="new-key\n")
    peer.refresh_from_db()
    assert peers.endpoint(peer).key == "new-key"
    assert former is not None
    assert Secret.objects.get(pk=former).ciphertext is None


@pytest.mark.parametrize(
    "words",
    [
        ["peers", "add", "Bad Name", "http://a.example/v2"],
        ["peers", "add", "a", "ftp://a.example/v2"],
        ["peers", "add", "a", "http://a.example/v2", "--format", "yaml"],
        ["peers", "add", "a", "http://a.example/v2", "--pull", "--into", "nothing.here/x"],
        ["peers", "map", "nobody", "1", "201001"],
        ["pull", "nobody"],
    ],
)
def test_what_cannot_be_is_refused_in_words(city: SmallCity, words: list[str]) -> None:
    done = cli.invoke(app, words)
    assert done.exit_code == 1
    assert done.output.strip()
    assert not Peer.objects.exists()


def test_a_category_this_city_does_not_have_is_refused(peer: Peer) -> None:
    assert cli.invoke(app, ["peers", "map", "other", "6", "999999"]).exit_code == 1


def test_failures_are_seen(peer: Peer, other: Other) -> None:
    Peer.objects.update(url="http://127.0.0.1:1/v2")
    done = cli.invoke(app, ["pull", "other"])
    assert done.exit_code == 1
    status = cli.invoke(app, ["status"])
    assert status.exit_code == 1
    assert "Connect" in status.output


def test_the_worker_asks_other_servers_aside() -> None:
    names = {job.name: type(job) for job in jobs()}
    assert {name for name, kind in names.items() if kind is Aside} >= {
        "open311 out",
        "open311 in",
        "open311 status",
    }


def test_a_slow_server_holds_nobody_up() -> None:
    gate, entered = threading.Event(), threading.Event()

    def slow() -> int:
        entered.set()
        return int(gate.wait(10))

    job = Aside("slow", slow)
    began = time.monotonic()
    assert job.turn() == 0
    assert entered.wait(10)
    assert job.turn() == 0, "not begun twice"
    assert time.monotonic() - began < 5
    gate.set()
    assert job._thread is not None
    job._thread.join(10)
    assert not job._thread.is_alive()
