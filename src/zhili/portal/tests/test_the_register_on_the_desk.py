"""A clerk finds a shop and reads who runs it only with a purpose; an administrator brings files in."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from zhili.core.cases.tests.city import SmallCity
from zhili.core.registers import tabs
from zhili.core.registers.loading import running
from zhili.core.registers.models import Loading, Premises
from zhili.core.registers.tabs import Row, Tab
from zhili.core.trail.models import Access
from zhili.portal.tests.pages_client import reader
from zhili.portal.tests.registering import CODE, registered

pytestmark = pytest.mark.django_db


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
