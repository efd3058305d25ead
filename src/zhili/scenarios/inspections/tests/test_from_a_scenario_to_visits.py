"""An approved sheet is drawn in public and becomes visits; the business reads how often it is called on."""

from __future__ import annotations

from datetime import timedelta
from unittest import mock

import pytest
from django.test import Client
from django.utils import timezone

from zhili.core.cases import doors
from zhili.core.cases.errors import Refused
from zhili.core.cases.tests.city import SmallCity, forget
from zhili.core.draws import announcing, running, seeds
from zhili.core.people.models import Office as Seat
from zhili.core.trail.models import Change
from zhili.core.visits.models import DueCheck, Item, Visit
from zhili.core.visits.tests.town import Town
from zhili.portal.tests.pages_client import reader
from zhili.scenarios.inspections import actions, launching
from zhili.scenarios.inspections.catalogue import keeping
from zhili.scenarios.inspections.models import ApprovalDetail
from zhili.scenarios.inspections.tests.conftest import Office

pytestmark = pytest.mark.django_db


def test_a_sheet_becomes_a_draw_then_visits_and_the_business_reads_them_by_its_code(
    small_city: SmallCity,
) -> None:
    Seat.objects.filter(code="T-A.zhzf").update(code="330402000000-zhzf")
    forget()
    town = Town(small_city, shops=4)
    for n in range(2):
        town.inspector("A.zhzf", n)
    office = Office(small_city)
    office.catalogue()
    sent = reader(town.admin).post("/desk/inspections/items/publish")
    assert sent.status_code == 302
    assert Item.objects.filter(scenario="inspections", active=True).count() == 7  # those whose basis was read
    assert launching.publish(town.admin) == 7
    with pytest.raises(Refused):
        launching.publish(small_city.actor("B", "admin"))
    case = office.applied(items=["Z01", "Z02"])
    detail = ApprovalDetail.objects.get(pk=case.pk)
    with pytest.raises(Refused, match="没有批准"):
        launching.draw(case, detail, "restaurant", office.officer)
    doors.act(case.pk, "approve", office.leader, {})
    case.refresh_from_db()
    client, address = reader(office.officer), f"/desk/inspections/sheets/{case.number}"
    assert "名单上 4 家" in client.get(address).content.decode()
    lottery = announcing.numbers("福彩双色球", "中国福利彩票网")
    with mock.patch("zhili.core.draws.announcing.head_after", return_value=lottery):
        assert client.post(address, {"_do": "draw", "kind": "restaurant"}).status_code == 302
    (group,) = launching.groups(case, detail, office.officer)
    assert group.draw is not None
    later = group.draw.draw_at + timedelta(hours=1)
    with mock.patch("django.utils.timezone.now", return_value=later):
        seeds.give(group.draw, 0, [3, 11, 17], "中国福利彩票网", town.admin)
        running.run(group.draw)
    # a fifth of four shops, rounded up: one, with both items
    assert DueCheck.objects.count() == 2
    assert client.post(address, {"_do": "plan"}).status_code == 302
    assert Visit.objects.count() == 1
    assert "下限" in client.get(address).content.decode()
    assert client.post(address, {"_do": "plan"}).status_code == 409
    visit = Visit.objects.select_related("premises__firm").get()
    order = office.ordered(firm=visit.premises.firm.code, visit=visit.pk)
    doors.act(order.pk, "serve", office.officer, {"how": "onsite"})
    page = Client().get(f"/inspections/load?g={actions.code_of(order)}").content.decode()
    assert "已安排上门 1 次" in page
    assert "2 项检查并成 1 次上门，少来 1 次" in page
    assert "凭查询码查看" in Client().get("/inspections/load").content.decode()
    keeping.withdraw(office.leader, "Z02", "依据已修改")
    launching.publish(town.admin)
    (off,) = Item.objects.filter(scenario="inspections", active=False)
    assert Change.objects.filter(subject="visit_item", key=str(off.pk)).latest("pk").after["active"] is False
    assert timezone.localdate() <= visit.date
