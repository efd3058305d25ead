"""A notice is written by one, approved by another, shown from and until, and taken down by the clock."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from zhili.core.cases import doors, sweeping
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, Clock
from zhili.core.forms import FormErrors
from zhili.portal.tests.pages_client import reader, words_of
from zhili.scenarios.village_screens import content, television
from zhili.scenarios.village_screens.models import NoticeDetail
from zhili.scenarios.village_screens.tests.conftest import NOTICE, Committee, in_days


def headings(committee: Committee, **more: object) -> list[str]:
    village = content.village(committee.division.code)
    assert village is not None
    return [one.heading for one in content.notices(village, timezone.now(), **more)]  # type: ignore[arg-type]


def test_it_takes_two_to_show_a_notice(committee: Committee) -> None:
    own = committee.notice(by=committee.secretary)
    with pytest.raises(Refused) as refusal:
        doors.act(own, "approve", committee.secretary, {})
    assert refusal.value.code == "second_person"
    assert headings(committee) == []
    doors.act(own, "approve", committee.city.actor("A.town"), {})  # an office above may
    other = committee.notice("修路")
    with pytest.raises(Refused):
        doors.act(other, "approve", committee.member, {})  # no leader
    doors.act(other, "approve", committee.secretary, {})
    assert set(headings(committee)) == {"停水通知", "修路"}
    # whoever altered it last may not approve it either
    third = committee.notice("开会")
    data = {"heading": "改期开会", "body": "改到周五。", "ends": in_days(1)}
    doors.act(third, "revise", committee.secretary, data)
    with pytest.raises(Refused):
        doors.act(third, "approve", committee.secretary, {})


def test_it_is_shown_in_its_time_and_taken_down_by_the_clock(committee: Committee) -> None:
    later = committee.shown("明天停电", starts=in_days(1), ends=in_days(2))
    now = committee.shown()
    assert headings(committee) == ["停水通知"]
    village = content.village(committee.division.code)
    assert village is not None
    tomorrow = timezone.now() + timedelta(days=1, hours=1)
    assert [one.heading for one in content.notices(village, tomorrow)] == ["明天停电", "停水通知"]
    # over at its minute, though the clock's own step comes a little later
    NoticeDetail.objects.filter(pk=now).update(ends_at=timezone.now())
    assert headings(committee) == []
    clock = Clock.objects.get(case_id=now, name="stage")
    assert abs((clock.due_at - timezone.now()) - timedelta(days=3)) < timedelta(minutes=2)
    assert sweeping.fire(now, clock.pk, timezone.now() + timedelta(days=3, minutes=1)) or sweeping.fire(
        now, clock.pk, timezone.now() + timedelta(days=4)
    )
    assert committee.stage(now) == "expired"
    doors.act(later, "withdraw", committee.secretary, {"reason": "改期"})
    assert committee.stage(later) == "withdrawn"


def test_times_that_cannot_be_are_refused(committee: Committee) -> None:
    for starts, ends in ((in_days(0), in_days(-1)), (in_days(5), in_days(4)), (in_days(0), in_days(400))):
        with pytest.raises(Refused):
            committee.notice(starts=starts, ends=ends)
    with pytest.raises(FormErrors):
        committee.notice(heading="字" * 25)
    with pytest.raises(Refused):  # a department speaks on no village's screens
        committee.notice(by=committee.city.actor("A.zhzf"))
    with pytest.raises(Refused):
        committee.notice(cell="330411001001")  # of another village
    late = committee.notice()
    NoticeDetail.objects.filter(pk=late).update(ends_at=timezone.now())
    with pytest.raises(Refused):
        doors.act(late, "approve", committee.secretary, {})


def test_an_urgent_notice_interrupts_the_loop_and_a_cells_notice_is_for_its_cell(
    committee: Committee,
) -> None:
    cell = committee.city.cells["A.grid"]
    committee.shown("全村开会")
    committee.shown("东片停水", cell=cell.code)
    assert set(headings(committee, cell_id=cell.pk)) == {"全村开会", "东片停水"}
    assert headings(committee, cell_id=committee.city.cells["A.gridn"].pk) == ["全村开会"]
    village = content.village(committee.division.code)
    assert village is not None
    loop = content.loop(village.id)
    assert [one["heading"] for one in television.pages(content.of(village), loop)] == ["东片停水", "全村开会"]
    urgent = committee.shown("台风", urgent=True)
    assert [one["heading"] for one in television.pages(content.of(village), loop)] == ["台风"]
    doors.act(urgent, "withdraw", committee.secretary, {"reason": "解除"})
    assert len(television.pages(content.of(village), loop)) == 2


def test_what_tells_a_person_is_not_shown(committee: Committee) -> None:
    case = committee.notice(body="找张师傅，电话 13812345678。")
    doors.act(case, "approve", committee.secretary, {})
    page = words_of(reader().get(f"/village/{committee.division.code}"))
    assert "停水通知" in page
    assert "13812345678" not in page
    assert Case.objects.filter(procedure=NOTICE).count() == 1
