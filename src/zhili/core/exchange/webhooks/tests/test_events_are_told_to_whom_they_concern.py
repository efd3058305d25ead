"""From a step to a signed request that a stranger's program believes; filters; and what is never told."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime
from typing import Any

import jsonschema
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from zhili.core.cases.tests.city import ELSEWHERE, SmallCity
from zhili.core.exchange.models import Delivery, DeliveryState, Mode, PublicEvent
from zhili.core.exchange.webhooks import sending
from zhili.core.exchange.webhooks.catalogue import SHAPES, TYPES
from zhili.core.exchange.webhooks.matching import About, Wanted
from zhili.core.exchange.webhooks.tests.conftest import SITE, Subscribe
from zhili.core.exchange.webhooks.tests.receiving import Receiver, strangers
from zhili.core.exchange.webhooks.tests.telling_a_matter import NEVER, REPORT, accept, opened, told

pytestmark = pytest.mark.sql


@pytest.mark.parametrize("mode", list(Mode))
def test_a_step_arrives_signed_and_a_stranger_verifies_it(
    mode: str, small_city: SmallCity, subscribe: Subscribe, receiver: Receiver, own_key: dict[str, Any]
) -> None:
    subscribe(types=("zhili.case.opened", "zhili.case.step"), mode=mode, token="their-token")
    case = opened(small_city)
    accept(small_city, case)
    told()
    assert sending.deliver_due(linger=0) == 3
    assert [event["type"] for event in receiver.events] == [
        "zhili.case.opened",
        "zhili.case.step",
        "zhili.case.step",
    ], "in the order they happened"
    stranger = strangers()
    for got in receiver.got:
        assert stranger.verify("POST", receiver.url, got.headers, got.body, own_key) in own_key
        assert got.headers["Authorization"] == "Bearer their-token"
        for change in (got.body + b" ", got.body.replace(b"accept", b"refuse")):
            if change != got.body:
                with pytest.raises(stranger.Refused):
                    stranger.verify("POST", receiver.url, got.headers, change, own_key)
        with pytest.raises(stranger.Refused):
            stranger.verify("POST", receiver.url + "/other", got.headers, got.body, own_key)
        other = dict.fromkeys(own_key, Ed25519PrivateKey.generate().public_key())
        with pytest.raises(stranger.Refused):
            stranger.verify("POST", receiver.url, got.headers, got.body, other)
        with pytest.raises(stranger.Refused):
            stranger.verify("POST", receiver.url, got.headers, got.body, own_key, now=2e9)
        if mode == Mode.BINARY:
            forged = {**got.headers, "ce-type": "zhili.case.closed"}
            with pytest.raises(stranger.Refused):
                stranger.verify("POST", receiver.url, forged, got.body, own_key)
    first, second, third = receiver.events
    for event in receiver.events:
        assert (event["specversion"], event["source"], event["subject"]) == (
            "1.0",
            f"{SITE}/exchange/v1",
            case.number,
        )
        assert datetime.fromisoformat(event["time"]).astimezone(UTC)
        jsonschema.validate(event["data"], SHAPES[TYPES[event["type"]].shape])
    assert len({event["id"] for event in receiver.events}) == 3
    assert first["sequence"] == second["sequence"] < third["sequence"]
    assert third["data"]["action"] == "accept"
    assert third["data"]["url"] == f"/api/v1/cases/{case.number}"
    assert {row.state for row in Delivery.objects.all()} == {DeliveryState.SENT}
    assert sending.deliver_due(linger=0) == 0


def test_nothing_personal_and_nothing_written_is_ever_told(
    small_city: SmallCity, subscribe: Subscribe, receiver: Receiver
) -> None:
    subscribe(types=tuple(TYPES))
    accept(small_city, opened(small_city))
    told()
    sending.deliver_due(linger=0)
    assert receiver.events
    everything = json.dumps(receiver.events, ensure_ascii=False) + json.dumps(
        list(PublicEvent.objects.values_list("data", flat=True)), ensure_ascii=False
    )
    for text in NEVER:
        assert text not in everything


def test_a_subscription_hears_what_its_machine_may_see(small_city: SmallCity, subscribe: Subscribe) -> None:
    """The city's sees all but the confidential; a county's its ground; a department's what it takes part in."""
    rows = {office: subscribe(office) for office in ("city", "A", "B", "A.zhzf")}
    here, there = opened(small_city), opened(small_city, place=ELSEWHERE)
    direct = opened(small_city, category="204003")
    secret = opened(small_city)
    secret.confidential = True
    secret.save()
    told()
    heard = {
        office: set(row.deliveries.values_list("event__subject", flat=True)) for office, row in rows.items()
    }
    assert heard["city"] == {here.number, there.number, direct.number}
    assert heard["A"] == {here.number, direct.number}
    assert heard["B"] == {there.number}
    assert heard["A.zhzf"] == {direct.number}
    told()
    assert Delivery.objects.count() == 7, "read twice, written once"


FILTERS: dict[str, tuple[Any, dict[str, Any]]] = {
    # what the event is about, and the filters that let it through / keep it out
    "procedures": (("a.b",), {"procedure": "a.b"}),
    "categories": (("201",), {"categories": ("201001", "201", "2")}),
    "divisions": ((7,), {"divisions": (1, 7, 9)}),
    "offices": ((3,), {"office": 3}),
}


def test_every_combination_of_filters() -> None:
    """Each filter lets through what it names, keeps out the rest, and an empty one lets everything through."""
    for used in itertools.product((None, True, False), repeat=len(FILTERS)):
        wanted: dict[str, Any] = {"types": frozenset({"t"})}
        about: dict[str, Any] = {"type": "t"}
        for holds, (name, (values, fits)) in zip(used, FILTERS.items(), strict=True):
            if holds is not None:
                wanted[name] = frozenset(values)
            if holds:
                about |= fits
        assert Wanted(**wanted).admits(About(**about)) == (False not in used), used
    assert not Wanted(frozenset({"other"})).admits(About("t"))


def test_filters_on_real_matters(small_city: SmallCity, subscribe: Subscribe) -> None:
    def heard(**filters: Any) -> set[str]:
        row = subscribe(types=("zhili.case.opened",), **filters)
        told()
        return set(row.deliveries.values_list("event__subject", flat=True))

    here, there = opened(small_city), opened(small_city, place=ELSEWHERE)
    direct = opened(small_city, category="204003")
    county = small_city.divisions["A"].code
    assert heard() == {here.number, there.number, direct.number}
    assert heard(divisions=(county,)) == heard(divisions=(county[:6],)) == {here.number, direct.number}
    assert heard(categories=("201001",)) == {here.number, there.number}
    assert heard(categories=("2",), divisions=(small_city.divisions["B"].code,)) == {there.number}
    assert heard(offices=("T-A.zhzf",)) == {direct.number}
    assert heard(procedures=(REPORT,)) == {here.number, there.number, direct.number}
    assert heard(procedures=("documents.outgoing",)) == set()
