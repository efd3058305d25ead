"""A machine account keeps its webhooks by the API: made, changed, tried, read and sent again; nobody else's."""

from __future__ import annotations

import json
from typing import Any

import pytest

from zhili.core.cases.tests.city import BEGIN, SmallCity
from zhili.core.exchange.models import Delivery, Subscription
from zhili.core.exchange.webhooks import permission
from zhili.core.exchange.webhooks.posting import Answer
from zhili.core.people.actors import of_account
from zhili.core.people.models import Account, Post, PostHolding
from zhili.portal.tests.api_client import Program, at, looked_over

HOOK = {"name": "平台", "url": "https://me.example/events", "types": ["zhili.case.closed"]}


@pytest.fixture
def agreeing(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Receivers agree without being reached; the addresses asked."""
    asked: list[str] = []

    def answer(request: Any) -> Answer:
        asked.append(request.url)
        return Answer(None, 204, headers={"webhook-allowed-origin": "*", "webhook-allowed-rate": "90"})

    monkeypatch.setattr(permission, "send_one", answer)
    return asked


def program(city: SmallCity, name: str) -> Program:
    account = Account.objects.create(username=name, kind="machine")
    post, _ = Post.objects.get_or_create(
        office=city.offices["A"], title="对接", defaults={"roles": ["handler"]}
    )
    PostHolding.objects.create(post=post, account=account, valid_from=BEGIN)
    return Program.of(of_account(account))


def other(one: Program, method: str, path: str, body: Any = None) -> Any:
    raw = json.dumps(body).encode() if body is not None else b""
    return looked_over(one.client.generic(method, at(path), raw, "application/json", headers=one.headers))


def test_a_machine_keeps_its_own_webhooks(small_city: SmallCity, agreeing: list[str]) -> None:
    mine, theirs = program(small_city, "mine"), program(small_city, "theirs")
    made = mine.post("/webhooks", HOOK).json()
    assert (made["state"], made["allowed_rate"], made["mode"]) == ("well", 90, "structured")
    assert agreeing == [HOOK["url"]]
    path = f"/webhooks/{made['id']}"
    assert [one["id"] for one in mine.get("/webhooks").json()["items"]] == [made["id"]]
    assert theirs.get("/webhooks").json()["items"] == []
    assert theirs.get(path).status_code == 404
    assert other(theirs, "DELETE", path).status_code == 404
    changed = other(mine, "PATCH", path, {"per_minute": 30, "divisions": ["330402"]}).json()
    assert (changed["per_minute"], changed["divisions"]) == (30, ["330402000000"])
    assert (changed["name"], len(agreeing)) == ("平台", 1)
    assert other(mine, "PATCH", path, {"url": "https://you.example/"}).json()["url"] == "https://you.example/"
    assert len(agreeing) == 2, "another address is asked anew"
    for body, field in (
        ({"types": ["nope"]}, "types"),
        ({"per_minute": "many"}, "per_minute"),
        ({"nope": 1}, "nope"),
        ({"url": "https://127.0.0.1/"}, "url"),
        ({"private_allowed": True}, "private_allowed"),
    ):
        refused = other(mine, "PATCH", path, body)
        assert refused.status_code == 422
        assert [one["field"] for one in refused.json()["errors"]] == [field]
    tried = mine.post(f"{path}/test").json()
    assert (tried["type"], tried["state"]) == ("zhili.test", "waiting")
    Delivery.objects.update(state="dead", error="422 no", next_at=None)
    dead = mine.get(f"{path}/letters", state="dead").json()
    assert [(one["id"], one["error"]) for one in dead["items"]] == [(tried["id"], "422 no")]
    assert mine.get(path).json()["state"] == "dead"
    assert mine.post(f"{path}/replay", {"since": "2999-01-01T00:00:00+08:00"}).json() == {"count": 0}
    assert mine.post(f"{path}/replay", {"letter": tried["id"]}).json() == {"count": 1}
    assert mine.post(f"{path}/pause").json()["active"] is False
    assert mine.post(f"{path}/test").status_code == 422
    assert mine.post(f"{path}/resume").json()["active"] is True
    assert mine.post(f"{path}/ask").json() == {"given": True, "why": ""}
    assert other(mine, "DELETE", path).json() == {"count": 1}
    assert not Subscription.objects.exists()


def test_people_are_sent_to_their_pages(small_city: SmallCity) -> None:
    assert Program().get("/webhooks").status_code == 401
    refused = Program.of(small_city.actor("city", "admin")).get("/webhooks")
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:zhili:problem:not_a_machine")
    known = Program().get("/webhooks/types").json()["items"]
    assert {"zhili.case.closed", "zhili.warning.raised"} <= {one["name"] for one in known}
