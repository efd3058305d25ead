"""What stands on the joint centre, the map and the page of choices; and whose word is whose."""

from __future__ import annotations

import json
import uuid

import pytest
from django.utils import timezone

from zhili.core.exchange.models import Link, Outgoing, RemoteSite, SiteFork, Witnessed
from zhili.portal.tests.pages_client import reader, words_of
from zhili.scenarios.cross_border.models import Sharing
from zhili.scenarios.cross_border.tests.conftest import DRAWN, Border

pytestmark = pytest.mark.django_db
CELL = "33040200100101"
THEIR_CELL = {"code": "31011600100101", "name": "一网格", "village": "枫泾镇", "geometry": DRAWN}


def forked(border: Border) -> None:
    sealed = {"site": border.site, "origin": "jinshan", "at": timezone.now(), "salt": b"s" * 16}
    Witnessed.objects.create(size=90, root=b"r" * 32, text="…", leaf_id=1, **sealed)
    SiteFork.objects.create(
        kind="fork", size=120, kept=b"r" * 32, kept_size=90, theirs=b"x" * 32, text="…", leaf_id=2, **sealed
    )


def test_both_sides_what_waits_and_a_fork_stand_on_the_joint_centre(border: Border) -> None:
    page = words_of(reader(border.seat).get("/cross-border"))
    assert "对方还没有告知" in page
    assert "先做什么" in page  # until there is anything to look at
    assert "两条虚线" not in words_of(reader(border.seat).get("/cross-border/agreements"))  # none are drawn
    ours, waiting = border.found(), border.found(what="对方移交来的一件")
    link = Link.objects.create(
        site=border.site, stream=f"matter:{uuid.uuid4()}", way="in", case=waiting, state="waiting"
    )
    Outgoing.objects.create(link=link, site=border.site, seq=1, kind="progress", body={}, digest=b"")
    RemoteSite.objects.update(failures=3, error="connection refused")
    forked(border)
    border.told("cells", {"version": 1, "cells": [THEIR_CELL]})
    there = border.their_matter(number="<b>31-7</b>", state="joint")
    few = {"cell": "31011600100101", "category": "grid", "few": True}
    border.told("matters", {"version": 1, "matters": [there], "counts": [few]})
    answer = reader(border.seat).get("/cross-border")
    page = words_of(answer)
    for said in (
        "上海·金山的存证前后不一致", "我方见证过前 90 条，对方后来签出的 120 条与之矛盾", "存证分叉",
        "2 我方在办", "1 + 对方在办（对方告知）", "1 等我方受理", "1 没送到的消息",
        "水域联防", "枫泾镇 一网格", "联合处置中", "不到 5 件", ours.title, waiting.title,
    ):  # fmt: skip
        assert said in page, said
    assert b"<b>31-7</b>" not in answer.content
    border.told("matters", {"version": 1, "matters": [{**there, "name": "张三"}], "counts": []})
    assert "读不懂（matters[0].name）" in words_of(reader(border.seat).get("/cross-border?part=now"))
    assert reader(border.grid).get("/cross-border").status_code == 403


def test_a_leader_previews_shares_and_stops(border: Border) -> None:
    border.agree(1)
    case = border.found()
    client = reader(border.seat)
    page = "/cross-border/sharing"
    assert "什么也看不到" in words_of(client.get(page))
    chosen = {"cell": [CELL], "category": ["grid"], "points": "1", "metres": "0", "seen": "0"}
    seen = client.post(page, {**chosen, "do": "preview"})
    assert "照这样选，对方会看到" in words_of(seen)
    assert case.number in words_of(seen)
    assert not Sharing.objects.exists()
    assert client.post(page, {**chosen, "metres": "99", "cell": ["x"], "do": "save"}).status_code == 422
    assert client.post(page, {**chosen, "do": "save"}).status_code == 302
    assert Outgoing.objects.filter(kind="publish").exists()
    assert client.post(page, {**chosen, "do": "save"}).status_code == 409  # somebody chose in between
    drawn = json.loads(client.get("/cross-border/map.geojson").content)["features"]
    assert [one["properties"]["kind"] for one in drawn] == ["cell", "place", "matter"]
    assert case.title not in json.dumps(drawn, ensure_ascii=False)
    page_of_map = words_of(client.get("/cross-border/map"))
    assert "1 个网格" in page_of_map
    assert "对方没有共享" in page_of_map
    kept = client.get(page).content.decode().split('name="seen" value="')[1].split('"')[0]
    assert client.post(page, {"do": "stop", "seen": kept}).status_code == 302
    assert json.loads(client.get("/cross-border/map.geojson").content)["features"] == []
    handler = border.city.actor("A", "handler")
    assert reader(handler).get(page).status_code == 403
    assert reader(handler).get("/cross-border/map").status_code == 200
