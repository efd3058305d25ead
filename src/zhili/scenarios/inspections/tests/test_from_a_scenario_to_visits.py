"""From one tap on a scenario to approved visits with officers and notices; the business reads and rates by its code."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.test import Client
from django.utils import timezone

from zhili.core.cases import doors
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import SmallCity, forget
from zhili.core.draws import announcing, running, seeds
from zhili.core.draws.models import Draw
from zhili.core.people import grants
from zhili.core.people.models import Office as Seat
from zhili.core.trail.models import Change
from zhili.core.visits import answers
from zhili.core.visits.answers import Given
from zhili.core.visits.models import DueCheck, Finding, Item, Officer, Plan, Visit
from zhili.core.visits.tests.story import officer
from zhili.core.visits.tests.town import Town
from zhili.portal.tests.pages_client import reader, words_of
from zhili.scenarios.inspections import actions, launching, standing
from zhili.scenarios.inspections.catalogue import keeping
from zhili.scenarios.inspections.models import ApprovalDetail, NoticeDetail, RectificationDetail
from zhili.scenarios.inspections.tests.conftest import Office, fortnight

pytestmark = pytest.mark.django_db
LOTTERY = announcing.numbers("福彩双色球", "中国福利彩票网")


class Launch:
    """A county's centre that launches a scenario with its own bureau's items."""

    def __init__(self, city: SmallCity, shops: int = 4) -> None:
        Seat.objects.filter(code="T-A.zhzf").update(code="330402000000-zhzf")
        forget()
        self.city, self.town = city, Town(city, shops=shops)
        self.staff = [self.town.inspector("A.zhzf", n) for n in range(3)]
        self.office = Office(city)
        self.office.catalogue()
        self.desk = reader(city.actor("A", "handler", "leader", name="值班长"))
        self.leader = reader(city.actor("city", "leader", name="市负责人"))
        assert reader(self.town.admin).post("/desk/inspections/items/publish").status_code == 302

    def applied(self) -> str:
        """Address of the sheet after one press on the scenario's page."""
        first, last = fortnight()
        told = {"_do": "launch", "_key": "k1", "items": ["Z01", "Z02"], "why": "random", "ground": "年度计划"}
        told |= {"first": first, "last": last, "share": "50", "area": str(self.city.divisions["A"].pk)}
        sent = self.desk.post("/desk/inspections/scenes/life-02", told)
        assert sent.status_code == 302, words_of(sent)
        return str(sent.url)

    def press(self, address: str, what: str, who: Any = None) -> int:
        with mock.patch("zhili.core.draws.announcing.head_after", return_value=LOTTERY):
            return int((who or self.desk).post(address, {"_do": what}).status_code)

    def drawn(self) -> None:
        """The numbers of whatever waits come an hour later."""
        for draw in Draw.objects.filter(outcome=None):
            with mock.patch("django.utils.timezone.now", return_value=draw.draw_at + timedelta(hours=1)):
                seeds.give(draw, 0, [3, 11, 17], "中国福利彩票网", self.town.admin)
                running.run(draw)


def test_six_presses_from_a_scenario_to_notices_and_the_business_reads_and_rates_by_its_code(
    small_city: SmallCity,
) -> None:
    launch = Launch(small_city)
    page = words_of(launch.desk.get("/desk/inspections/scenes/life-02"))
    assert "一按就提交" in page
    address = launch.applied()
    assert launch.press(address, "draw") == 409, "not approved yet"
    assert launch.press(address, "approve") == 403, "whoever asked does not approve"
    assert launch.press(address, "approve", launch.leader) == 302
    assert "第 3 步：公布抽签" in words_of(launch.desk.get(address))
    assert launch.press(address, "draw", launch.leader) == 403, "the office that asked goes on"
    assert launch.press(address, "draw") == 302
    assert launch.press(address, "draw") == 409, "not a second time"
    launch.drawn()
    # half of four shops, the items of both in one visit
    assert DueCheck.objects.count() == 4
    assert launch.press(address, "plan") == 302
    page = words_of(launch.desk.get(address))
    assert "2 比逐项上门少的次数（50%）" in page
    assert "第 5 步：批准计划并抽人员" in page
    assert launch.press(address, "settle") == 302
    launch.drawn()
    assert Officer.objects.count() == 4
    assert launch.press(address, "tell") == 302
    assert launch.press(address, "tell") == 409
    page = words_of(launch.desk.get(address))
    assert "已告知 2 家" in page
    by_its_code(launch, address)


def by_its_code(launch: Launch, address: str) -> None:
    told = NoticeDetail.objects.order_by("pk").first()
    assert told is not None
    visit = Visit.objects.select_related("premises__firm").get(pk=told.visit)
    code = actions.code_of(Case.objects.get(pk=told.pk))
    notice = words_of(Client().get(f"/inspections/notice?g={code}"))
    going = Officer.objects.filter(visit=visit).first()
    assert going is not None
    assert going.inspector.certificate_number in notice
    assert "《嘉兴市餐饮业油烟管理办法》第八条" in notice
    assert "凭通知书上的码查看" in words_of(Client().get("/inspections/notice"))
    assert code in words_of(launch.desk.get(f"{address}/letters"))
    load = words_of(Client().get(f"/inspections/load?g={code}"))
    assert "已安排上门 1 次" in load
    assert "2 项检查并成 1 次上门，少来 1 次" in load
    business = grants.resolve(code)
    assert business is not None
    with pytest.raises(Refused, match="办结以后"):
        doors.act(told.pk, "rate", business, {"rating": 5})
    seat = officer(going.inspector.account_id)
    asked = [(item.pk, q.code) for item, own in answers.questions(visit) for q in own]
    given = [Given(i, q, "没有问题", timezone.now()) for i, q in asked[1:]]
    answers.keep(visit.pk, [Given(*asked[0], "有问题", timezone.now(), "风机没有开"), *given], seat)
    answers.close(visit.pk, seat)
    found_and_ordered(visit, reader(seat))
    doors.act(told.pk, "rate", business, {"rating": 5})
    assert Case.objects.get(pk=told.pk).rating == 5, "also of a visit that found nothing"


def found_and_ordered(visit: Visit, desk: Client) -> None:
    finding = Finding.objects.select_related("item").get(visit=visit)
    address = f"/desk/visits/{visit.pk}"
    assert "责令改正" in words_of(desk.get(address))
    form = desk.get(f"/desk/inspections/order?finding={finding.pk}").content.decode()
    assert "风机没有开" in form, "the form to change first is filled in too"
    press = f"/desk/visits/findings/{finding.pk}/remedy"
    assert reader(None).post(press).status_code in (302, 403)
    sent = desk.post(press)
    assert sent.status_code == 302
    assert desk.post(press).headers["Location"] == sent.headers["Location"], "one order for one finding"
    finding.refresh_from_db()
    row = RectificationDetail.objects.get(pk=finding.case_id)
    assert (row.visit, row.finding, row.firm) == (visit.pk, finding.pk, visit.premises.firm.code)
    assert (row.item, row.basis) == ("Z01", "《嘉兴市餐饮业油烟管理办法》第八条")
    case = Case.objects.get(pk=finding.case_id)
    assert case.number in words_of(desk.get(address))


def test_a_plan_that_was_dropped_is_made_again_and_a_list_that_changed_is_drawn_again(
    small_city: SmallCity,
) -> None:
    launch = Launch(small_city, shops=2)
    address = launch.applied()
    launch.press(address, "approve", launch.leader)
    launch.press(address, "draw")
    launch.town.shops[0].active = False
    launch.town.shops[0].save()
    launch.drawn()
    assert "抽签作废" in words_of(launch.desk.get(address))
    assert launch.press(address, "draw") == 302
    launch.drawn()
    assert launch.press(address, "plan") == 302
    plan = Plan.objects.get()
    launch.desk.post(f"/desk/visits/plans/{plan.pk}", {"do": "drop", "reason": "日期不合适"})
    case = Case.objects.get(procedure="inspections.approval")
    detail = ApprovalDetail.objects.get(pk=case.pk)
    assert standing.of(case, detail).press == "plan"
    assert launch.press(address, "plan") == 302
    keeping.withdraw(launch.office.leader, "Z02", "依据已修改")
    launching.publish(launch.town.admin)
    off = Item.objects.get(scenario="inspections", active=False)
    assert Change.objects.filter(subject="visit_item", key=str(off.pk)).latest("pk").after["active"] is False
    with pytest.raises(Refused):
        launching.publish(small_city.actor("B", "admin"))
