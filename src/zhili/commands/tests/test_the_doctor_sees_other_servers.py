"""`zhili doctor` says which Open311 peer fails, and what to do."""

from __future__ import annotations

import pytest

from zhili.commands.doctor import _open311
from zhili.core.exchange.models import Peer, PeerRequest, State, Submission, Way
from zhili.core.people import secrets
from zhili.core.people.models import Account


@pytest.fixture
def peer(db: None) -> Peer:
    account = Account.objects.create(username="open311-other", kind="machine")
    return Peer.objects.create(name="other", title="邻市", url="https://other.example/v2", account=account)


def test_a_peer_that_answers_is_well(peer: Peer) -> None:
    assert [line.state for line in _open311()] == ["ok"]


def test_one_that_does_not_is_named_with_what_it_said(peer: Peer) -> None:
    Peer.objects.update(failures=3, error="ConnectError: refused")
    (line,) = _open311()
    assert (line.state, line.do) == ("warn", "zhili open311 status")
    assert "refused" in line.what


def test_so_is_one_that_refused_something(peer: Peer) -> None:
    PeerRequest.objects.create(peer=peer, way=Way.OUT, state=State.FAILED, error="400 no such service")
    (line,) = _open311()
    assert line.state == "warn"
    assert "400 no such service" in line.what


def test_a_peer_switched_off_troubles_nobody(peer: Peer) -> None:
    Peer.objects.update(failures=3, active=False)
    assert list(_open311()) == []


def test_submissions_that_wait_too_long_are_seen(db: None) -> None:
    account = Account.objects.create(username="app", kind="machine")
    row = secrets.prepare("text", "{}")
    secrets.save([row])
    waiting = Submission.objects.create(account=account, digest="x", token="t", secret_id=row.id)
    assert list(_open311()) == []
    Submission.objects.filter(pk=waiting.pk).update(created_at="2020-01-01T00:00:00Z")
    (line,) = _open311()
    assert line.state == "warn"
