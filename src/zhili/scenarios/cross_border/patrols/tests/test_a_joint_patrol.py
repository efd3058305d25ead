"""A joint patrol from its plan to its proof: taps of both sides, late ones, wrong codes, what is missed."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from zhili.core.cases import categories, doors
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, Step
from zhili.core.cases.tests.city import SmallCity, forget
from zhili.core.exchange.models import RemoteSite, Topic
from zhili.core.forms import FormErrors
from zhili.core.people.actors import Actor
from zhili.core.signals.models import Source
from zhili.core.trail import keys, sealing
from zhili.core.trail.audit import covering
from zhili.core.trail.models import Leaf
from zhili.portal.tests.pages_client import reader, send, words_of
from zhili.scenarios.cross_border.patrols import (
    actions,
    codes,
    keeping,
    publishing,
    reading,
    shared,
    tapping,
    watch,
)
from zhili.scenarios.cross_border.patrols.models import Checkpoint, CheckpointCode, PatrolDetail, Stop, Tap

PATROL = "cross_border.patrol"


class Border:
    """County A with three checkpoints on a route, the second a meeting point; a site beside it."""

    def __init__(self, city: SmallCity) -> None:
        self.city = city
        categories.load("cross_border")
        forget()
        self.town = city.actor("A.town")
        self.team = city.actor("A.grid")
        self.points = [
            keeping.add_point(self.town, {"name": name, "lon": 120.05 + n / 100, "lat": 30.05, "radius": 100})
            for n, name in enumerate(("塘桥东", "界河码头", "老闸口"))
        ]
        self.route = keeping.add_route(self.town, "界河线")
        for n, point in enumerate(self.points):
            keeping.add_stop(
                self.town,
                self.route,
                {"checkpoint": point.pk, "after_minutes": 10 * n, "meeting": n == 1},
            )
        self.site = RemoteSite.objects.create(
            site="jinshan.shanghai",
            title="金山",
            url="https://jinshan.example",
            account=city.account_of(city.resident("金山站点")),
            office=city.offices["A"],
        )

    def planned(self, **more: Any) -> PatrolDetail:
        now = timezone.now()
        data = {
            "title": "界河夜巡",
            "route": str(self.route.pk),
            "starts": (now + timedelta(minutes=1)).isoformat(),
            "ends": (now + timedelta(hours=2)).isoformat(),
            "team_office": str(self.city.offices["A.grid"].pk),
            "team": "一组",
            "partner": self.site.site,
            "window": 15,
            **more,
        }
        made = doors.open_case(PATROL, "plan", self.town, data)
        return PatrolDetail.objects.get(pk=made.case_id)

    def code(self, point: Checkpoint) -> str:
        return CheckpointCode.objects.get(checkpoint=point, until=None).code

    def tap(self, patrol: PatrolDetail, n: int, key: str = "", **more: Any) -> tapping.Tapped:
        stop = patrol.stops.order_by("order")[n]
        typed = more.pop("typed", "") or self.code(self.points[n])
        by: Actor = more.pop("by", self.team)
        team = patrol.teams.get()
        return tapping.tap(by, stop, team, typed, key=key or f"k{n}", **more)


@pytest.fixture
def border(small_city: SmallCity) -> Border:
    return Border(small_city)


def earlier(patrol: PatrolDetail, minutes: int) -> PatrolDetail:
    """The patrol as if it had been planned that much earlier."""
    back = timedelta(minutes=minutes)
    patrol.starts -= back
    patrol.ends -= back
    patrol.save(update_fields=["starts", "ends"])
    for stop in patrol.stops.all():
        Stop.objects.filter(pk=stop.pk).update(planned_at=(stop.planned_at or patrol.starts) - back)
    CheckpointCode.objects.update(since=patrol.starts)
    return PatrolDetail.objects.get(pk=patrol.pk)


def test_taps_are_kept_once_and_prove_themselves(border: Border) -> None:
    patrol = border.planned()
    first = border.tap(patrol, 0, presence="inside")
    again = border.tap(patrol, 0, presence="outside")
    assert again.repeated
    assert again.tap.pk == first.tap.pk
    case = Case.objects.get(pk=patrol.pk)
    assert case.stage == "under_way"  # the first tap began it
    leaf = json.loads(bytes(Leaf.objects.get(pk=first.tap.leaf_id).body))
    assert leaf["what"]["patrol"] == str(patrol.uuid)
    assert leaf["what"]["point"] == str(border.points[0].uuid)
    assert border.team.label not in json.dumps(leaf, ensure_ascii=False)
    assert not {"account_id", "post_id", "lon", "lat"} & {f.attname for f in Tap._meta.concrete_fields}

    with pytest.raises(Refused, match="点位码"):
        border.tap(patrol, 1, key="x", typed="ABCD-EFGH-JKMN")
    with pytest.raises(Refused, match="不是本单位"):
        border.tap(patrol, 1, key="y", by=border.city.actor("B.grid"))
    with pytest.raises(Refused, match="将来"):
        border.tap(patrol, 1, key="z", made_at=timezone.now() + timedelta(hours=1))

    old = border.code(border.points[1])
    keeping.change_code(border.town, border.points[1])
    CheckpointCode.objects.filter(code=old).update(until=timezone.now() - timedelta(minutes=5))
    with pytest.raises(Refused, match="点位码"):
        border.tap(patrol, 1, key="old", typed=old)
    CheckpointCode.objects.filter(code=old).update(since=timezone.now() - timedelta(minutes=40))
    typed = f"https://site/cross-border/patrols/at/x?k={old.lower()}"
    sent_late = border.tap(patrol, 1, made_at=timezone.now() - timedelta(minutes=30), typed=typed)
    assert sent_late.tap.received_at - sent_late.tap.at > timedelta(minutes=29)

    (cover,) = [one for one in covering.covers() if one.name == Tap._meta.db_table]
    assert cover.batch(None).faults == []
    doors.act(case, "finish", border.team, {})
    assert Step.objects.filter(case=case).values_list("action", flat=True).last() == "finish"


def test_two_sides_that_meet_make_a_patrol_joint(border: Border) -> None:
    """What we publish is what the other site reads; their taps count only with a proof that holds."""
    keys.ring()
    patrol = border.planned()
    border.tap(patrol, 0)
    border.tap(patrol, 1)
    promised = publishing.document(border.site.site)
    assert "promise" in promised["patrols"][0]["proof"]
    assert publishing.document(border.site.site) == promised, "else it would be sent again and again"
    sealing.seal()
    document = publishing.document(border.site.site)
    told = document["patrols"][0]
    assert told["teams"][0]["team"] == "一组"
    assert codes.fits(border.code(border.points[1]), told["stops"][1]["uuid"], told["stops"][1]["check"])
    assert border.code(border.points[1]) not in json.dumps(document)
    assert publishing.document("elsewhere") == {"patrols": []}

    def shared_with(proof: Any) -> reading.Told:
        now = timezone.now()
        row = {"name": shared.TOPIC, "seq": 1, "document": {"patrols": [{**told, "proof": proof}]}, "at": now}
        Topic.objects.update_or_create(site=border.site, name=shared.TOPIC, defaults=row)
        return reading.told(Case.objects.get(pk=patrol.pk), patrol)

    # the other site's document has the same shape as ours: played back, it is theirs
    RemoteSite.objects.filter(pk=border.site.pk).update(trail_keys=keys.vkeys())
    both = shared_with(told["proof"])
    assert both.doubts == []
    assert len(both.their_taps) == 2
    assert both.result.joint
    assert both.result.stops[1].met

    broken = json.loads(json.dumps(told["proof"]))
    broken["leaves"][0]["leaf"] = broken["leaves"][0]["leaf"].replace("patrol_tap", "patrol_taq")
    doubted = shared_with(broken)
    assert doubted.doubts
    assert doubted.their_taps == []
    assert not doubted.result.joint

    RemoteSite.objects.filter(pk=border.site.pk).update(trail_keys=["zhili+00000000+AA"])
    assert shared_with(told["proof"]).doubts


def test_what_is_missed_is_warned_of_once_and_mended_by_a_late_tap(border: Border) -> None:
    patrol = earlier(border.planned(partner=""), 100)
    assert watch.not_begun(timezone.now()) == 1
    assert watch.not_begun(timezone.now()) == 0
    border.tap(patrol, 0, made_at=timezone.now() - timedelta(minutes=95))
    assert watch.missed(timezone.now()) == 2
    assert watch.missed(timezone.now()) == 0
    office, cell = border.city.offices["A.town"].pk, border.city.cells["A.grid"].pk
    numbers = set(Source.objects.filter(protocol="internal").values_list("number", flat=True))
    assert {f"internal:office:{office}", f"internal:cell:{cell}"} <= numbers

    told = reading.told(Case.objects.get(pk=patrol.pk), patrol)
    assert [one.state for one in told.result.stops] == ["reached", "missed", "missed"]
    border.tap(patrol, 1, made_at=timezone.now() - timedelta(minutes=85))
    told = reading.told(Case.objects.get(pk=patrol.pk), patrol)
    assert [one.state for one in told.result.stops] == ["reached", "reached", "missed"]
    assert told.result.stops[1].ours is not None
    assert told.result.stops[1].ours.sent_late
    assert actions.span("cross_border.patrol_tolerance") == timedelta(minutes=30)


def test_a_route_longer_than_the_patrol_is_refused_and_a_hasty_walk_is_told(border: Border) -> None:
    starts = timezone.now() + timedelta(minutes=1)
    short = {"starts": starts.isoformat(), "ends": (starts + timedelta(minutes=19)).isoformat()}
    with pytest.raises(FormErrors) as refused:
        border.planned(**short)
    assert set(refused.value.errors) == {"ends"}
    assert "20 分钟" in refused.value.errors["ends"][0]
    patrol = border.planned()
    border.tap(patrol, 0)
    border.tap(patrol, 2)
    shown = words_of(
        reader(border.town).get(f"/cross-border/patrols/{Case.objects.get(pk=patrol.pk).number}")
    )
    assert "提前到" in shown
    assert "离“塘桥东”1925 米，只差 0 分钟，走不到" in shown
    assert "1 个点位离前一个太远" in shown


def test_a_team_taps_by_its_page_and_opens_a_matter(border: Border) -> None:
    patrol = border.planned()
    number = Case.objects.get(pk=patrol.pk).number
    grid, town = reader(border.team), reader(border.town)
    address = f"/cross-border/patrols/{number}"
    stop = patrol.stops.order_by("order")[0]
    page = grid.get(f"{address}/go")
    assert page["X-Offline"] == "keep"
    assert "塘桥东" in words_of(page)
    wrong = grid.post(f"{address}/tap/{stop.pk}", {"_key": "a", "code": "nonsense"})
    assert wrong.status_code == 422
    assert "点位码不对" in words_of(wrong)
    sent = {
        "_key": "b",
        "code": codes.shown(border.code(border.points[0])),
        "made_at": timezone.now().isoformat(),
    }
    by_script = {"HTTP_ACCEPT": "application/json"}
    assert grid.post(f"{address}/tap/{stop.pk}", sent, **by_script).status_code == 201
    assert grid.post(f"{address}/tap/{stop.pk}", sent, **by_script).status_code == 200
    assert Tap.objects.count() == 1
    landed = grid.get(f"/cross-border/patrols/at/{stop.uuid}?k={border.code(border.points[0])}")
    assert landed.status_code == 302
    assert landed["Location"].startswith(f"{address}/go?at=")

    found = f"{address}/found?at={stop.uuid}"
    named = send(grid, found, {"what": "张三先生把船停在航道中间，电话13812345678"})
    assert named.status_code == 422
    assert send(grid, found, {"what": "航道里有一只空船漂着"}).status_code == 302
    shown = words_of(town.get(address))
    assert "航道里有一只空船漂着" in shown
    assert "我方到了 1 个，共 3 个点位" in shown
    proof = town.get(f"{address}/proof.json")
    assert json.loads(proof.content)["about"]["kind"] == "patrol"
    listed = words_of(town.get("/cross-border/patrols"))
    assert "界河夜巡" in listed
    assert reader(border.city.actor("B.town")).get(address).status_code == 404
    made = town.post("/cross-border/patrols/export.csv", {"state": "all", "q": ""})
    assert "塘桥东" in made.content.decode("utf-8-sig")
