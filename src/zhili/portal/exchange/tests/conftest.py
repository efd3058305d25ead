from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from zhili.core.cases.tests.city import SmallCity
from zhili.core.exchange.sites import client, keys
from zhili.core.exchange.sites.client import Said
from zhili.core.trail import keys as trail_keys
from zhili.portal.exchange.tests import other_site
from zhili.portal.exchange.tests.other_site import BASE, HERE, OtherSite


@pytest.fixture
def city(small_city: SmallCity, tmp_path: Path, settings: Any) -> Iterator[SmallCity]:
    """The small city as a site of its own, reached at an address that only the proxy in front knows."""
    settings.HOME, settings.SITE_URL, settings.EXCHANGE_SITE = tmp_path, BASE, HERE
    keys.forget()
    trail_keys.forget()
    yield small_city
    keys.forget()
    trail_keys.forget()


@pytest.fixture
def there(city: SmallCity) -> OtherSite:
    """A site we know."""
    return other_site.known(city)


@pytest.fixture
def published(city: SmallCity, monkeypatch: pytest.MonkeyPatch) -> str:
    """Another site publishes what ours does, under another name; the fingerprint of its key."""
    told = json.loads(Client().get("/exchange/v1").content)
    public = keys.current().public
    told["site"], told["title"] = "jinshan.shanghai", "金山治理"
    told["keys"][0]["kid"] = keys.key_id("jinshan.shanghai", public)

    def ask(where: Any, method: str, url: str, headers: Any, body: bytes = b"", most: int = 0) -> Said:
        assert (method, url) == ("GET", "https://jinshan.example/exchange/v1")
        return Said(200, {}, json.dumps(told).encode())

    monkeypatch.setattr(client, "ask", ask)
    return keys.fingerprint(public)
