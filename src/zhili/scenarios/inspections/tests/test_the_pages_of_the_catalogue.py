"""What the pages let whom do: launch, hand in a table, confirm another's draft, hand a code to a business."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.portal.tests.pages_client import reader
from zhili.scenarios.inspections import actions
from zhili.scenarios.inspections.catalogue import keeping
from zhili.scenarios.inspections.models import ApprovalDetail, Entry
from zhili.scenarios.inspections.tests.conftest import Office, day
from zhili.scenarios.inspections.tests.test_a_catalogue_is_read_from_a_table import GOOD, as_csv

pytestmark = pytest.mark.django_db
SCENE, ITEMS = "/desk/inspections/scenes/life-01", "/desk/inspections/items"


def test_a_scenario_is_launched_with_all_that_is_in_force_and_nothing_that_is_not(office: Office) -> None:
    client = reader(office.officer)
    page = client.get(SCENE).content.decode()
    assert page.count('name="items" value="') == 6  # of seven, one waits to be confirmed
    assert 'value="X02"' not in page
    sent = {"_do": "launch", "items": ["M02", "Z01"], "why": "random", "ground": "x", "first": day(1)}
    made = client.post(SCENE, sent | {"last": day(9)})
    assert made.status_code == 302
    row = ApprovalDetail.objects.get()
    assert (row.scene, row.items) == ("life-01", ["M02", "Z01"])
    refused = client.post(SCENE, sent | {"last": day(-9)})
    assert refused.status_code == 422
    assert "日期应从今天" in refused.content.decode()


def test_a_table_handed_in_names_its_bad_rows_and_another_person_confirms_the_rest(office: Office) -> None:
    first, second = reader(office.officer), reader(office.leader)
    body = as_csv(GOOD, GOOD | {"事项编号": "K02", "法律依据": ""})
    page = first.post(ITEMS, {"table": SimpleUploadedFile("t.csv", body)}).content.decode()
    assert "1 行没有列入" in page
    assert "没有法律依据" in page
    entry = Entry.objects.get(code="K01")
    own = first.post(f"{ITEMS}/K01", {"_do": "confirm", "entry": entry.pk, "read": "1"})
    assert own.status_code == 403
    unread = second.post(f"{ITEMS}/K01", {"_do": "confirm", "entry": entry.pk})
    assert unread.status_code == 422
    assert second.post(f"{ITEMS}/K01", {"_do": "confirm", "entry": entry.pk, "read": "1"}).status_code == 302
    assert keeping.in_force(["K01"])["K01"].confirmed_by == office.leader.account_id
    grid = reader(office.city.actor("A.town", "handler"))
    assert grid.post(ITEMS, {"table": SimpleUploadedFile("t.csv", body)}).status_code == 403
    again = first.post(f"{ITEMS}/export.csv").content.decode("utf-8-sig")
    assert again.splitlines()[1].startswith("C01,")


def test_everybody_reads_what_is_in_force_with_its_basis_and_no_more(office: Office) -> None:
    page = Client().get("/inspections").content.decode()
    assert "《嘉兴市餐饮业油烟管理办法》第八条" in page
    assert "《食品安全法》第三十五条" not in page  # nobody has read it yet
    assert "/new/inspections.unscanned/report" in page
    assert "没有找到" in Client().get("/inspections?q=zzz").content.decode()


def test_a_business_reads_and_answers_its_order_by_the_code_its_officer_hands_over(office: Office) -> None:
    case = office.ordered()
    address = f"/desk/inspections/order/{case.number}/code"
    client = reader(office.officer)
    assert "现在没有查询码" in client.get(address).content.decode()
    doors.act(case.pk, "serve", office.officer, {"how": "onsite"})
    code = actions.code_of(case)
    shown = client.get(address)
    assert code in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    assert reader(office.city.actor("A")).get(address).status_code == 404
    business = Client().get(f"/c/{case.number}?g={code}").content.decode()
    assert "净化设施未开" in business
    assert f"/c/{case.number}/act/submit" in business
    stranger = Client().get(f"/c/{case.number}")
    assert stranger.status_code == 404
    words = {"words": "风机坏了，配件后天到"}
    assert Client().post(f"/c/{case.number}/act/explain?g={code}", words).status_code == 302
    assert Case.objects.get(pk=case.pk).seq == 3
