"""Every rule once through the real engine: fed by the quarter-hour duty or by the consumer, and a warning stands."""

from __future__ import annotations

from datetime import date, timedelta
from unittest import mock

import pytest
from django.apps import apps
from django.utils import timezone

from zhili.core.registers.models import Firm
from zhili.core.signals.judge import judging_run
from zhili.core.signals.models import Warning
from zhili.core.streams.testing import deliver
from zhili.portal.tests.pages_client import reader
from zhili.scenarios.wages.models import Crew, Engagement, Project, WageLine
from zhili.scenarios.wages.money import drafting, feeding, telling
from zhili.scenarios.wages.tests.conftest import Site
from zhili.scenarios.wages.tests.test_a_month_is_paid import LAST, draft, paid_site, worked

__all__ = ["paid_site"]
pytestmark = pytest.mark.django_db


def by_duty(today: date | None = None) -> None:
    """What the clock does every quarter of an hour, on a day."""
    (duty,) = [one for one in apps.get_app_config("wages").duties() if one.run == feeding.tell_all]
    assert duty.every == 900
    with mock.patch.object(feeding.timezone, "localdate", return_value=today or timezone.localdate()):
        assert duty.run() > 0
    judging_run.run_once()


def found(rule: str) -> list[Warning]:
    return list(Warning.objects.filter(rule=f"wages.{rule}"))


def test_heads_are_held_against_power_and_against_water(site: Site) -> None:
    one = site.join("李小木", 2).engagement
    site.sheet(one, ago=1)
    on = site.day(1)
    telling.tell(site.officer, site.project, "power", 5_000, on)
    telling.tell(site.officer, site.project, "water", 10, on)
    by_duty()
    (power,) = found("heads_power")
    assert (power.subject_kind, power.subject_id, power.trial) == ("project", site.project.pk, True)
    assert (power.facts["wages_heads"], power.facts["wages_power"]) == (1, 5_000)
    assert not found("heads_water")  # 10 tonnes are what a site takes
    telling.tell(site.officer, site.project, "water", 900, on)
    assert deliver(feeding.Figures()) > 0
    judging_run.run_once()
    (water,) = found("heads_water")
    assert (water.facts["wages_heads"], water.facts["wages_water"]) == (1, 900)


def late_at(site: Site, project: Project, n: int) -> None:
    """A second crew of one whose sheet of last month is drawn up and not paid."""
    crew = Crew.objects.create(project=project, firm=site.firms[2], name=f"泥工班{n}")
    one = site.join("赵泥水", n, crew).engagement
    Engagement.objects.filter(pk=one.pk).update(starts=LAST)
    one.refresh_from_db()
    former, site.crew = site.crew, crew
    worked(site, one, LAST + timedelta(days=7))
    site.crew = former
    drafting.draft(site.clerk, project, LAST)


@pytest.mark.parametrize(("kind", "warned"), [("firm", 1), ("sole_trader", 0)])
def test_a_firm_with_several_late_projects_is_told_of_but_never_a_person(
    paid_site: Site, kind: str, warned: int
) -> None:
    site = paid_site
    Firm.objects.filter(pk=site.firms[1].pk).update(kind=kind)
    draft(site)
    other = Project.objects.get(pk=site.file(name="第二个项目"))
    late_at(site, other, 41)
    by_duty(timezone.localdate() + timedelta(days=40))
    rows = found("firm_late")
    assert [(one.subject_kind, one.subject_id, one.value) for one in rows] == [
        ("firm", site.firms[1].pk, 2.0)
    ] * warned
    assert len(found("pay_late")) == 2


def test_no_sheet_after_the_25th_is_told_by_the_clock_and_not_before(paid_site: Site) -> None:
    site = paid_site
    this = timezone.localdate().replace(day=1)
    by_duty(this.replace(day=25))
    assert not found("no_sheet")
    by_duty(this.replace(day=26))
    (one,) = found("no_sheet")
    assert (one.subject_id, one.value) == (site.project.pk, 1.0)


def test_the_settlement_of_a_leaver_is_due_at_once_and_told_when_it_is_late(paid_site: Site) -> None:
    site = paid_site
    page = f"/desk/wages/pay/{site.project.case.number}"
    sent = {"_do": "draft", "month": f"{LAST:%Y-%m}", "settles": str(site.one.pk)}  # type: ignore[attr-defined]
    assert reader(site.clerk).post(page, sent).status_code == 302
    settled = site.project.wage_sheets.get(settles=site.one)  # type: ignore[attr-defined]
    assert (settled.workers, settled.due) == (1, timezone.localdate())
    by_duty(settled.due)
    assert not found("pay_late")
    by_duty(settled.due + timedelta(days=1))
    (late,) = found("pay_late")
    assert (late.subject_id, late.value) == (site.project.pk, 1.0)
    rest = draft(site)  # the others' sheet leaves the settled one out
    assert not WageLine.objects.filter(sheet=rest, engagement=site.one).exists()  # type: ignore[attr-defined]


def test_the_contractor_sees_the_warnings_of_its_project_and_the_crew_does_not(paid_site: Site) -> None:
    site = paid_site
    sheet = draft(site)
    page = f"/desk/wages/{site.project.case.number}"
    assert "没有预警" in reader(site.officer).get(page).content.decode()
    telling.tell(site.officer, site.project, "balance", sheet.total_fen // 4)
    deliver(feeding.Figures())
    judging_run.run_once()
    shown = reader(site.officer).get(page).content.decode()
    assert "专用账户余额不够下次发工资" in shown
    assert "500,000.00" in shown  # the guarantee, in yuan
    assert "预警" not in reader(site.leader).get(page).content.decode()
