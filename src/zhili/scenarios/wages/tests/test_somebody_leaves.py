"""Somebody's last day, and a crew's: undone the same day, settled from the page, and no day is written after it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.test import Client
from django.utils import timezone

from zhili.core.cases.errors import Refused
from zhili.core.trail.models import Leaf
from zhili.portal.tests.pages_client import reader
from zhili.scenarios.wages import ending, registering, who
from zhili.scenarios.wages.models import Engagement, Project, Tap, WageSheet
from zhili.scenarios.wages.tests.conftest import Site

pytestmark = pytest.mark.django_db
SETTLE = r'action="(/desk/wages/pay/[^"]+)".*?name="month" value="([^"]+)".*?name="settles" value="(\d+)"'


def page_of(site: Site, client: Client) -> str:
    return client.get(f"/desk/wages/crews/{site.crew.pk}").content.decode()


def told(answer: Any, client: Client) -> str:
    """What the page says after a button, tags left out."""
    return re.sub(r"<[^>]+>", " ", client.get(answer["Location"]).content.decode())


def leave(site: Site, client: Client, one: Engagement, **said: str) -> Any:
    known = {"do": "end", "last": timezone.localdate().isoformat(), "reason": "finished"}
    return client.post(f"/desk/wages/crews/{site.crew.pk}/leave/{one.pk}", known | said)


def test_a_worker_leaves_is_settled_and_a_slip_of_the_hand_is_undone_today(site: Site) -> None:
    Project.objects.filter(pk=site.project.pk).update(minimum_wage_fen=0)
    one = site.join("李小木", 2, bank_account="6222020000000000001").engagement
    clerk = reader(site.clerk)
    sheet = site.sheet(one)
    for role in ("worker", "leader", "firm"):
        site.say(sheet, role)
    last, leaves = site.day(1), Leaf.objects.latest("id").pk
    assert f'id="last-{one.pk}"' in page_of(site, clerk)
    shown = told(leave(site, clerk, one, last=last.isoformat(), reason="left"), clerk)
    assert f"{one.worker.code} 已离场" in shown
    one.refresh_from_db()
    assert (one.ends, one.end_reason) == (last, "left")
    assert [b"wages_ended" in bytes(one.body) for one in Leaf.objects.filter(pk__gt=leaves)] == [True]
    page = page_of(site, clerk)
    assert "本人离开" in page
    assert f'id="last-{one.pk}"' not in page
    # undone today, ended again, settled from the button of the page, and then no longer undone
    assert "已撤回" in told(leave(site, clerk, one, do="undo"), clerk)
    one.refresh_from_db()
    assert (one.ends, one.ended_at, one.end_reason) == (None, None, "")
    leave(site, clerk, one, last=last.isoformat())
    settle = re.search(SETTLE, page_of(site, clerk), re.S)
    assert settle is not None
    clerk.post(settle[1], {"_do": "draft", "month": settle[2], "settles": settle[3]})
    made = WageSheet.objects.get(settles=one)
    assert [line.engagement_id for line in made.lines.all()] == [one.pk]
    assert made.total_fen in (30000, 60000, 90000)  # a working day, a rest day, a holiday
    assert f"/desk/wages/sheets/{made.pk}" in page_of(site, clerk)
    assert "不能撤回" in told(leave(site, clerk, one, do="undo"), clerk)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"last": ""}, "请填写最后一天"),
        ({"last": "2026-13-01"}, "请填写最后一天"),
        ({"last": (timezone.localdate() + timedelta(days=1)).isoformat()}, "应在今天以前"),
        ({"last": (timezone.localdate() - timedelta(days=63)).isoformat()}, "应在今天以前"),
        ({"last": (timezone.localdate() - timedelta(days=51)).isoformat()}, "早于进场日期"),
        ({"last": (timezone.localdate() - timedelta(days=2)).isoformat()}, "还有考勤或打卡"),
        ({"reason": "crew"}, "请选择原因"),
        ({"reason": ""}, "请选择原因"),
        ({"do": "undo"}, "只有当天办的离场可以撤回"),
    ],
)
def test_what_cannot_be_a_last_day_is_refused_in_words(site: Site, said: dict[str, str], words: str) -> None:
    one = site.join("李小木", 2).engagement
    site.sheet(one)
    clerk = reader(site.clerk)
    assert words in told(leave(site, clerk, one, **said), clerk)
    assert Engagement.objects.get(pk=one.pk).ends is None


def test_days_put_right_to_nothing_stand_in_no_ones_way_and_a_tap_does(site: Site) -> None:
    one = site.join("李小木", 2).engagement
    site.sheet(one)
    site.sheet(one, tenths=0, note="记错了")
    last = site.day(2)
    assert ending.end(site.clerk, one, last, "left").ends == last
    ending.undo(site.clerk, one)
    late = timezone.now() - timedelta(hours=1)
    Tap.objects.create(
        engagement=one, project=site.project, device_at=late, offset_s=0, happened=late, at=late, way="in",
        inside=True, code_ok=True, source="phone", key="k", leaf_id=1, salt=b"",
    )  # fmt: skip
    with pytest.raises(Refused, match="还有考勤或打卡"):
        ending.end(site.clerk, one, last, "left")
    with pytest.raises(Refused, match=timezone.localdate(late).isoformat()):
        ending.end(site.clerk, one, last, "left")
    today = timezone.localdate()
    ending.end(site.clerk, one, today, "left")
    with pytest.raises(Refused, match="已经离场"):
        ending.end(site.clerk, one, today, "left")


def test_an_end_of_yesterday_or_of_somebody_back_in_the_crew_is_not_undone(site: Site) -> None:
    one, two = site.join("李小木", 2), site.join("周来福", 3)
    for row in (one, two):
        ending.end(site.clerk, row.engagement, timezone.localdate(), "left")
    again = site.join("李小木", 2)
    assert again.known
    assert again.engagement.pk != one.engagement.pk
    with pytest.raises(Refused, match="重新登记"):
        ending.undo(site.clerk, one.engagement)
    tomorrow = mock.patch.object(timezone, "now", return_value=timezone.now() + timedelta(days=1))
    with tomorrow, pytest.raises(Refused, match="只有当天"):
        ending.undo(site.clerk, two.engagement)


def test_a_crew_leaves_with_everybody_and_takes_nobody_in(site: Site) -> None:
    one = site.join("李小木", 2)
    clerk, officer = reader(site.clerk), reader(site.officer)
    path = f"/desk/wages/crews/{site.crew.pk}/leave"
    assert "班组长" in told(leave(site, clerk, Engagement.objects.get(worker=site.leader_row)), clerk)
    assert "请填写最后一天" in told(officer.post(path, {"last": "x"}), officer)
    assert "2 人一并离场" in told(officer.post(path, {"last": timezone.localdate().isoformat()}), officer)
    assert set(site.crew.engagements.values_list("end_reason", flat=True)) == {"crew"}
    assert "已经撤场" in told(officer.post(path, {"last": timezone.localdate().isoformat()}), officer)
    assert "不能撤回" in told(leave(site, clerk, one.engagement, do="undo"), clerk)
    with pytest.raises(Refused, match="不能再登记"):
        registering.register(
            site.clerk,
            type(site.crew).objects.get(pk=site.crew.pk),
            registering.Person("周来福", "11010519491231002X"),
            registering.Terms("day", 1, timezone.localdate()),
        )
    assert "已撤场" in page_of(site, clerk)
    assert 'id="w-name"' not in page_of(site, clerk)


def test_a_leader_an_office_and_another_crews_page_end_nobodys_work(site: Site) -> None:
    one = site.join("李小木", 2).engagement
    other = site.make_crew(site.project, "钢筋班")
    for actor in (site.leader, site.office):
        assert leave(site, reader(actor), one).status_code == 403
        everybody = {"last": timezone.localdate().isoformat()}
        assert reader(actor).post(f"/desk/wages/crews/{site.crew.pk}/leave", everybody).status_code == 403
        assert 'name="reason"' not in page_of(site, reader(actor))
    assert leave(site, Client(), one).status_code == 302
    told_there = {"do": "end", "last": timezone.localdate().isoformat(), "reason": "left"}
    assert (
        reader(site.clerk).post(f"/desk/wages/crews/{other.pk}/leave/{one.pk}", told_there).status_code == 404
    )
    assert Engagement.objects.get(pk=one.pk).ends is None


def test_no_day_is_written_after_the_last_one_and_the_page_by_link_still_opens(site: Site) -> None:
    one = site.join("李小木", 2)
    code = who.link(site.project, one.worker)
    ending.end(site.clerk, one.engagement, site.day(2), "finished")
    with pytest.raises(Refused):
        site.sheet(one.engagement)
    assert Client().get(f"/wages/me/{code}").status_code == 200
