"""A table goes from a sheet to a draft to a version in force: faults marked, two people, tried, compared."""

from __future__ import annotations

import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from zhili.base.decisions.sheet import to_lines
from zhili.core import tables
from zhili.core.cases.tests.city import SmallCity
from zhili.core.tables import sheets
from zhili.core.tables.models import State, TableVersion
from zhili.core.tables.tests.sample import NAME, benchmark
from zhili.core.trail.changes import latest
from zhili.portal.tests.pages_client import reader, words_of

NEW = "/desk/admin/tables/new"


def sent(content: bytes, name: str = "table.xlsx") -> dict[str, Any]:
    return {"file": SimpleUploadedFile(name, content)}


def packed(page: Any) -> str:
    found = re.search(r'name="packed" value="([^"]*)"', page.content.decode())
    assert found is not None, words_of(page)
    return found[1]


def test_from_a_sheet_to_the_next_version(small_city: SmallCity) -> None:
    writer, boss = small_city.actor("city", "admin"), small_city.actor("city", "leader")
    one, other = reader(writer), reader(boss)
    assert "还没有判定表" in words_of(one.get("/desk/admin/tables"))

    # a gap is marked in the preview and on the draft, and keeps it out
    preview = one.post(NEW, sent(sheets.write(benchmark(until=900_000))))
    assert "没有一行管到：货值金额 ≥9000, <10000 元" in words_of(preview)
    assert "例如：货值金额 = 9000 元" in words_of(preview)
    assert "没有保存" in words_of(one.post(NEW, {"packed": packed(preview), "source": " "}))
    assert TableVersion.objects.count() == 0
    kept = one.post(NEW, {"packed": packed(preview), "source": "裁量基准〔2026〕1号"})
    assert kept.status_code == 302
    bad = TableVersion.objects.get()
    shown = words_of(other.get(f"/desk/admin/tables/{bad.pk}"))
    assert "改好之前不能生效" in shown
    assert "确认这一版" not in shown
    form = {"first": timezone.localdate().isoformat(), "checked": "on"}
    assert (
        other.post(
            f"/desk/admin/tables/{bad.pk}/confirm", {**form, "_seen": latest("table", bad.pk)}
        ).status_code
        == 422
    )

    # the sound one: not by its writer, then by another
    preview = one.post(
        NEW,
        sent("\n".join(",".join(f'"{c}"' for c in line) for line in to_lines(benchmark())).encode(), "t.csv"),
    )
    assert "已有第1版" in words_of(preview)
    one.post(NEW, {"packed": packed(preview), "source": "裁量基准〔2026〕2号"})
    good = TableVersion.objects.get(number=2)
    address = f"/desk/admin/tables/{good.pk}"
    form["_seen"] = str(latest("table", good.pk))
    assert "要由另一人确认" in words_of(one.get(address))
    assert one.post(f"{address}/confirm", form).status_code == 403
    assert "没有空档和重叠" in words_of(other.get(f"{address}/confirm"))
    assert other.post(f"{address}/confirm", form).status_code == 302
    assert tables.in_force(NAME, timezone.localdate()) == benchmark()
    assert "现行有效" in words_of(one.get("/desk/admin/tables?stand=in_force&q=示例"))
    assert "没有这样的表" in words_of(one.get("/desk/admin/tables?q=zzz"))

    # tried and compared
    tried = words_of(one.get(f"{address}/try?fact-value=5,000&fact-grade="))
    assert "第 1 行管到" in tried
    assert "罚款上限 500 元" in tried
    asked = one.get(f"{address}/try?fact-value=2万")
    assert (asked.status_code, "缺少“情节”，定不下来" in words_of(asked)) == (422, True)
    assert "“很多”不是数" in words_of(one.get(f"{address}/try?fact-value=很多"))
    compared = words_of(one.get(f"{address}/compare"))
    assert "第1版改到第2版" in compared
    assert "新增" in compared
    assert "删去" in compared
    again = sheets.read(one.get(f"{address}/sheet.xlsx").content)
    assert again.table == benchmark()

    ended = other.post(
        f"{address}/withdraw",
        {"reason": "上位法修改", "last": form["first"], "_seen": latest("table", good.pk)},
    )
    assert ended.status_code == 302
    good.refresh_from_db()
    assert good.state == State.WITHDRAWN
    assert tables.in_force(NAME, timezone.localdate()) is None
    assert "确认一版" in words_of(one.get("/desk/admin/log"))


def test_a_sheet_that_cannot_be_read_says_where(small_city: SmallCity) -> None:
    client = reader(small_city.actor("city", "admin"))
    lines = [list(one) for one in to_lines(benchmark())]
    lines[-1][2], lines[-2][-1] = "特重", ""
    text = "\n".join(",".join(f'"{cell}"' for cell in line) for line in lines)
    page = client.post(NEW, sent(text.encode("gb18030"), "t.csv"))
    assert page.status_code == 422
    assert "有 2 处读不了，什么也没有保存" in words_of(page)
    said = words_of(page)
    assert f"第 {len(lines) - 1} 行 · 依据 没有写依据的条款或文件" in said
    assert f"第 {len(lines)} 行 · 情节 选项里没有“特重”，可写：一般、严重" in said
    for content in (b"PK\x03\x04junk", b"\x89PNG\r\n\x00", b""):
        assert client.post(NEW, sent(content)).status_code == 422
    assert client.post(NEW, {}).status_code == 422
    assert client.post(NEW, {"packed": "forged", "source": "x"}).status_code == 422
    assert TableVersion.objects.count() == 0
    blank = sheets.read(client.get("/desk/admin/tables/blank.xlsx").content)
    assert blank.table is not None
    assert reader(small_city.actor("A.grid")).get(NEW).status_code == 403
