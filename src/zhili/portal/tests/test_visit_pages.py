"""The pages of visits: a plan with its reasons, the day's way, a checklist filled in without scripts by two people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from zhili.core.cases.tests.city import SmallCity
from zhili.core.visits import answers, officers
from zhili.core.visits.models import Inspector, Officer, Visit, VisitAnswer
from zhili.core.visits.tests.story import LOTTERY, drawn, officer, planned
from zhili.core.visits.tests.town import Town
from zhili.portal.tests.pages_client import reader, words_of


def test_a_plan_is_explained_approved_and_visited(small_city: SmallCity) -> None:
    town = Town(small_city)
    for office in ("A.zhzf", "B"):
        for n in range(2):
            town.inspector(office, n)
    _draw, plan = planned(town)
    drawn(officers.announce(plan, [LOTTERY], timezone.now() + timedelta(days=1), town.admin), town.admin)
    desk = reader(town.admin)
    assert plan.title in words_of(desk.get("/desk/visits/plans"))
    page = words_of(desk.get(f"/desk/visits/plans/{plan.pk}"))
    assert "50 % 比逐项上门少" in page
    assert "各项检查都能在" in page
    assert "是各天里最空的" in page
    elsewhere = reader(small_city.actor("B.town"))
    assert elsewhere.get(f"/desk/visits/plans/{plan.pk}").status_code == 404
    assert "还没有检查计划" in words_of(elsewhere.get("/desk/visits/plans"))
    visit = Visit.objects.filter(plan=plan).earliest("date", "pk")
    checklist(visit, elsewhere)


def checklist(visit: Visit, elsewhere: Any) -> None:
    first, last = (officer(Inspector.objects.get(pk=pk).account_id) for pk in _ends(visit))
    one, other = reader(first), reader(last)
    address = f"/desk/visits/{visit.pk}"
    assert visit.premises.name in words_of(one.get("/desk/visits/today", {"day": visit.date.isoformat()}))
    assert elsewhere.get(address).status_code == 404
    fields = [f"v-{i.pk}-{q.code}" for i, own in answers.questions(visit) for q in own]
    good = {name: "yes" if name.endswith("exit") else "1.5" for name in fields}
    wrong = one.post(address, good | {fields[1]: "很多", "seen": "0"})
    assert wrong.status_code == 422
    assert "请填数字" in words_of(wrong)
    assert not VisitAnswer.objects.exists(), "all or none"
    assert one.post(address, good | {"seen": "0"}).status_code == 302
    late = {fields[0]: "no", f"n{fields[0][1:]}": "门前堆货", "seen": "0"}
    assert other.post(address, late).status_code == 302
    page = one.get(address)
    assert "有 1 个问题两人填的不一致" in words_of(page)
    assert "门前堆货" in words_of(page)
    seen = VisitAnswer.objects.latest("pk").pk
    closed = one.post(address, good | {fields[0]: "no", "seen": str(seen), "do": "close"})
    assert closed.status_code == 302
    page = words_of(one.get(address))
    assert "已检查" in page
    assert "安全出口是否畅通：否" in page
    assert VisitAnswer.objects.filter(visit=visit).count() == len(fields) + 2, (
        "the same again is no new answer"
    )


def _ends(visit: Visit) -> tuple[int, int]:
    found = list(
        Officer.objects.filter(visit=visit).order_by("body", "pk").values_list("inspector_id", flat=True)
    )
    return found[0], found[-1]
