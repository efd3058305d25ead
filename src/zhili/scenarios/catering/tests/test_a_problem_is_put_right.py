"""Found, told, put right with photos, rechecked; come again; and what of it stands in public."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from zhili.core.cases import doors
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, Participation, Step
from zhili.core.cases.sweeping import sweep
from zhili.core.cases.tests.city import INSIDE
from zhili.core.registers.models import Premises
from zhili.portal.tests.pages_client import reader
from zhili.scenarios.catering import figures, licences
from zhili.scenarios.catering.models import ProblemDetail
from zhili.scenarios.catering.procedures import Problem
from zhili.scenarios.catering.tests.conftest import PROBLEM, Kitchen

pytestmark = pytest.mark.django_db


def test_what_is_put_right_is_public_without_a_persons_name_and_what_is_open_is_not(kitchen: Kitchen) -> None:
    kitchen.filed(kitchen.trader)
    first = kitchen.fixed(kitchen.trader)
    of_firm = kitchen.fixed(kitchen.firm, "waste")
    open_ = kitchen.found(kitchen.firm, "fume")
    row = kitchen.problem_of(first)
    assert (row.in_target, row.published, row.again) == (True, True, 1)

    page = reader(None).get("/catering").content.decode()
    assert "禾兴餐饮" in page
    assert "餐厨垃圾没有交运" in page
    assert "一家餐饮店" in page
    assert "面馆" not in page
    listed = page[page.index("catering-list") :]
    assert "油烟排放超标" not in listed
    for case in (first, of_firm, open_):
        assert reader(None).get(f"/c/{case.number}").status_code == 404

    doors.act(first.pk, "reopen", kitchen.officer, {"reason": "又满了"})
    first.refresh_from_db()
    assert (first.stage, first.party, kitchen.problem_of(first).published) == (
        "rectifying",
        "operator",
        False,
    )
    assert "一家餐饮店" not in reader(None).get("/catering").content.decode()
    assert figures.total(figures.put_right()).back == 1


def test_the_same_kind_at_the_same_premises_within_a_year_is_marked_and_few_are_hidden(
    kitchen: Kitchen,
) -> None:
    for _n in range(2):
        kitchen.fixed(kitchen.trader)
    dismissed = kitchen.found(kitchen.trader)
    doors.act(dismissed.pk, "dismiss", kitchen.officer, {"reason": "看错了"})
    assert kitchen.problem_of(kitchen.found(kitchen.trader)).again == 3
    assert kitchen.problem_of(kitchen.found(kitchen.firm)).again == 1
    (same,) = figures.again(kitchen.officer)
    assert (same.premises.pk, same.times) == (kitchen.trader.pk, 3)
    (line,) = figures.by_kind(figures.put_right())
    assert line.hidden
    assert line.share is None


def test_a_problem_not_put_right_in_time_is_told_to_the_office_above(kitchen: Kitchen) -> None:
    case = kitchen.found(kitchen.trader)
    doors.act(case.pk, "tell", kitchen.officer, {"demand": "清掏"})
    case.refresh_from_db()
    assert case.due_at is not None
    assert timedelta(days=6) < case.due_at - timezone.now() < timedelta(days=8)
    above = [one for one in Problem.notices if one.on == "overdue" and one.to == "above"]
    assert len(above) == 1
    later = case.due_at + timedelta(days=1)
    while sweep(now=later):  # first that it is nearly due, then that it is late
        pass
    case.refresh_from_db()
    assert case.overdue
    assert Step.objects.filter(case=case, action="overdue").count() == 1
    assert Participation.objects.filter(case=case, role="supervisor").exists()


def test_a_licence_that_ends_soon_begins_one_problem(kitchen: Kitchen) -> None:
    kitchen.filed(kitchen.trader)
    until = timezone.localdate() + timedelta(days=10)
    Premises.objects.update(licence_until=until)
    assert (licences.run(), licences.run()) == (1, 0), "the other outlet has no file"
    row = ProblemDetail.objects.select_related("case").get()
    assert (row.kind, row.way, row.case.office_id) == ("licence", "licence", kitchen.officer.office_id)


def test_what_a_resident_reports_waits_until_an_officer_says_which_outlet(kitchen: Kitchen) -> None:
    kitchen.filed(kitchen.trader)
    grid, reporter = kitchen.city.actor("A.grid"), kitchen.city.resident()
    told = {"what": "晚上油烟很大", "place": INSIDE}
    report = doors.open_case("citizen_reports.report", "report", reporter, told)
    doors.act(report.case_id, "accept", grid, {"category": "201001"})
    passed = {"what": "面馆的油烟", "office": str(kitchen.officer.office_id)}
    doors.act(report.case_id, "to_catering", grid, passed)
    case = Case.objects.get(parent_id=report.case_id)
    assert (case.procedure, case.office_id) == (PROBLEM, kitchen.officer.office_id)
    with pytest.raises(Refused, match="认定"):
        doors.act(case.pk, "tell", kitchen.officer, {"demand": "清洗"})
    which = {"premises": kitchen.trader.pk, "kind": "fume"}
    doors.act(case.pk, "name_outlet", kitchen.officer, which)
    doors.act(case.pk, "tell", kitchen.officer, {"demand": "清洗"})
    owner = kitchen.owner(case)
    doors.act(case.pk, "submit", owner, {"done": "洗了", "photos": [kitchen.photo(owner)]})
    doors.act(case.pk, "accept", kitchen.officer, {"words": "没有味道了"})
    back = Step.objects.get(case_id=report.case_id, action="returned")
    assert "没有味道了" in str(back.data)
