"""Our own receiving side, through its real door, tried by the kit a stranger would use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.test import Client

from zhili.commands.conformance import keeping, running
from zhili.commands.conformance.checks import BROKEN, NOT_RUN
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.exchange.sites import keys, peers
from zhili.core.people.actors import Actor
from zhili.core.trail import keys as trail_keys

HERE, BASE = "here.example", "https://here.example"
BY = Actor(kind="rule", label="测试")
NOT_HERE = {"gate", "flood_slowed", "file_fetched", "checkpoint_signed", "checkpoints_consistent"}
"""A gate and a flood are tried elsewhere; a file is fetched by the worker; and a leaf gets its number, and so a
checkpoint its tree, only when its transaction is over (portal/exchange/tests)."""


@pytest.fixture
def kit(small_city: SmallCity, tmp_path: Path, settings: Any) -> Iterator[keeping.Kit]:
    """The kit as a site we know, its agreement loaded: what `--init` tells an operator to do."""
    settings.HOME, settings.SITE_URL, settings.EXCHANGE_SITE = tmp_path, BASE, HERE
    keys.forget()
    trail_keys.forget()
    place = (INSIDE["lon"], INSIDE["lat"])
    made = keeping.init(tmp_path / "kit", HERE, "201001", keeping.NOWHERE, place, keeping.now())
    known = peers.Known(
        made.site,
        "一致性测试",
        made.url,
        small_city.offices["A"].code,
        (made.key.public_key().public_bytes_raw(),),
        (str(made.vkey),),
    )
    site = peers.add(known, BY)
    peers.load_agreement(
        site,
        made.agreed.document(),
        BY,
        procedure="citizen_reports.report",
        opening="report",
        local_field={"kit_contact": "phone"},
    )
    yield made
    keys.forget()
    trail_keys.forget()


HTTP = Client()


def door(request: httpx.Request) -> httpx.Response:
    """The site's address, behind a proxy that ends TLS."""
    sent = {name.decode(): value.decode() for name, value in request.headers.raw}
    kind = sent.pop("Content-Type", "")
    for name in ("Host", "Content-Length"):
        sent.pop(name, None)
    response = HTTP.generic(
        request.method, request.url.raw_path.decode(), request.content, content_type=kind, headers=sent
    )
    return httpx.Response(
        response.status_code, headers=dict(response.headers), stream=httpx.ByteStream(response.content)
    )


@pytest.mark.django_db
def test_our_own_site_keeps_every_rule(kit: keeping.Kit) -> None:
    settings = running.Settings(BASE, transport=httpx.MockTransport(door))
    outcomes = running.run_all(kit, settings)
    assert {one.check.name: one.why for one in outcomes if one.state == BROKEN} == {}
    assert {one.check.name for one in outcomes if one.state == NOT_RUN} == NOT_HERE
