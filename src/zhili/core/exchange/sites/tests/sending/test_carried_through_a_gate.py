"""The same signed requests as files: written, carried, read, answered, and the answer carried back."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from zhili.base.exchange import gatefile, signing, wire
from zhili.core.exchange.models import Link, Outgoing, RemoteSite, SiteAgreement, WantedFile
from zhili.core.exchange.sites import delivering, files, gate, keys, receiving
from zhili.core.exchange.sites.tests.sending.peer import NAME, Peer
from zhili.core.exchange.sites.tests.sending.saying import hand_over, progress
from zhili.core.files import intake
from zhili.core.files.tests.samples import camera_photo
from zhili.core.people.actors import Actor

pytestmark = pytest.mark.django_db
Links = Callable[..., Link]


@pytest.fixture
def behind(site: RemoteSite) -> RemoteSite:
    """The other site, reached by files only."""
    site.by_gate = True
    site.save()
    return site


def carry(peer: Peer, made: gate.Made) -> bytes:
    """What the other side answers to a file, as a file."""
    carried = gatefile.parse(made.raw)
    assert isinstance(carried, gatefile.CarriedRequest)
    signing.verify_request(
        carried.method, carried.url, carried.headers, carried.body, peer.known.get, now=timezone.now(),
        longest=signing.GATE_LASTS,
    )  # fmt: skip
    delivery = wire.parse_delivery(carried.body)
    peer.deliveries.append(delivery)
    body = peer.answer(delivery)
    request = signing.Request(carried.method, carried.url, carried.headers)
    headers = signing.sign_response(
        200, body, request, peer.key, peer.keyid, now=timezone.now(), lasts=signing.GATE_LASTS
    )
    return gatefile.encode_answer(200, headers, body, delivery.delivery)


def test_there_and_back(peer: Peer, behind: RemoteSite, link: Links, tmp_path: Path, clock: Any) -> None:
    document = {"files": True, "gate_personal": False}
    agreement = SiteAgreement.objects.create(
        site=behind, code="waters", version=1, digest="0" * 64, document=document, valid_from="2020-01-01"
    )  # fmt: skip
    stored = intake.store(BytesIO(camera_photo()), "x.jpg", Actor(kind="rule", label="单位"))
    one = link(agreement=agreement)
    hand_over(one, personal={"phone": "13800138000"}, files=[stored.id])
    progress(one)
    assert delivering.deliver_due(apart=False) == 0  # no line to this site
    (made,) = gate.out(behind, tmp_path)
    assert made.messages == 2
    # personal values stay here, the photo lies beside under its hash
    sent = json.loads(base64.b64decode(json.loads(made.raw)["body"]))["messages"]
    assert "personal" not in sent[0]["body"]
    sha256 = sent[0]["body"]["files"][0]["sha256"]
    assert (tmp_path / "files" / sha256).stat().st_size == sent[0]["body"]["files"][0]["size"]
    assert gate.out(behind, tmp_path) == []  # what is on its way is not written twice
    # what comes later is written without waiting for the answer
    progress(one)
    (later,) = gate.out(behind, tmp_path)
    assert later.messages == 1

    answer = carry(peer, made)
    assert peer.kinds(one.stream) == ["hand_over", "progress"]
    read = gate.take(answer, "a.json")
    assert (read.kind, read.accepted, read.error) == ("answer", 2, "")
    again = gate.take(answer, "a.json")
    assert (again.accepted, again.repeated) == (0, True)
    assert gate.take(made.raw, "m.json").kind == "ours"

    # the second file got lost: after a week it is written again, or when asked for
    clock(timedelta(days=8))
    (lost,) = gate.make(behind)
    assert gate.take(carry(peer, lost), "b.json").accepted == 1
    assert not Outgoing.objects.exclude(state="sent").exists()
    assert list(gate.make(behind, again=True)) == []


def test_an_answer_to_something_else_marks_nothing(peer: Peer, behind: RemoteSite, link: Links) -> None:
    hand_over(link())
    (made,) = gate.make(behind)
    found = json.loads(carry(peer, made))
    for name, value in (
        ("delivery", "0f8fad5b-d9cb-469f-a165-70867728950e"),
        ("delivery", "x"),
        ("status", 409),
    ):
        told = gate.take(json.dumps({**found, name: value}).encode(), "x.json")
        assert (told.accepted, bool(told.error)) == (0, True)
    for raw in (b"", b"{}", b"[1]", json.dumps({"zhili-exchange": 2}).encode()):
        assert gate.take(raw, "x.json").kind == "unreadable"
    assert Outgoing.objects.get().state == "waiting"


def test_what_comes_is_taken_once_and_answered_each_time(
    peer: Peer, behind: RemoteSite, link: Links, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[bytes] = []
    one, photo = link(), camera_photo()

    def receive(
        method: str, url: str, headers: dict[str, str], body: bytes, *, gate: bool
    ) -> receiving.Reply:
        taken.append(body)
        files.told(one, [{"sha256": told, "size": len(photo), "mime": "image/jpeg", "name": "x.jpg"}], 1)
        asked = signing.Request(method, url, headers)
        delivery = wire.parse_delivery(body)
        results = tuple(wire.Result(m.stream, m.seq, "accepted") for m in delivery.messages)
        answer = wire.Answer(keys.site(), NAME, delivery.delivery, timezone.now(), results)
        return receiving.signed(asked, 200, wire.encode(answer))

    monkeypatch.setattr(receiving, "receive", receive)
    told = hashlib.sha256(photo).hexdigest()
    message = wire.Message(one.stream, 1, "progress", timezone.now(), {"words": "x"})
    body = wire.encode(wire.Delivery(NAME, keys.site(), str(one.stream[7:]), timezone.now(), (message,)))
    url = "https://pinghu.example/exchange/v1/deliveries"
    headers = signing.sign_request("POST", url, body, peer.key, peer.keyid, now=timezone.now())
    (tmp_path / "1.json").write_bytes(gatefile.encode_request("POST", url, headers, body))
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / told).write_bytes(photo)
    (read,) = gate.take_in(tmp_path)
    assert (read.kind, read.accepted, read.files, read.error) == ("delivery", 1, 1, "")
    assert WantedFile.objects.get().state == "kept"
    answer = (tmp_path / "1.answer.json").read_bytes()
    again = gate.take_in(tmp_path / "1.json")[0]
    assert (again.repeated, again.answer is not None and again.answer.raw == answer) == (True, True)
    assert len(taken) == 1
