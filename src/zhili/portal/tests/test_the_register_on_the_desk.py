"""A clerk finds a shop and reads who runs it only with a purpose; an administrator brings files in."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from zhili.base.codes import made_uscc
from zhili.core.cases.tests.city import SmallCity
from zhili.core.registers import tabs
from zhili.core.registers.loading import running
from zhili.core.registers.models import Loading, Premises
from zhili.core.registers.tabs import Row, Tab
from zhili.core.trail.models import Access, Change
from zhili.portal.tests.pages_client import reader
from zhili.portal.tests.registering import CODE, registered

pytestmark = pytest.mark.django_db
DIVISION = "330402000000"


def test_found_read_and_opened_with_a_purpose(small_city: SmallCity, monkeypatch: pytest.MonkeyPatch) -> None:
    _code, shop, _file = registered(small_city)
    clerk = reader(small_city.actor("A.zhzf", "handler"))
    page = clerk.get("/desk/registers/premises?q=面馆").content.decode()
    assert "欧***面馆" in page
    assert "欧阳小敏" not in page
    assert "没有找到" in clerk.get("/desk/registers/premises?q=zzz").content.decode()
    assert (
        "没有找到"
        in reader(small_city.actor("B", "handler")).get("/desk/registers/firms?q=面馆").content.decode()
    )
    assert "欧***面馆" in clerk.get("/desk/registers/firms?q=13912345678").content.decode()
    address = f"/desk/registers/firms/{CODE}"
    page = clerk.get(address).content.decode()
    assert "139****5678" in page
    assert "13912345678" not in page
    nothing = clerk.post(f"{address}/personal/phone", {"purpose": " "})
    assert nothing.status_code == 422
    assert not Access.objects.exists()
    assert "13912345678" in clerk.post(f"{address}/personal/phone", {"purpose": "送达通知"}).content.decode()
    assert Access.objects.get().purpose == "送达通知"
    taken = clerk.post("/desk/registers/premises.csv?q=面馆").content.decode("utf-8-sig")
    assert "S1,欧***面馆" in taken
    monkeypatch.setattr(tabs, "_tabs", {})
    tabs.declare(
        Tab("visits", "检查", "premises", lambda one, actor: [Row(f"到过{one.code}", "/x", ("昨天",))])
    )
    page = clerk.get(f"/desk/registers/premises/{shop}?tab=visits").content.decode()
    assert "到过S1" in page


def test_a_file_is_looked_at_and_then_brought_in(small_city: SmallCity) -> None:
    registered(small_city)
    admin = reader(small_city.actor("city", "admin"))
    sent = SimpleUploadedFile("名单.csv", b"\xff\xfe")
    assert admin.post("/desk/registers/import", {"file": sent, "what": "both"}).status_code == 422
    one = Loading.objects.get()
    page = admin.get(f"/desk/registers/import/{one.pk}").content.decode()
    assert "登记这 1 行" in page
    assert "第 3 行" in page
    assert not Premises.objects.filter(name="第二小吃店").exists()
    book = load_workbook(io.BytesIO(admin.get(f"/desk/registers/import/{one.pk}/faults.xlsx").content))
    assert book.active["A2"].value == "3"
    wrong = {"map_code": "地址", "map_name": "企业名称"}
    admin.post(f"/desk/registers/import/{one.pk}", wrong)
    assert "登记这" not in admin.get(f"/desk/registers/import/{one.pk}").content.decode()
    right = {"map_code": "统一社会信用代码", "map_name": "企业名称", "map_premises_kind": "场所种类", "map_lon": "经度",
             "map_lat": "纬度"}  # fmt: skip
    admin.post(f"/desk/registers/import/{one.pk}", right)
    admin.post(f"/desk/registers/import/{one.pk}/start")
    assert "正在登记" in admin.get(f"/desk/registers/import/{one.pk}").content.decode()
    running.run_due()
    page = admin.get(f"/desk/registers/import/{one.pk}").content.decode()
    assert "已导入" in page
    assert Premises.objects.filter(name="第二小吃店").exists()
    other = reader(small_city.actor("A", "admin"))
    assert other.get(f"/desk/registers/import/{one.pk}").status_code == 403


def test_by_hand_with_checks_duplicates_shown_and_a_change_taken_back(small_city: SmallCity) -> None:
    _code, shop, _file = registered(small_city)
    clerk = reader(small_city.actor("A", "handler"))
    code = made_uscc("91", "330402", "YY000077")
    firm = {
        "code": code[:-1] + "0",
        "name": "第三饭店有限公司",
        "kind": "firm",
        "status": "active",
        "division": "火星",
    }
    wrong = clerk.post("/desk/registers/firms/new", firm)
    assert wrong.status_code == 422
    assert "没有“火星”这个区划" in wrong.content.decode()
    wrong = clerk.post("/desk/registers/firms/new", firm | {"division": DIVISION})
    assert "信用代码有误" in wrong.content.decode()
    made = clerk.post("/desk/registers/firms/new", firm | {"code": code, "division": DIVISION})
    assert made.headers["Location"] == f"/desk/registers/firms/{code}"
    again = clerk.post("/desk/registers/firms/new", firm | {"code": code, "division": DIVISION})
    assert "这个信用代码已经登记" in again.content.decode()

    place = {"place_lon": "120.05", "place_lat": "30.0501", "place_address": "建设路1号"}
    given = {"firm": code, "name": "面馆", "kind": "restaurant", **place}
    page = clerk.post("/desk/registers/premises/new", given).content.decode()
    assert "可能已经登记过" in page
    assert f"/desk/registers/premises/{shop}" in page
    made = clerk.post("/desk/registers/premises/new", given | {"_sure": "1"})
    address = made.headers["Location"]
    one = Premises.objects.get(code=code)
    assert address == f"/desk/registers/premises/{one.pk}"
    assert one.cell_id is not None

    seen = Change.objects.latest("pk").pk
    said = {"name": "面馆", "kind": "restaurant", "reason": "搬到隔壁", "_seen": str(seen)}
    clerk.post(f"{address}/edit", said | place | {"place_address": "建设路3号"})
    stale = clerk.post(f"{address}/edit", said | place)
    assert stale.status_code == 409, "somebody else was quicker"
    clerk.post(f"{address}/close", {"reason": "已注销", "_seen": str(Change.objects.latest("pk").pk)})
    one.refresh_from_db()
    assert (one.address, one.active) == ("建设路3号", False)
    moved, closed = Change.objects.order_by("-pk")[:2][::-1]
    page = clerk.get(f"{address}?tab=history").content.decode()
    assert f"{address}/undo/{closed.pk}" in page
    assert "搬到隔壁" in page
    assert "建设路3号 → 建设路1号" in clerk.get(f"{address}/undo/{moved.pk}").content.decode()
    clerk.post(f"{address}/undo/{moved.pk}", {"reason": "记错了", "_seen": str(closed.pk)})
    one.refresh_from_db()
    assert (one.address, one.active) == ("建设路1号", False), "only what that change altered"
    assert reader(small_city.actor("B", "handler")).get(f"{address}/edit").status_code == 404
    assert reader(small_city.actor("A", "auditor")).get(f"{address}/edit").status_code == 403
