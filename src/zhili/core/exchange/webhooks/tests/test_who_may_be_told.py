"""Permission of the receiver, addresses that may not be asked, and how subscriptions and dead letters are kept."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import timedelta
from typing import Any

import httpcore
import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from zhili.core.cases.tests.city import SmallCity
from zhili.core.exchange.models import Delivery, PublicEvent, Subscription
from zhili.core.exchange.open311.addresses import Forbidden
from zhili.core.exchange.webhooks import (
    catalogue,
    keeping,
    permission,
    posting,
    replaying,
    sending,
    standing,
    subscribing,
    warning,
)
from zhili.core.exchange.webhooks.subscribing import Given
from zhili.core.exchange.webhooks.tests.conftest import Machine, Subscribe
from zhili.core.exchange.webhooks.tests.receiving import ROOT, Receiver
from zhili.core.exchange.webhooks.tests.telling_a_matter import opened, told
from zhili.core.notices.models import Notice
from zhili.core.people.actors import Actor, of_account
from zhili.core.people.managing import AdminRefused
from zhili.core.signals.models import Source
from zhili.core.trail.models import Change

pytestmark = pytest.mark.sql


def test_nothing_is_sent_before_the_receiver_agrees(
    small_city: SmallCity, subscribe: Subscribe, receiver: Receiver
) -> None:
    row = subscribe(agreed=False, per_minute=900)
    opened(small_city)
    before = told()
    assert not Delivery.objects.exists(), "not told of what was before it agreed"
    receiver.origin = "another.example"
    assert permission.ask_due() == 0
    row.refresh_from_db()
    assert (row.agreed_at, row.asked) == (None, 1)
    assert row.ask_at > timezone.now()
    (asked,) = receiver.got
    assert asked.method == "OPTIONS"
    assert asked.headers["WebHook-Request-Origin"] == "city.example"
    assert asked.headers["WebHook-Request-Rate"] == "900"
    receiver.origin, receiver.rate = "city.example", "30"
    Subscription.objects.update(ask_at=timezone.now() - timedelta(seconds=1))
    assert permission.ask_due() == 1
    row.refresh_from_db()
    assert (row.allowed_rate, row.ask_at) == (30, None)
    opened(small_city)
    told(before)
    assert sending.deliver_due(linger=0) == 1
    # never answered: asked more and more seldom, then no more
    receiver.origin = ""
    for _turn in range(len(permission.WAITS) + 1):
        permission.ask(row)
    row.refresh_from_db()
    assert (row.agreed_at, row.ask_at) == (None, None)
    assert standing.health(row).state == "refused"


def test_inside_addresses_are_not_asked() -> None:
    for url, why in {
        "https://me.example/events": "",
        "http://me.example/events": "scheme",
        "ftp://me.example/": "scheme",
        "https://127.0.0.1/x": "inside",
        "https://[::1]/x": "inside",
        "https://[::ffff:10.0.0.1]/": "inside",
        "https://169.254.169.254/latest": "inside",
        "https://user:pass@me.example/": "shape",
        "https://me.example/#part": "shape",
        "https://me.example:99999/": "shape",
        "https://城市.example/": "shape",
        "//me.example/": "scheme",
        "": "shape",
    }.items():
        assert posting.misfit(url, private_allowed=False) == why, url
    assert posting.misfit("http://10.0.0.1:8080/x", private_allowed=True) == ""
    # a name that means an inside address is judged in the moment of connecting
    backend = posting._Judged(private_allowed=False)
    with pytest.raises(Forbidden):
        asyncio.run(backend.connect_tcp("localhost", 80, 1.0))
    with pytest.raises(httpcore.ConnectError):
        asyncio.run(backend.connect_tcp("nowhere.invalid", 80, 1.0))
    answer = posting.send_one(posting.Request(1, "https://localhost:9/x", {}))
    assert answer.status is None
    assert "Forbidden" in answer.error


def test_who_keeps_subscriptions_and_what_they_may_be(
    small_city: SmallCity, subscribe: Subscribe, machine: Machine, admin: Actor, receiver: Receiver
) -> None:
    row = subscribe()
    account = row.account
    fine: dict[str, Any] = {"name": "平台", "url": "https://me.example/", "types": ("zhili.case.closed",)}
    for field, wrong in {
        "name": "",
        "url": "http://me.example/",
        "types": ("zhili.case.nothing",),
        "procedures": ("no.such",),
        "categories": ("999",),
        "divisions": ("110000",),
        "offices": ("T-none",),
        "mode": "carrier pigeon",
        "per_minute": 0,
        "token": "two words",
    }.items():
        with pytest.raises(AdminRefused) as refused:
            subscribing.add(account, Given(**{**fine, field: wrong}), admin)
        assert refused.value.field == field
    with pytest.raises(AdminRefused, match="同名"):
        subscribing.add(account, Given(**{**fine, "name": row.name}), admin)
    with pytest.raises(PermissionDenied):
        subscribing.add(account, Given(**fine), small_city.actor("A.town"))
    own = of_account(account)
    with pytest.raises(AdminRefused, match="内网"):
        subscribing.add(account, Given(**{**fine, "private_allowed": True}), own)
    with pytest.raises(AdminRefused, match="内网"):
        subscribing.change(row, Given(**{**fine, "private_allowed": True}), own)
    by_itself = subscribing.add(account, Given(**fine, token="secret-token"), own)
    kept = json.dumps(list(Change.objects.values("after", "before")), ensure_ascii=False)
    assert "平台" in kept
    assert "secret-token" not in kept, "a token is nobody's to read"
    assert subscribing.of_actor(own) == [by_itself, row]
    subscribing.pause(row, admin)
    opened(small_city)
    told()
    assert not row.deliveries.exists(), "what happens while it is stopped is not kept for it"
    subscribing.resume(row, admin)
    subscribing.change(row, Given(**{**fine, "name": "新名", "url": "https://you.example/"}), admin)
    row.refresh_from_db()
    assert row.ask_at is not None, "another address is asked anew"
    subscribing.delete(row, admin)
    assert subscribing.of_actor(admin) == [by_itself]


def test_undelivered_events_warn(small_city: SmallCity, subscribe: Subscribe, admin: Actor) -> None:
    row, well = subscribe(), subscribe()
    opened(small_city)
    told()
    assert warning.warn_due() == 0
    row.deliveries.update(state="dead", sent_at=timezone.now(), next_at=None)
    assert warning.warn_due() == 1
    assert warning.warn_due() == 0, "told once"
    note = Notice.objects.get(kind="webhooks.undelivered")
    assert note.office_id == small_city.offices["city"].pk
    assert row.name in note.subject
    source = Source.objects.get(number=f"internal:office:{note.office_id}")
    assert (source.subject_kind, source.subject_id) == ("office", note.office_id)
    well.deliveries.update(made_at=timezone.now() - timedelta(hours=1))
    Subscription.objects.filter(pk=well.pk).update(gone_at=timezone.now())
    assert warning.warn_due() == 1
    well.refresh_from_db()
    assert {one.state for one in standing.healths([row, well])} == {"dead", "gone"}
    # kept for a stated time, then forgotten with its body
    Delivery.objects.update(sent_at=timezone.now() - timedelta(days=40))
    PublicEvent.objects.update(made_at=timezone.now() - timedelta(days=40))
    assert keeping.due() == keeping.batch() == 2
    assert not PublicEvent.objects.exists()


def test_a_test_event_goes_the_way_of_all(subscribe: Subscribe, admin: Actor, receiver: Receiver) -> None:
    row = subscribe()
    assert replaying.test(row, admin).pk == replaying.test(row, admin).pk, "one at a time"
    assert sending.deliver_due(linger=0) == 1
    assert receiver.types() == [catalogue.TEST]


def test_the_guide_says_what_the_catalogue_says() -> None:
    guide = (ROOT / "docs/webhooks.md").read_text()
    shapes = dict(re.findall(r"^### (\w+)\n\n```json\n(.*?)\n```", guide, re.S | re.M))
    assert {name: json.loads(text) for name, text in shapes.items()} == catalogue.SHAPES
    rows = dict(re.findall(r"^\| `(zhili\.[\w.]+)` \| .* \| (\w+) \|$", guide, re.M))
    assert rows == {name: one.shape for name, one in catalogue.TYPES.items()} | {catalogue.TEST: "test"}
