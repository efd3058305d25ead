"""What a file of statutes left open is listed by law and flag, taken as a workbook, looked through row by row."""

from __future__ import annotations

from io import BytesIO

from openpyxl import load_workbook

from zhili.core.cases.tests.city import SmallCity
from zhili.core.tables import fines
from zhili.core.tables.models import TableVersion
from zhili.core.trail.changes import latest
from zhili.portal.tests.pages_client import reader, words_of

LIST = """law,article,fine_min,fine_max,clause
甲条例(2020-01-01),第十条,0,5000,第十条 随意倾倒的，处五千元以下罚款
甲条例(2020-01-01),第十一条,500,1000,处五百元以上一千元以下罚款
乙条例(2021-01-01),第三条,300,900,处货值金额一倍以上三倍以下罚款；不足一万元的，处三千元以上九千元以下罚款
"""
PAGE = "/desk/admin/tables/imported"


def test_listed_by_flag_taken_along_and_each_row_ticked(small_city: SmallCity) -> None:
    client = reader(small_city.actor("city", "admin"))
    assert "没有待核对的草稿" in words_of(client.get(PAGE))
    fines.keep(fines.drafts(fines.read(LIST).clauses))
    page = words_of(client.get(PAGE))
    assert "3 份草稿待核对" in page
    assert "第 1 行 · 随意倾倒的，处五千元以下罚款" in page
    assert "甲条例（2）" in page
    one = words_of(client.get(PAGE, {"law": "甲条例", "flag": "原文只有上限，下限按 0 元导入"}))
    assert "1 份草稿待核对" in one
    assert "没有这样的草稿" in words_of(client.get(PAGE, {"q": "丙条例"}))
    rows = list(load_workbook(BytesIO(client.get(f"{PAGE}/points.xlsx?law=乙条例").content)).active.values)
    wrong = next(row for row in rows if "对不上" in row[-1])
    assert wrong[1:6] == ("乙条例", "第三条", 1, "300", "900")
    draft = TableVersion.objects.get(title__startswith="甲条例第十条")
    address = f"/desk/admin/tables/{draft.pk}/look?law=甲条例"
    assert "条文：随意倾倒的，处五千元以下罚款" in words_of(client.get(address))
    seen = {"_seen": str(latest("table", draft.pk)), "checked": "on"}
    assert client.post(address, seen).status_code == 422, "the flagged row was not ticked"
    done = client.post(address, {**seen, "row_1": "on"})
    assert (done.status_code, done["Location"].startswith(f"{PAGE}?law=")) == (302, True)
    draft.refresh_from_db()
    assert (draft.drafted_by is not None, draft.flags) == (True, [])
