"""Unsigned, expired, replayed, re-ordered, oversized, unknown-version: each refused with the protocol's own error,
counted and logged; nothing of it is kept."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone

from zhili.base.exchange import wire
from zhili.core.cases.tests.city import SmallCity
from zhili.core.exchange.models import Incoming, Link, RefusedMessage, Topic
from zhili.core.exchange.sites import peers
from zhili.core.notices.models import Notice
from zhili.core.people.models import Office, Post, PostHolding
from zhili.portal.exchange.tests import other_site
from zhili.portal.exchange.tests.other_site import BY, OtherSite, shared

pytestmark = pytest.mark.django_db


def code(told: dict[str, Any]) -> str:
    return str(told["code"])


def told_of(site: OtherSite, *messages: wire.Message) -> list[tuple[str, str, int | None]]:
    return [(one.status, one.error.code if one.error else "", one.error.expected if one.error else None)
            for one in site.deliver(*messages)]  # fmt: skip


def test_a_request_that_proves_nothing(there: OtherSite, caplog: pytest.LogCaptureFixture) -> None:
    body = wire.encode(there.delivery([shared(1, secret="不可入日志")]))
    good = there.signed(body)
    now = timezone.now()
    assert code(there.refused(body, {"Content-Type": "application/json"})) == "unsigned"
    spoilt = good["Signature"][:12] + "AAAA" + good["Signature"][16:]
    assert code(there.refused(body, {**good, "Signature": spoilt})) == "bad_signature"
    assert code(there.refused(body.replace(b"topic:cells", b"topic:cellz"), good)) == "bad_signature"
    assert code(there.refused(body, there.signed(body, at=now - timedelta(seconds=700)))) == "expired"
    assert code(there.refused(body, there.signed(body, at=now + timedelta(seconds=400)))) == "ahead"
    assert code(there.refused(body, there.signed(body, lasts=3600))) == "bad_signature"
    assert code(there.refused(body, there.signed(body, path="/elsewhere"))) == "bad_signature"
    stranger = OtherSite(there.site, Ed25519PrivateKey.generate())
    assert code(there.refused(body, stranger.signed(body))) == "unknown_key"
    assert (
        code(there.refused(body, there.signed(body, keyid="nobody.example#0123456789abcdef")))
        == "unknown_site"
    )
    there.deliver(shared(1, secret="不可入日志"))
    replayed = there.signed(body2 := wire.encode(there.delivery([shared(2)])))
    assert there.send(body2, replayed).status_code == 200
    response = there.send(body2, replayed)
    assert code(other_site.problem(response)) == "replayed"
    there.verified(response, replayed)  # a refusal is signed as well
    assert Topic.objects.get().seq == 2
    counted = dict(RefusedMessage.objects.values_list("code", "count"))
    assert counted == {
        "unsigned": 1, "bad_signature": 4, "expired": 1, "ahead": 1, "unknown_key": 1, "unknown_site": 1, "replayed": 1,
    }  # fmt: skip
    assert caplog.text.count("exchange: refused from") == 10
    assert "不可入日志" not in caplog.text
    assert response.cookies.output() == ""
    assert response.headers["Cache-Control"] == "no-store"


def test_a_frame_that_is_wrong(there: OtherSite) -> None:
    def refused(body: bytes) -> dict[str, Any]:
        return there.refused(body, there.signed(body))

    good = json.loads(wire.encode(there.delivery([shared(1)])))
    newer = refused(json.dumps({**good, "protocol": "zhili-exchange/9"}).encode())
    assert (code(newer), newer["supported"]) == ("unknown_version", ["zhili-exchange/1"])
    assert code(refused(json.dumps({**good, "to": "third.example"}).encode())) == "not_for_us"
    assert code(refused(json.dumps({**good, "from": "third.example"}).encode())) == "bad_signature"
    broken = json.loads(json.dumps(good))
    broken["messages"][0]["seq"] = "1"
    named = refused(json.dumps(broken).encode())
    assert (code(named), named["field"]) == ("malformed", "messages[0].seq")
    many = json.dumps(
        {**good, "messages": [{**good["messages"][0], "seq": n} for n in range(1, 203)]}
    ).encode()
    assert code(refused(many)) == "too_many"
    large = b" " * (wire.MOST_BYTES + 1)
    assert code(there.refused(large, there.signed(large))) == "too_large"
    headers = there.signed(b"{}")
    assert code(there.refused(b"{}", headers, CONTENT_LENGTH=str(10**9))) == "too_large"  # not read at all
    packed = there.send(b"{}", {**headers, "Content-Encoding": "gzip"})
    assert packed.status_code == 400
    assert there.http.get("/exchange/v1/deliveries").status_code == 405
    assert not Incoming.objects.exists()
    assert not Link.objects.exists()


def test_order_repeats_and_conflicts(city: SmallCity, there: OtherSite) -> None:
    top = Office.objects.get(parent=None)
    post = Post.objects.create(office=top, title="管理员", roles=["admin"])
    account = peers.actor(there.site).account_id
    PostHolding.objects.create(post=post, account_id=account, valid_from=timezone.localdate())
    one, two, three, four = (shared(n) for n in (1, 2, 3, 4))
    assert told_of(there, two) == [("refused", "out_of_order", 1)]
    assert told_of(there, one, two) == [("accepted", "", None)] * 2
    assert told_of(there, four) == [("refused", "out_of_order", 3)]
    assert told_of(there, shared(1, "other")) == [("refused", "no_agreement", None)]
    assert told_of(there, one, two, three) == [("duplicate", "", None)] * 2 + [("accepted", "", None)]
    assert told_of(there, shared(2, n="another"), four) == [
        ("refused", "conflict", 4),
        ("accepted", "", None),
    ]
    assert list(Incoming.objects.order_by("seq").values_list("seq", flat=True)) == [1, 2, 3, 4]
    assert Topic.objects.get().document == {"n": 4}
    assert Link.objects.get().in_seq == 4  # of the topic nobody agreed to nothing is left
    notice = Notice.objects.get(account_id=account)
    assert "topic:cells" in notice.body
    assert "第2号" in notice.body
    # one it refused for good may be mended under its number, or passed over
    wrong = wire.Message("topic:cells", 5, "progress", one.at, {})
    assert told_of(there, wrong) == [("refused", "wrong_kind", None)]
    assert told_of(there, shared(6)) == [("accepted", "", None)]
    assert told_of(there, shared(5)) == [("refused", "conflict", 7)]


def test_matters_that_are_not_ours(there: OtherSite) -> None:
    stream = "matter:0f8fad5b-d9cb-469f-a165-70867728950e"
    at = timezone.now().replace(microsecond=0)
    step = {"stage": "x", "words": "", "at": "2026-11-22T10:00:00Z"}
    assert told_of(there, wire.Message(stream, 1, "progress", at, step)) == [
        ("refused", "unknown_stream", None)
    ]
    assert told_of(there, wire.Message(stream, 2, "progress", at, step)) == [("refused", "out_of_order", 1)]
    path = f"/matters/{stream.removeprefix('matter:')}"
    headers = there.signed(b"", path=path, method="GET")
    asked = there.http.get(f"/exchange/v1{path}", headers=headers)
    assert other_site.problem(asked)["code"] == "unknown_stream"
    Link.objects.create(site=there.site, stream=stream, way="out", out_seq=3, in_seq=1, state="accepted")
    headers = there.signed(b"", path=path, method="GET")
    state = wire.parse_state(there.http.get(f"/exchange/v1{path}", headers=headers).content)
    assert (state.opener, state.state, state.received, state.sent) == ("here.example", "accepted", 1, 3)


def test_a_revoked_key_stops_at_once(there: OtherSite) -> None:
    assert there.deliver(shared(1))[0].status == "accepted"
    key = there.site.keys.get()
    with pytest.raises(peers.Misfit):
        peers.revoke(key, BY, " ")
    peers.revoke(key, BY, "私钥可能泄露")
    body = wire.encode(there.delivery([shared(2)]))
    assert code(there.refused(body, there.signed(body))) == "revoked_key"
    fresh = OtherSite(there.site, Ed25519PrivateKey.generate())
    peers.add_key(there.site, fresh.key.public_key().public_bytes_raw(), BY)
    assert fresh.deliver(shared(2))[0].status == "accepted"
    peers.change(there.site, BY, "协议到期", active=False)
    assert code(fresh.refused(body, fresh.signed(body))) == "unknown_site"


def test_a_flooding_site_is_slowed_and_no_other(city: SmallCity, there: OtherSite) -> None:
    peers.change(there.site, BY, per_minute=6)
    calm = other_site.known(city, "calm.example")
    codes = []
    for n in range(1, 14):
        body = wire.encode(there.delivery([shared(n)]))
        response = there.send(body, there.signed(body))
        codes.append(response.status_code)
    assert codes == [200] * 10 + [429] * 3
    assert code(other_site.problem(response)) == "slow_down"
    assert response.headers["Retry-After"] == "10"
    assert calm.deliver(shared(1))[0].status == "accepted"
    assert RefusedMessage.objects.get(site=there.site, code="slow_down").count == 3
