"""A month from confirmed days to the bank's last line: each slip, each refusal, and nothing lost between."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor
from zhili.core.trail.audit import covering
from zhili.scenarios.wages import days
from zhili.scenarios.wages.models import Engagement, LineMark, Project, WageLine, WageSheet
from zhili.scenarios.wages.money import (
    adjusting,
    answering,
    checking,
    drafting,
    owing,
    sending,
    signing,
    verifying,
)
from zhili.scenarios.wages.tests.conftest import Site

pytestmark = pytest.mark.django_db
LAST = (timezone.localdate().replace(day=1) - timedelta(days=1)).replace(day=1)


def worked(site: Site, engagement: Engagement, *on: date, **more: int) -> None:
    """Days of last month, confirmed by all three."""
    for day in on:
        sheet = days.sheet_of(site.crew, day)
        days.write(sheet, [days.Given(engagement.pk, **more)])
        for role in ("worker", "leader", "firm"):
            lines = [one for one in days.lines_of(sheet) if one.engagement_id == engagement.pk]
            days.confirm(site.clerk, sheet, [days.Said(one.pk, role) for one in lines])


@pytest.fixture
def paid_site(site: Site) -> Site:
    """No minimum in the way; two workers with three days each; accounts of their own."""
    Project.objects.filter(pk=site.project.pk).update(minimum_wage_fen=0)
    site.project.refresh_from_db()
    site.one = site.join("李小木", 2, bank_account="6222020000000000001").engagement  # type: ignore[attr-defined]
    site.two = site.join("周小砖", 3, bank_account="6222020000000000002").engagement  # type: ignore[attr-defined]
    Engagement.objects.update(starts=LAST)
    first = [LAST + timedelta(days=n) for n in (7, 8, 9)]
    worked(site, site.one, *first)  # type: ignore[attr-defined]
    worked(site, site.two, *first, overtime_minutes=60)  # type: ignore[attr-defined]
    return site


def draft(site: Site) -> WageSheet:
    (sheet,) = drafting.draft(site.clerk, site.project, LAST)
    return sheet


def line(sheet: WageSheet, engagement: Engagement) -> WageLine:
    return WageLine.objects.get(sheet=sheet, engagement=engagement)


def signed(site: Site, sheet: WageSheet) -> None:
    checking.check(site.officer, sheet, sheet.digest)
    for one in WageLine.objects.filter(sheet=sheet):
        signing.sign(Actor(kind="grant", id=1), one, one.digest, "grant")


def test_from_days_to_the_last_line_of_the_bank(paid_site: Site) -> None:
    site = paid_site
    sheet = draft(site)
    mine = line(sheet, site.one)
    assert len(mine.facts["leaves"]) == 9
    assert sheet.total_fen == sum(one.net_fen for one in sheet.lines.all())
    with pytest.raises(Refused, match="审核后再签"):
        signing.sign(site.leader, mine, mine.digest, "account")
    with pytest.raises(Refused, match="另一人"):
        checking.check(site.clerk, sheet, sheet.digest)
    signed(site, sheet)
    made = sending.send(site.officer, site.project, LAST)
    assert (made.file.lines, made.held) == (2, ())
    assert sending.contents(site.officer, made.file) == made.raw
    text = made.raw.decode("utf-8-sig")
    assert "李小木" in text
    refs = {row.split(",")[2]: row.split(",")[1] for row in text.splitlines()[1:]}
    with pytest.raises(Refused, match="没有可以支付"):
        sending.send(site.officer, site.project, LAST)
    net = {e: f"{line(sheet, e).net_fen / 100:.2f}" for e in (site.one, site.two)}
    back = (
        "流水号,状态,金额（元）,原因代码,说明,日期\n"
        f"{refs['李小木']},成功,{net[site.one]},,,\n{refs['周小砖']},退票,{net[site.two]},closed,,\n"
        f"别的,成功,1.00,,,\n"
    ).encode()
    answer = answering.answer(site.officer, site.project, back)
    assert (answer.good, [one["reference"] for one in answer.faults]) == (2, ["别的"])
    with pytest.raises(Refused, match="已经收过"):
        answering.answer(site.officer, site.project, back)
    assert line(sheet, site.two).state == "returned"
    assert owing.owed(site.project).lines == 1
    assert "没有付清" in owing.before_closing(site.project)
    again = sending.send(
        site.officer, site.project, LAST
    )  # the returned line alone, under its next reference
    (row,) = again.raw.decode("utf-8-sig").splitlines()[1:]
    reference, amount = row.split(",")[1], row.split(",")[4]
    late = (
        f"流水号,状态,金额（元）,原因代码\n{refs['周小砖']},成功,{amount},\n{reference},成功,9.99,\n".encode()
    )
    wrong = answering.answer(site.officer, site.project, late)
    assert [one["words"][:6] for one in wrong.faults] == ["这一笔后来又", "金额和发出的"]
    last = f"流水号,状态,金额（元）,原因代码\n{reference},成功,{amount},\n".encode()
    answering.answer(site.officer, site.project, last)
    sheet.refresh_from_db()
    assert sheet.state == "closed"
    assert owing.before_closing(site.project) == ""
    marks = LineMark.objects.filter(line__engagement=site.two).order_by("id").values_list("mark", flat=True)
    assert list(marks) == ["signed", "sent", "returned", "sent", "paid"]
    assert not [
        fault
        for one in covering.covers()
        if one.name.startswith("wages_")
        for fault in one.batch(None).faults
    ]


def test_a_changed_sheet_no_longer_verifies_and_cannot_be_signed_or_paid(paid_site: Site) -> None:
    site = paid_site
    sheet = draft(site)
    assert verifying.verify(sheet) == verifying.Verified(())
    signed(site, sheet)
    mine = line(sheet, site.one)
    WageLine.objects.filter(pk=mine.pk).update(net_fen=mine.net_fen + 1)
    assert len(verifying.verify(sheet).faults) == 1
    with pytest.raises(Refused, match="验证不通过"):
        sending.send(site.officer, site.project, LAST)
    WageLine.objects.filter(pk=mine.pk).update(net_fen=mine.net_fen)
    assert verifying.verify(sheet).sound
    WageLine.objects.filter(pk=mine.pk).delete() if not mine.marks.exists() else None
    day = days.sheet_of(site.crew, LAST + timedelta(days=7))
    days.write(day, [days.Given(site.one.pk, tenths=5, note="只有半天")])
    assert verifying.verify(sheet).moved == (site.one.worker.code,)


def test_a_wage_below_the_minimum_is_told_and_topped_up(paid_site: Site) -> None:
    site = paid_site
    Project.objects.filter(pk=site.project.pk).update(minimum_wage_fen=100_000_000)
    site.project.refresh_from_db()
    sheet = draft(site)
    assert sheet.short == 2
    with pytest.raises(Refused, match="低于当地最低工资") as refused:
        checking.check(site.officer, sheet, sheet.digest)
    assert site.one.worker.code in refused.value.message
    for one in WageLine.objects.filter(sheet=sheet).select_related("engagement__crew__project__case"):
        adjusting.adjust(site.clerk, one.engagement, LAST, "top_up", one.short_fen, "补足")
    again = draft(site)
    sheet.refresh_from_db()
    assert (sheet.state, again.number, again.short) == ("void", 2, 0)
    checking.check(site.officer, again, again.digest)
    with pytest.raises(Refused, match="已经审核"):
        adjusting.adjust(site.clerk, site.one, LAST, "advance", 100, "预支")


def test_an_objection_holds_one_wage_and_silence_is_no_signature(paid_site: Site) -> None:
    site = paid_site
    with pytest.raises(Refused, match="不能从工资里扣"):
        adjusting.adjust(site.clerk, site.one, LAST, "board", 100, "饭钱")
    sheet = draft(site)
    checking.check(site.officer, sheet, sheet.digest)
    mine = line(sheet, site.one)
    said = signing.objects(site.leader, mine, mine.digest, "少算一天，电话13912345678", "account")
    assert "13912345678" not in said.words
    with pytest.raises(Refused, match="没有可以支付"):
        sending.send(site.officer, site.project, LAST)
    made = sending.send(site.officer, site.project, LAST, unsigned="手机停机，本人口头同意")
    assert made.file.lines == 1
    other = LineMark.objects.get(line__engagement=site.two)
    assert (other.mark, other.reason) == ("sent", "unsigned")
    assert line(sheet, site.one).state == "objected"
