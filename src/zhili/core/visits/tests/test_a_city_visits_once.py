"""From the lot to the finding: drawn, merged, officers by lot, visited, written down by two, closed."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from zhili.base.draw import DrawError
from zhili.core.draws import checking, telling
from zhili.core.trail.audit import running as audit
from zhili.core.visits import answers, drawing, inspectors, officers, planning, yearly
from zhili.core.visits.answers import Given, VisitRefused
from zhili.core.visits.models import Assignment, Conflict, DueCheck, Finding, Lot, Officer, Visit
from zhili.core.visits.planning import PlanRefused
from zhili.core.visits.tests.story import LOTTERY, drawn, due_dates, officer, planned
from zhili.core.visits.tests.town import Town


def test_from_the_lot_to_the_finding(small_city: Any) -> None:
    town = Town(small_city)
    today = timezone.localdate()
    staff = {o: [town.inspector(o, n) for n in range(3)] for o in ("A.zhzf", "B")}
    expired = town.inspector("B", 9, today - timedelta(days=3))
    draw, plan = planned(town)
    assert checking.faults(telling.as_json(draw)) == []
    visits = list(Visit.objects.filter(plan=plan))
    assert (plan.checks, plan.placed, len(visits), plan.lower_bound) == (4, 4, 2, 2), "one visit, both bodies"
    assert {f"P{v.premises_id}" for v in visits} == set(draw.outcome.drawn)
    assert all(sorted(v.bodies) == sorted([town.fire.pk, town.market.pk]) for v in visits)
    assert yearly.used(plan.first.year) == {v.premises.firm_id: 1 for v in visits}
    with pytest.raises(PlanRefused, match="没有待安排"):
        planning.propose(plan.first, plan.last)

    kept_away = staff["B"][0]
    inspectors.declare_conflict(kept_away, visits[0].premises.firm, "近亲属经营", town.admin)
    tomorrow = timezone.now() + timedelta(days=1)
    order = officers.announce(plan, [LOTTERY], tomorrow, town.admin)
    assert len(drawn(order, town.admin).drawn) == 6
    document = Assignment.objects.get(plan=plan).document
    assert document["not_listed"] == [[f"I{expired.pk}", "expired", expired.certificate_until.isoformat()]]
    assert all(one[2] == f"I{kept_away.pk}" and one[3] == "conflict" for one in document["passed"])
    assert not Officer.objects.filter(visit=visits[0], inspector=kept_away).exists()
    assert all(Officer.objects.filter(visit=v, body=b).count() == 2 for v in visits for b in v.bodies)
    written_by_two(town, visits[0])
    assert [one.words() for one in audit.whole().faults if one.table.startswith("visits_")] == []
    Visit.objects.filter(pk=visits[1].pk).update(state="done", bodies=[town.fire.pk])
    Officer.objects.filter(visit=visits[1]).first().delete()
    Conflict.objects.update(reason="没有")
    Lot.objects.update(due_to=plan.last + timedelta(days=9))
    found = {(one.what, one.table, one.column) for one in audit.whole().faults}
    assert found >= {
        ("altered", "visits_visit", "state"),
        ("altered", "visits_visit", "bodies"),
        ("gone", "visits_officer", ""),
        ("altered", "visits_conflict", "reason"),
        ("altered", "visits_lot", "due_to"),
    }


def written_by_two(town: Town, visit: Visit) -> None:
    seats = [officer(o.inspector.account_id) for o in Officer.objects.filter(visit=visit).order_by("pk")]
    one, other = seats[0], seats[-1]
    now = timezone.now()
    asked = [(item.pk, q.code) for item, own in answers.questions(visit) for q in own]
    good = {"exit": "yes", "oil": 1.2}
    with pytest.raises(VisitRefused) as refused:
        answers.keep(visit.pk, [Given(asked[0][0], "exit", "maybe", now)], one)
    assert list(refused.value.wrong) == [asked[0]]
    answers.keep(visit.pk, [Given(i, q, good[q], now) for i, q in asked], one)
    phone = [Given(asked[0][0], "exit", "no", now - timedelta(days=2), "门前堆货")]
    late = answers.keep(visit.pk, phone, other, seen=0)
    assert answers.keep(visit.pk, phone, other, seen=0) == [], "sent twice, kept once"
    told = answers.together(visit)[asked[0]]
    assert [(s.value, s.note) for s in told.said] == [("no", "门前堆货"), ("yes", "")]
    with pytest.raises(VisitRefused, match="不一致"):
        answers.close(visit.pk, one)
    answers.keep(visit.pk, [Given(asked[0][0], "exit", "no", timezone.now())], one, seen=late[0].pk)
    with pytest.raises(PermissionDenied):
        answers.close(visit.pk, town.admin)
    assert answers.close(visit.pk, one).state == "done"
    assert Finding.objects.get(visit=visit).what == "安全出口是否畅通：否"


def test_a_list_changed_before_the_seed_is_read_makes_the_draw_void(small_city: Any) -> None:
    town = Town(small_city)
    tomorrow: datetime = timezone.now() + timedelta(days=1)
    draw = drawing.announce("抽查", town.items, due_dates(), [LOTTERY], tomorrow, town.admin, count=1)

    def close_a_shop() -> None:
        town.shops[0].active = False
        town.shops[0].save()

    outcome = drawn(draw, town.admin, change=close_a_shop)
    assert outcome.void
    assert not DueCheck.objects.exists()
    with pytest.raises(DrawError):
        drawing.announce("没有事项", [], due_dates(), [LOTTERY], tomorrow, town.admin)
    clerk = small_city.actor("B", "handler")
    with pytest.raises(PermissionDenied):
        drawing.announce("越权", town.items, due_dates(), [LOTTERY], tomorrow, clerk)
