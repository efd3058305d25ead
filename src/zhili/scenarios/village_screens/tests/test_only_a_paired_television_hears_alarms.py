"""Pairing by a code, revoking, and who is let in to `/live` for the television's topic."""

from __future__ import annotations

import json
from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from django.core.handlers.asgi import ASGIRequest
from django.test import Client
from django.utils import timezone

from zhili.core.cases import doors
from zhili.core.cases.watching import Sight, seat_of
from zhili.core.signals.warnings import showing
from zhili.core.streams.live import Row, telling
from zhili.core.streams.models import StreamEvent
from zhili.core.trail.models import Change
from zhili.portal.live.admitting import Admitted, Refusal, let_in
from zhili.portal.tests.pages_client import reader
from zhili.scenarios.village_screens.displays import pairing
from zhili.scenarios.village_screens.displays.telling import Television, ended, tell
from zhili.scenarios.village_screens.models import Display, Pairing
from zhili.scenarios.village_screens.tests.conftest import Committee


def asks(client: Client, topics: str = "tv") -> Admitted | Refusal:
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    headers = {"Host": "127.0.0.1", "Cookie": cookies}
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/live",
        "query_string": urlencode({"topics": topics}).encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }
    return let_in(ASGIRequest(scope, BytesIO()))


def told(committee: Committee, client: Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/tv/{committee.division.code}/content").json()
    return found


def paired(committee: Committee, name: str = "文化礼堂") -> Client:
    """A television whose code was typed on the village's desk."""
    television = Client()
    code = television.post(f"/tv/{committee.division.code}/pair").json()["code"]
    typed = {"code": f" {code[:3].lower()} {code[3:]}", "name": name}
    assert reader(committee.secretary).post("/desk/village/displays", typed).status_code == 302
    return television


def row(kind: str, payload: dict[str, Any]) -> Row:
    return Row(1, 1, timezone.now(), kind, None, payload)


def test_a_television_is_paired_by_its_code_and_revoked(committee: Committee) -> None:
    address = f"/tv/{committee.division.code}/pair"
    stranger = Client()
    assert told(committee, stranger)["paired"] is False
    assert asks(stranger) == Refusal(403, "not_paired")
    code = stranger.post(address).json()["code"]
    assert stranger.post(address).json()["code"] == code  # the same while it holds
    assert stranger.cookies[pairing.COOKIE]["httponly"]
    typed = {"code": code, "name": "小店"}
    desk = "/desk/village/displays"
    assert reader(committee.member).post(desk, typed).status_code == 403  # who leads or administers
    assert (
        reader(committee.city.actor("B.village")).post(desk, typed).status_code == 422
    )  # not of that village
    Pairing.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert reader(committee.secretary).post(desk, typed).status_code == 422
    assert stranger.post(address).json()["code"] != code

    television = paired(committee)
    assert television.post(address).json()["code"] == ""  # asked again it stays paired
    assert told(committee, television)["paired"] is True
    found = asks(television)
    assert isinstance(found, Admitted)
    assert isinstance(
        asks(television, "warning"), Refusal
    )  # its cookie opens its own topic, nothing of posts'
    assert isinstance(asks(television, "tv,matters"), Refusal)
    display = Display.objects.get()
    assert television.cookies[pairing.COOKIE].value not in (display.sha256, "")
    assert display.last_seen_at is not None
    other = television.get(f"/tv/{committee.city.divisions['B.village'].code}/content").json()
    assert other["paired"] is False  # of its own village only

    assert reader(committee.city.actor("B.village")).post(f"{desk}/{display.pk}/revoke").status_code == 404
    assert reader(committee.member).post(f"{desk}/{display.pk}/revoke").status_code == 403
    assert ended([found.pass_]) == {}
    assert reader(committee.secretary).post(f"{desk}/{display.pk}/revoke").status_code == 302
    assert ended([found.pass_]) == {found.pass_: "revoked"}
    assert asks(television) == Refusal(403, "not_paired")
    assert told(committee, television)["paired"] is False
    assert [one.done for one in Change.objects.filter(subject="village_display").order_by("pk")] == [
        "paired",
        "revoked",
    ]


def test_it_is_told_that_something_changed_and_nothing_else(committee: Committee) -> None:
    found = asks(paired(committee))
    assert isinstance(found, Admitted)
    village, elsewhere = committee.division.pk, committee.city.divisions["B.village"].pk
    secret = {"warning": 7, "rule": "x", "level": "red", "name": "陈阿婆", "kind": "raised", "at": "x"}
    near, far = tell([row("signals.warning", {**secret, "division": d}) for d in (village, elsewhere)])
    assert found.listener.hears(near)
    assert not found.listener.hears(far)
    assert set(json.loads(near.data["zh-hans"])) == {"id", "what"}
    assert list(tell([row("step", {"procedure": "citizen_reports.report", "division": village})])) == []
    # and what is told to posts is not told to it, nor the other way round
    seat = found.listener.who
    assert isinstance(seat, Television)
    assert not Sight(frozenset({1}), frozenset({village})).admits(seat)
    for actor in (
        committee.secretary,
        committee.city.actor("city"),
        committee.city.actor("city", "commander"),
    ):
        assert not near.audience.admits(seat_of(actor))
    events = [Row(one.pk, 1, one.at, one.type, one.subject, one.payload) for one in StreamEvent.objects.all()]
    doors.act(committee.notice(), "approve", committee.secretary, {})
    heard = [one for one in telling.tell(events) if found.listener.hears(one)]
    assert all(set(json.loads(one.data["zh-hans"])) == {"id", "what"} for one in heard)


def test_alarms_stand_on_paired_televisions_only(committee: Committee, monkeypatch: Any) -> None:
    alarm = showing.Shown(
        "red", "南湖区1村01网格有人呼救", "01网格", timezone.now(), "raised", 7, "eldercare.sos"
    )
    asked: list[int] = []

    def on_screen(division: int) -> list[showing.Shown]:
        asked.append(division)
        return [alarm]

    monkeypatch.setattr(showing, "on_screen", on_screen)
    assert told(committee, Client())["alarms"] == []
    assert "有人呼救" not in Client().get(f"/tv/{committee.division.code}").content.decode()
    assert asked == []
    (shown,) = told(committee, paired(committee))["alarms"]
    assert set(shown) == {"level", "title", "words", "cell", "since", "state"}
    assert (shown["words"], shown["state"]) == ("南湖区1村01网格有人呼救", "等人接手")


def test_codes_that_wait_are_bounded(committee: Committee, monkeypatch: Any) -> None:
    monkeypatch.setattr(pairing, "MOST_WAITING", 2)
    address = f"/tv/{committee.division.code}/pair"
    assert [Client().post(address).status_code for _n in range(3)] == [200, 200, 429]
    assert Client().get(address).status_code == 405
