from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.utils import timezone

from zhili.core.cases.tests.city import SmallCity
from zhili.core.exchange.models import Link, RemoteSite, SiteKey
from zhili.core.exchange.sites import client, delivering, keys
from zhili.core.exchange.sites.tests.sending.peer import NAME, Peer, running
from zhili.core.people.models import Account


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    """Every test keeps its files in a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def peer() -> Iterator[Peer]:
    """The other city's site."""
    with running() as found:
        yield found
    client.close()


@pytest.fixture
def site(small_city: SmallCity, peer: Peer) -> RemoteSite:
    """The other site as we know it: by its key, told out of band."""
    account = Account.objects.create(username=f"site-{NAME}", kind="machine", display_name="金山")
    found = RemoteSite.objects.create(
        site=NAME, title="金山", url=peer.url, account=account, office=small_city.offices["city"],
        private_allowed=True,
    )  # fmt: skip
    SiteKey.objects.create(
        site=found, keyid=peer.keyid, public=peer.key.public_key().public_bytes_raw(), since=timezone.now()
    )
    own = keys.current()
    peer.known[own.keyid] = Ed25519PublicKey.from_public_bytes(own.public)
    delivering._manners.clear()
    return found


@pytest.fixture
def link(site: RemoteSite) -> Callable[..., Link]:
    """A new matter between the two."""

    def made(**more: Any) -> Link:
        return Link.objects.create(site=site, stream=f"matter:{uuid.uuid4()}", way="out", **more)

    return made


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Moves the time of the sending side on; nobody sleeps."""
    moved = timedelta()
    real = timezone.now

    def pass_by(more: timedelta) -> None:
        nonlocal moved
        moved += more

    monkeypatch.setattr(timezone, "now", lambda: real() + moved)
    return pass_by
