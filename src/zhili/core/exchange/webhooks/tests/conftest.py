from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.utils import timezone

from zhili.base.exchange.signing import keyid
from zhili.core.cases.tests.city import BEGIN, SmallCity
from zhili.core.exchange.models import Subscription
from zhili.core.exchange.sites import keys
from zhili.core.exchange.webhooks import sending, subscribing
from zhili.core.exchange.webhooks.tests.receiving import Receiver, running
from zhili.core.people.actors import Actor
from zhili.core.people.models import Account, Post, PostHolding

SITE = "https://city.example"


@pytest.fixture(autouse=True)
def own_key(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Ed25519PublicKey]]:
    """Our key, and what others know of it."""
    private = Ed25519PrivateKey.generate()
    public = private.public_key()
    known = {keyid("test.city", public): public}
    mine = SimpleNamespace(keyid=next(iter(known)), private=private)
    monkeypatch.setattr(keys, "current", lambda: mine)
    monkeypatch.setattr(keys, "public_url", lambda: SITE)
    sending.forget()
    yield known
    sending.forget()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running() as found:
        yield found


Machine = Callable[[str], Account]


@pytest.fixture
def machine(small_city: SmallCity) -> Machine:
    """A machine account in a post of this office."""

    def made(office: str) -> Account:
        account = Account.objects.create(username=f"machine-{office}", kind="machine")
        post, _ = Post.objects.get_or_create(
            office=small_city.offices[office], title="对接", defaults={"roles": ["handler"]}
        )
        PostHolding.objects.create(post=post, account=account, valid_from=BEGIN)
        return account

    return made


@pytest.fixture
def admin(small_city: SmallCity) -> Actor:
    return small_city.actor("city", "admin")


Subscribe = Callable[..., Subscription]


@pytest.fixture
def subscribe(machine: Machine, admin: Actor, receiver: Receiver) -> Subscribe:
    """A subscription of a machine of an office (of the city unless said), agreed to by the receiver."""
    accounts: dict[str, Account] = {}

    def made(office: str = "city", agreed: bool = True, **more: Any) -> Subscription:
        account = accounts.setdefault(office, accounts.get(office) or machine(office))
        given = {
            "name": f"推送{Subscription.objects.count() + 1}",
            "url": receiver.url,
            "types": ("zhili.case.step",),
            "private_allowed": True,
        }
        row = subscribing.add(account, subscribing.Given(**{**given, **more}), admin)
        if agreed:
            row.agreed_at, row.ask_at = timezone.now(), None
            row.save()
        return row

    return made
