"""Tiles, waste, files and the pages of a television: what is said, what is stale, what is never shown."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from PIL import Image

from zhili.base.signals.measures import Said
from zhili.core import files
from zhili.core.cases import doors
from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor
from zhili.core.signals import sources
from zhili.core.signals.store.storing import Message, accept
from zhili.core.trail.models import Change
from zhili.portal.tests.pages_client import reader, words_of
from zhili.scenarios.village_screens import content, keeping, television, tiles, waste
from zhili.scenarios.village_screens.models import NoticeDetail, Tile, WasteDay
from zhili.scenarios.village_screens.tests.conftest import Committee

RULE = Actor(kind="rule", label="测试")


def sensor(number: str, *values: tuple[int, float], measure: str = "road_water") -> int:
    """Registers one that said these values so many minutes ago; its id."""
    source, _key = sources.register(number, "internal", "sensor", actor=RULE, office_id=None)
    now = timezone.now()
    said = tuple(Said(measure, now - timedelta(minutes=minutes), value) for minutes, value in values)
    if said:
        accept([Message(number, "internal", said, number.encode(), now)])
    return source.pk


def tile(committee: Committee, source: int, **more: object) -> Tile:
    usual = {"kind": "road", "name": "涵洞", "title": "积水", "measure": "road_water", "unit": "厘米"}
    limits = {"notice_from": 10.0, "alarm_from": 25.0, "stale_minutes": 30}
    return keeping.add_tile(
        committee.secretary, committee.division.pk, {**usual, **limits, "source_id": source, **more}
    )


def test_a_tile_says_its_state_since_when_and_when_it_is_stale(committee: Committee) -> None:
    tile(committee, sensor("s1", (50, 3), (20, 12), (10, 15)), name="注意的")
    tile(committee, sensor("s2", (90, 30)), name="过时的")
    tile(committee, sensor("s3"), name="没有的")
    tile(committee, sensor("s4", (5, 40)), name="报警的")
    tile(committee, sensor("s5", (5, 40)), name="低才要紧的", below=True, notice_from=20.0, alarm_from=5.0)
    found = {one.tile.name: one for one in tiles.of(committee.division.pk)}
    states = {name: one.state for name, one in found.items()}
    assert states == {
        "报警的": "alarm", "注意的": "watch", "过时的": "stale", "没有的": "silent", "低才要紧的": "normal"
    }  # fmt: skip
    assert next(iter(found)) == "报警的"
    since = found["注意的"].since
    assert since is not None
    assert abs(timezone.now() - since - timedelta(minutes=20)) < timedelta(minutes=1)
    page = words_of(reader().get(f"/village/{committee.division.code}"))
    assert "数据过时" in page
    assert "两天内没有收到数据" in page


def test_what_tells_of_a_person_is_never_a_tile(committee: Committee) -> None:
    for measure in ("heart_rate", "position", "sos", "nothing"):
        with pytest.raises(Refused):
            tile(committee, 1, measure=measure)
    Tile.objects.create(
        division_id=committee.division.pk,
        kind="road",
        name="x",
        title="心率",
        source_id=1,
        measure="heart_rate",
    )
    assert tiles.of(committee.division.pk) == []  # not even one that was written by hand


def test_waste_is_weighed_by_point_and_day(committee: Committee) -> None:
    grid = committee.city.actor("A.grid")
    point = keeping.add_point(committee.secretary, committee.division.pk, "村口")
    with pytest.raises(Refused):
        keeping.add_point(committee.secretary, committee.division.pk, "村口")
    today = timezone.localdate()
    sent = {"point": str(point.pk), "day": str(today), "kilograms": "120.5", "purity": "92"}
    assert reader(grid).post("/desk/village/waste", sent).status_code == 302
    assert reader(grid).post("/desk/village/waste", {**sent, "kilograms": "130"}).status_code == 302
    assert WasteDay.objects.get().kilograms == 130
    assert Change.objects.filter(subject="village_waste").count() == 2  # both stand
    wrong = {**sent, "day": str(today + timedelta(days=1))}
    assert reader(grid).post("/desk/village/waste", wrong).status_code == 422
    foreign = reader(committee.city.actor("B.grid"))
    assert foreign.post("/desk/village/waste", sent).status_code == 422  # another village's point
    waste.enter(committee.member, point, today - timedelta(days=8), 65, None)
    (found,) = waste.of(committee.division.pk)
    assert found.trend == "比前一周多 100%"
    assert found.last is not None
    assert found.last.purity == 92


def test_only_pictures_of_what_is_shown_are_handed_out(committee: Committee) -> None:
    out = BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, "PNG")
    out.seek(0)
    kept = files.store(out, "x.png", committee.member)
    case = committee.notice(pictures=[f"{kept.id}:{kept.token}"])
    address = f"/village/{committee.division.code}/f/{kept.id}"
    assert reader().get(address).status_code == 404
    doors.act(case, "approve", committee.secretary, {})
    answer = reader().get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/jpeg"  # a copy without what the camera knew
    b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    other = committee.city.divisions["B.village"].code
    assert reader().get(f"/village/{other}/f/{kept.id}").status_code == 404
    NoticeDetail.objects.update(ends_at=timezone.now())
    assert reader().get(address).status_code == 404


def test_a_long_text_is_cut_where_a_reader_breathes() -> None:
    pages = television.split(
        "一二三四五六七八九十，一二三四五六七八九十，一二三四五六七八九十。\n第二段。\n" * 12
    )
    assert len(pages) == television.PARTS
    assert pages[0][0] == "一二三四五六七八九十，一二三四五六七八九十，"
    assert all(len(line) <= television.LINE for page in pages for line in page)
    assert all(len(page) <= television.LINES for page in pages)
    assert pages[-1][-1] == "……全文请用手机看"
    assert television.split("") == [[]]


def test_the_loop_is_set_by_who_leads_and_never_stands_empty(committee: Committee) -> None:
    village = content.village(committee.division.code)
    assert village is not None
    assert len(television.pages(content.of(village), content.loop(village.id))) == 1
    committee.shown()
    committee.disclosed("finance", "2026-10-01", "2026-10-31")
    fields = {
        "place_disclosure": "1",
        "seconds_disclosure": "30",
        "place_notice": "2",
        "seconds_notice": "10",
    }
    assert reader(committee.member).post("/desk/village/loop", fields).status_code == 403
    assert (
        reader(committee.secretary).post("/desk/village/loop", {**fields, "monthly": "1"}).status_code == 302
    )
    pages = television.pages(content.of(village), content.loop(village.id))
    assert [(one["kind"], one["seconds"]) for one in pages] == [("disclosure", 30), ("notice", 10)]
    bad = {**fields, "seconds_notice": "2"}
    assert reader(committee.secretary).post("/desk/village/loop", bad).status_code == 422
    assert Change.objects.filter(subject="village_loop").count() == 1


def test_a_committee_sees_its_own_village_only(committee: Committee) -> None:
    code = committee.city.divisions["B.village"].code
    assert reader(committee.secretary).get(f"/desk/village?v={code}").status_code == 404
    assert reader(committee.city.actor("B")).get(f"/desk/village?v={code}").status_code == 200
    assert reader(committee.city.actor("A.zhzf")).get("/desk/village").status_code == 403
