"""A security plan: three people, versions kept whole, shared only when approved and chosen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from zhili.core.cases import doors, sweeping
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, Clock
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.exchange.models import RemoteSite
from zhili.core.forms import FormErrors
from zhili.core.trail.audit import covering
from zhili.portal.tests.pages_client import reader, words_of
from zhili.scenarios.cross_border.events import forms, keeping, sharing
from zhili.scenarios.cross_border.events.models import PlanDetail, PlanVersion

PLAN = "cross_border.event_plan"


def event(**more: Any) -> dict[str, Any]:
    day = timezone.now() + timedelta(days=20)
    return {
        "name": "元旦灯会",
        "place": INSIDE,
        "venue": "文化广场",
        "starts": day.isoformat(),
        "ends": (day + timedelta(hours=5)).isoformat(),
        "expected": 3000,
        **more,
    }


def test_from_draft_to_review(small_city: SmallCity) -> None:
    writer, boss = small_city.actor("A.town", "handler"), small_city.actor("A.town", "leader")
    county = small_city.actor("A")
    site = RemoteSite.objects.create(
        site="jinshan.shanghai",
        title="金山",
        url="https://jinshan.example",
        account=small_city.account_of(small_city.resident("金山站点")),
        office=small_city.offices["A"],
    )
    with pytest.raises(FormErrors):
        doors.open_case(PLAN, "write", writer, event(venue="找李四先生 13812345678"))
    opened = doors.open_case(PLAN, "write", writer, event()).case_id
    case, plan = Case.objects.get(pk=opened), PlanDetail.objects.get(pk=opened)
    client = reader(writer)
    address = f"/cross-border/plans/{case.number}"
    shown = words_of(client.get(address))
    for words in ("还没有岗位", "没有写联络电话", "活动前没有演练"):
        assert words in shown

    starts, ends = plan.starts.isoformat(), plan.ends.isoformat()
    person = {"name": "一号入口", "duties": "张三先生负责", "people": "4"}
    named = client.post(f"{address}?add=post", {"_key": "n", **person})
    assert named.status_code == 422
    duties = {"name": "一号入口", "duties": "查包、限流", "people": "4"}
    answer = client.post(f"{address}?add=post", {"_key": "p", **duties})
    assert answer.status_code == 302, words_of(answer)
    post = plan.posts.get()
    shift = {"post": str(post.pk), "side": "ours", "team": "执法一队", "starts": starts, "ends": ends}
    keeping.add(
        writer, case, plan, "shift", forms.Shift.validate(shift, {"post": [(str(post.pk), "x")]}).values
    )
    mobile = {"side": "ours", "office": "指挥室", "role": "指挥", "phone": "13812345678"}
    assert "个人手机" in words_of(client.post(f"{address}?add=contact", {"_key": "c", **mobile}))
    client.post(f"{address}?add=contact", {"_key": "c", **mobile, "phone": "0573-85010000"})
    drill = {"held_at": timezone.now().isoformat(), "what": "疏散", "findings": "出口被占"}
    keeping.add(writer, case, plan, "drill", drill)
    assert "还有 1 处没有改好" in words_of(client.get(address))
    client.post(f"{address}/drill/{plan.drills.get().pk}", {"mended": "摊位后移"})
    assert "没有查出缺口" in words_of(client.get(address))

    with pytest.raises(Refused, match="另一人"):
        doors.act(case, "review", writer, {})
    doors.act(case, "review", boss, {})
    with pytest.raises(Refused, match="另一人"):
        doors.act(case, "approve", boss, {})
    assert sharing.document(site.site) == {"plans": []}
    doors.act(case, "approve", county, {})
    version = PlanVersion.objects.get(plan=plan)
    assert version.document["posts"][0]["shifts"][0]["team"] == "执法一队"
    (cover,) = [one for one in covering.covers() if one.name == PlanVersion._meta.db_table]
    assert cover.batch(None).faults == []
    assert sharing.document(site.site) == {"plans": []}  # approved, and not chosen
    doors.act(case, "share", boss, {"sites": [site.site]})
    assert sharing.document(site.site)["plans"][0]["digest"] == version.digest
    assert sharing.document("elsewhere") == {"plans": []}
    case.refresh_from_db()
    with pytest.raises(Refused, match="修订"):
        keeping.add(writer, case, plan, "post", {"name": "x", "duties": "y", "people": 1})

    doors.act(case, "revise", writer, {"reason": "加一个岗位"})
    case.refresh_from_db()
    keeping.add(writer, case, plan, "post", {"name": "北停车场", "duties": "引导", "people": 2})
    assert len(sharing.document(site.site)["plans"][0]["posts"]) == 1  # as it was approved
    doors.act(case, "review", boss, {})
    doors.act(case, "approve", county, {})
    assert sharing.document(site.site)["plans"][0]["version"] == 2

    for stage in ("in_force", "ended"):
        sweeping.sweep(now=Clock.objects.get(case=case, name="stage").next_fire_at)
        case.refresh_from_db()
        assert case.stage == stage
    doors.act(case, "sum_up", writer, {"came": 2800, "review": "散场时北出口挤，下次加一队。"})
    assert "下次加一队" in words_of(client.get(address))
    assert sharing.document(site.site) == {"plans": []}
    listed = words_of(client.get("/cross-border/plans?state=over"))
    assert "元旦灯会" in listed
    exported = client.post("/cross-border/plans/export.csv", {"state": "all", "q": ""})
    assert "文化广场" in exported.content.decode("utf-8-sig")
    assert reader(small_city.actor("B.town")).get(address).status_code == 404
