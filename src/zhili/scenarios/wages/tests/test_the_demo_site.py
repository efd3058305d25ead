"""The demo's two sites: one paid but for a line the bank sent back, one behind, warned of and complained about."""

from __future__ import annotations

import pytest

from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import SmallCity
from zhili.core.people.models import Account
from zhili.core.signals.models import Warning
from zhili.core.trail.audit import covering
from zhili.scenarios.wages import demo
from zhili.scenarios.wages.models import Project, WageLine, WageSheet

pytestmark = pytest.mark.django_db


def test_money_stands_in_the_demo(small_city: SmallCity, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    office = small_city.actor("A.zhzf", "handler")
    Account.objects.filter(pk=office.account_id).update(username="handler")
    with django_assert_max_num_queries(2500):
        demo.load()
    found, late = (Project.objects.get(name=name) for name in (demo.FOUND, demo.LATE))
    states = sorted(WageLine.objects.filter(sheet__project=found).values_list("state", flat=True))
    assert states == ["objected", "paid", "paid", "paid", "paid", "paid", "returned"]
    assert set(WageSheet.objects.filter(project=late).values_list("state", flat=True)) == {"checked", "draft"}
    rules = set(
        Warning.objects.filter(subject_id=late.pk, subject_kind="project").values_list("rule", flat=True)
    )
    assert {"wages.account_short", "wages.pay_late"} <= rules
    assert not Warning.objects.filter(subject_id=found.pk, rule="wages.account_short").exists()
    posted = Case.objects.filter(procedure__in=("wages.vacancy", "wages.course", "wages.application"))
    assert sorted(posted.values_list("procedure", flat=True)) == [
        "wages.application", "wages.course", "wages.vacancy", "wages.vacancy",
    ]  # fmt: skip
    assert Case.objects.get(procedure="wages.complaint").stage == "investigating"
    assert not [
        f for one in covering.covers() if one.name.startswith("wages_") for f in one.batch(None).faults
    ]
    before = WageSheet.objects.count()
    assert demo.load()["building projects"] == 2
    assert WageSheet.objects.count() == before
