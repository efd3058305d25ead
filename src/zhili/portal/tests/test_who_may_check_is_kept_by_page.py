"""Officers are registered by page or from a workbook, row by row; a plan's page draws them and says who does not go."""

from __future__ import annotations

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from zhili.base.sheets import workbook
from zhili.core.cases.tests.city import SmallCity
from zhili.core.draws.models import Draw
from zhili.core.people.actors import Actor
from zhili.core.people.models import Account
from zhili.core.trail.models import Change
from zhili.core.visits import inspector_sheet, inspectors
from zhili.core.visits.models import Conflict, Inspector
from zhili.core.visits.tests.story import planned
from zhili.core.visits.tests.town import Town
from zhili.portal.tests.pages_client import reader, words_of

HERE = "/desk/visits/inspectors"


def test_officers_are_kept_by_page_and_a_workbooks_bad_rows_say_which_and_why(small_city: SmallCity) -> None:
    town = Town(small_city)
    today = timezone.localdate()
    later = (today + timedelta(days=400)).isoformat()
    desk = reader(town.admin)
    assert "还没有检查人员" in words_of(desk.get(HERE))
    one, two = (small_city.actor("A.zhzf", "handler", name=f"officer-{n}") for n in (1, 2))
    office = small_city.offices["A.zhzf"]
    told = {"account": one.account_id, "office": office.pk, "certificate_number": "浙A-1", "active": "on"}
    assert desk.post(f"{HERE}/new", told).status_code == 422, "no day, no certificate"
    sent = desk.post(f"{HERE}/new", told | {"certificate_until": later, "specialities": "特种设备、电梯"})
    assert sent.status_code == 302, words_of(sent)
    kept = Inspector.objects.get()
    assert (kept.certificate_number, kept.specialities) == ("浙A-1", ["特种设备", "电梯"])
    assert reader(two).post(f"{HERE}/new", told).status_code == 403

    rows = [
        [_username(two), office.code, "浙A-2", later.replace("-", "/"), "", "是"],
        [_username(two), office.code, "浙A-1", later, "", "是"],
        ["nobody", office.code, "浙A-3", later, "", ""],
        [_username(one), office.code, "浙A-1", "明年", "", ""],
    ]
    table = SimpleUploadedFile("a.xlsx", workbook.written([inspector_sheet.HEADS, *rows]))
    page = words_of(desk.post(f"{HERE}/import", {"file": table}))
    assert "登记了 1 人，3 行没有登记" in page
    assert "3 执法证号 这个执法证号已登记在另一人名下" in page
    assert "4 账号 没有这个账号：nobody" in page
    assert "5 证件有效期至 不是日期：明年" in page

    shop = town.shops[0].firm
    address = f"{HERE}/{kept.pk}"
    own = reader(one).post(address, {"_do": "conflict", "firm": shop.code, "reason": "近亲属经营"})
    assert own.status_code == 302, "an officer declares their own"
    row = Conflict.objects.get()
    assert "近亲属经营" in words_of(desk.get(address))
    assert desk.post(address, {"_do": "end", "conflict": row.pk, "reason": "亲属已退出"}).status_code == 302
    assert Change.objects.filter(subject=inspectors.CONFLICT).count() == 2
    assert desk.post(f"{HERE}/export.xlsx").status_code == 200


def _username(actor: Actor) -> str:
    return Account.objects.get(pk=actor.account_id).username


def test_a_plans_page_announces_the_draw_says_who_does_not_go_and_gives_a_workbook(
    small_city: SmallCity,
) -> None:
    town = Town(small_city)
    for office in ("A.zhzf", "B"):
        for n in range(2):
            town.inspector(office, n)
    town.inspector("B", 9, timezone.localdate() - timedelta(days=3))
    _draw, plan = planned(town)
    desk, address = reader(town.admin), f"/desk/visits/plans/{plan.pk}"
    page = words_of(desk.get(address))
    assert "浙B-0009" in page
    assert "执法证已于" in page
    assert desk.post(address, {"do": "draw"}).status_code == 302
    assert Draw.objects.filter(kind="visits.officers", scope=str(plan.pk)).count() == 1
    assert "人员名单已公布" in words_of(desk.get(address))
    desk.post(address, {"do": "draw"})
    assert Draw.objects.filter(kind="visits.officers", scope=str(plan.pk)).count() == 1, "once"
    table = workbook.read(desk.post(f"{address}/export.xlsx").content, "plan.xlsx")
    assert table.frame.height == plan.visits_planned
    body = reader(small_city.actor("A.zhzf", "handler", name="a body's own officer"))
    assert body.get(address).status_code == 200, "a plan its checks are in"
    visit = plan.visits.select_related("premises").earliest("date", "pk")
    page = words_of(desk.get("/desk/visits/route", {"day": visit.date.isoformat()}))
    assert f"1. {visit.premises.name}" in page
    assert "这一天没有检查" in words_of(desk.get("/desk/visits/route", {"day": "2020-01-01"}))
