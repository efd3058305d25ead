"""A firm falls behind: the warning comes by itself, a complaint runs to its end, and who pays first is drafted for
a person.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from zhili.core.cases import doors
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, Category, Clock, Duty
from zhili.core.cases.tests.city import forget
from zhili.core.documents import drafts
from zhili.core.documents.models import OutgoingDocument
from zhili.core.params import working_days
from zhili.core.people import phones
from zhili.core.people.actors import of_account
from zhili.core.signals.judge import judging_run
from zhili.core.signals.models import Warning
from zhili.core.streams.testing import deliver
from zhili.scenarios.wages.models import ComplaintDetail, Project
from zhili.scenarios.wages.money import checking, feeding, telling
from zhili.scenarios.wages.tests.conftest import Site
from zhili.scenarios.wages.tests.test_a_month_is_paid import LAST, draft, paid_site

__all__ = ["paid_site"]
pytestmark = pytest.mark.django_db
FACTS = {"employer_is_contractor": "no", "developer_withheld": "yes", "unsettled": 300}


def warned(site: Site) -> dict[str, float | None]:
    """What was fired of the project, by rule, with the value that crossed."""
    judging_run.run_once()
    rows = Warning.objects.filter(subject_kind="project", subject_id=site.project.pk)
    return {one.rule.removeprefix("wages."): one.value for one in rows}


def test_warnings_follow_from_the_fact(paid_site: Site) -> None:
    site = paid_site
    sheet = draft(site)
    telling.tell(site.officer, site.project, "balance", sheet.total_fen // 2)
    assert deliver(feeding.Figures()) > 0
    found = warned(site)
    assert found["account_short"] in (49, 50)
    assert found["pay_late"] == (timezone.localdate() - sheet.due).days  # 13 November: the 15th is a Sunday
    where = Warning.objects.get(rule="wages.pay_late")
    assert where.office_id == site.project.case.office_id
    assert not Warning.objects.exclude(subject_kind__in=("project", "firm")).exists()


def complain(site: Site) -> int:
    Category.objects.get_or_create(
        scenario="wages", code="W3", defaults={"name": "欠薪投诉", "public": False}
    )
    Duty.objects.get_or_create(
        scenario="wages",
        category="W3",
        division=site.city.divisions["A"],
        defaults={"office": site.city.department, "direct": True},
    )
    forget()
    worker = of_account(phones.new_resident())
    data = {
        "cause": "unpaid",
        "what": "九月的工资没有发。",
        "project": site.project.case.number,
        "amount": 1000,
        "people": 2,
        "since": "2026-09-01",
    }
    return doors.open_case("wages.complaint", "complain", worker, data).case_id


def test_a_complaint_runs_to_its_end_with_a_ladder_for_a_person_to_decide(site: Site) -> None:
    Project.objects.filter(pk=site.project.pk).update(deposit_fen=10_000)
    pk = complain(site)
    assert Case.objects.get(pk=pk).office_id == site.city.department.pk
    leader = site.city.actor("A.zhzf", "leader")
    doors.act(pk, "file", site.office, {})
    clock = Clock.objects.get(case_id=pk, name="looked_into")
    calendar, today = working_days.build({}), timezone.localdate()
    assert timezone.localdate(clock.due_at - timedelta(seconds=1)) == calendar.add_working_days(today, 60)
    doors.act(pk, "extend", leader, {"reason": "单位多，要逐家核对"})
    clock.refresh_from_db()
    assert timezone.localdate(clock.due_at - timedelta(seconds=1)) == calendar.add_working_days(today, 90)
    with pytest.raises(Refused, match="一次"):
        doors.act(pk, "extend", leader, {"reason": "再来"})
    doors.act(pk, "reckon", site.office, {"arrears": 1000, **FACTS})
    document = OutgoingDocument.objects.get(case__parent_id=pk)
    text = drafts.composed(document).body
    assert text.index("建设单位") < text.index("保证金") < text.index("先行清偿")
    assert "300.00 元" in text
    assert "还要查明" in text
    assert "第二十九条" in text
    assert "【请填写" in text  # a person decides: it cannot be issued as it is
    order = {
        "payer": "contractor",
        "amount": 1000,
        "articles": "第三十条",
        "until": (today + timedelta(days=10)).isoformat(),
        "heard": "单位称工程款未到。",
        "told": True,
    }
    doors.act(pk, "order", leader, order)
    paid = {"reply": "已付到账户。"}
    doors.act(pk, "pay", site.office, {"amount": 400, **paid})
    assert Case.objects.get(pk=pk).stage == "ordered"
    doors.act(pk, "pay", site.office, {"amount": 600, **paid})
    assert Case.objects.get(pk=pk).stage == "paid"
    assert ComplaintDetail.objects.get(pk=pk).paid_fen == 100_000


def test_what_is_owed_stops_the_account_from_being_closed(paid_site: Site) -> None:
    from zhili.scenarios.wages import actions

    site = paid_site
    (check,) = actions.CLOSING
    assert f"{LAST:%Y-%m}" in check(site.project)
    sheet = draft(site)
    assert "没有付清" in check(site.project)
    checking.send_back(site.officer, sheet, "少了一个人")
    assert f"{LAST:%Y-%m}" in check(site.project)
