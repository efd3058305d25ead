"""`zhili exchange status`, `reconcile`, `gate`: what an operator sees and does without a page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from zhili.commands import exchanging_sending
from zhili.commands.exchange import app
from zhili.core.exchange.models import Link, Outgoing, RemoteSite
from zhili.core.exchange.sites import delivering, gate
from zhili.core.exchange.sites.tests.sending.conftest import link, peer, site
from zhili.core.exchange.sites.tests.sending.peer import NAME, Peer
from zhili.core.exchange.sites.tests.sending.saying import hand_over, progress
from zhili.core.exchange.sites.tests.sending.test_carried_through_a_gate import carry

__all__ = ["link", "peer", "site"]
pytestmark = pytest.mark.django_db


def run(*args: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(args))
    return done.exit_code, done.output


def test_how_sending_stands_and_what_differs_after_a_restore(
    peer: Peer, site: RemoteSite, link: Callable[..., Link], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchanging_sending.console, "width", 200)
    one = link()
    hand_over(one)
    peer.before = lambda handler, _delivery: handler.hang_up()
    delivering.deliver_due(apart=False)
    code, told = run("status")
    assert code == 0
    row = next(line for line in told.splitlines() if NAME in line)
    assert row.split("│")[2].strip() == "1"  # one message waits
    peer.before = None
    RemoteSite.objects.update(next_at=None)
    assert delivering.deliver_due(apart=False) == 1
    assert run("reconcile", NAME) == (0, "两边一致。 Both sides have the same.\n")
    Outgoing.objects.all().delete()
    Link.objects.update(out_seq=0)
    code, told = run("reconcile", NAME, "--look")
    assert (code, one.stream in told, "未动" in told) == (0, True, True)
    assert run("reconcile", "nowhere")[0] == 1
    peer.before = None


def test_files_through_a_gate(
    peer: Peer, site: RemoteSite, link: Callable[..., Link], tmp_path: Path
) -> None:
    site.by_gate = True
    site.save()
    one = link()
    hand_over(one)
    progress(one)
    code, told = run("gate", "out", NAME, str(tmp_path))
    assert (code, "2 条" in told) == (0, True)
    assert "没有要送的" in run("gate", "out", NAME, str(tmp_path))[1]
    (made,) = gate.make(site, again=True)
    back = tmp_path / "back"
    back.mkdir()
    (back / "answer.json").write_bytes(carry(peer, made))
    code, told = run("gate", "in", str(back))
    assert (code, "收 taken 2" in told) == (0, True), told
    (back / "answer.json").write_text("{}")
    assert run("gate", "in", str(back))[0] == 1
    assert set(Outgoing.objects.values_list("state", flat=True)) == {"sent"}
