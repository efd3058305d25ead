"""A file of firms and premises: looked at before anything is written, each bad row told with its reason."""

import io
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from openpyxl import Workbook

from zhili.base.codes import made_uscc
from zhili.base.sheets.errors import ImportRefused
from zhili.core.people import keys, secrets
from zhili.core.registers.loading import running, sealing
from zhili.core.registers.models import Firm, Loading, Premises
from zhili.core.trail.models import Change

pytestmark = pytest.mark.django_db
HEAD = [
    "统一社会信用代码",
    "企业名称",
    "经营者",
    "联系电话",
    "场所编号",
    "业态",
    "经营地址",
    "经度",
    "纬度",
    "有效期至",
]


def code(number: int, kind: str = "92") -> str:
    return made_uscc(kind, "330402", f"YY{number:06d}")


def good(number: int, **other: str) -> list[str]:
    said = dict(
        zip(
            HEAD,
            [code(number), f"南湖区第{number}小吃店", "欧阳小敏", "13912345678", f"C{number:05d}", "餐饮", "建设路1号",
             "120.05", "30.05", "2027-12-31"],
            strict=True,
        )
    )  # fmt: skip
    return [*(said | other).values()]


BAD = [
    (good(11, 统一社会信用代码="92330402YY00001100"), "统一社会信用代码", "信用代码有误"),
    (good(12, 业态="洗车"), "业态", "没有这个种类：洗车"),
    (good(13, 经度="121.9"), "经度", "不在本市"),
    (good(14, 经度="120.65"), "经度", "不在您单位管的地方"),
    (good(15, 有效期至="下个月"), "有效期至", "日期读不出"),
    (good(16, 联系电话="12"), "联系电话", "电话号码有误"),
    (good(17, 场所编号="C00001"), "场所编号", "第2行是同一个场所编号"),
    (good(18, 经度="", 纬度=""), "", "没有坐标，也没有所在区划"),
]


def csv_of(rows: list[list[str]], encoding: str = "gb18030") -> bytes:
    return "\r\n".join(",".join(row) for row in [HEAD, *rows]).encode(encoding)


def xlsx_of(rows: list[list[str]]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in [HEAD, *rows]:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def brought_in(raw: bytes, name: str, admin: Any) -> Loading:
    loading = running.take(raw, name, "both", admin)
    assert running.start(loading, admin)
    assert not running.start(loading, admin), "confirmed twice, begun once"
    running.run_due()
    loading.refresh_from_db()
    return loading


def test_bad_rows_are_told_with_row_and_reason_and_nothing_is_written_before(small_city: Any) -> None:
    admin = small_city.actor("A", "admin")
    rows = [good(1), good(2), *(row for row, _column, _why in BAD)]
    loading = running.take(csv_of(rows), "名单.csv", "both", admin)
    table, judged = running.look(loading, admin)
    assert (Firm.objects.count(), Premises.objects.count(), Change.objects.count()) == (0, 0, 0)
    assert (len(judged.good), judged.new_firms, judged.new_premises) == (2, 2, 2)
    sheet = list(running.faults(table, judged.bad))
    assert sheet[0] == ["行", "列", "原因", *HEAD]
    for number, ((cells, column, why), told) in enumerate(zip(BAD, sheet[1:], strict=True), start=4):
        assert told[0] == str(number)
        assert column in told[1]
        assert why in told[2]
        assert told[3:] == cells
    sealed = bytes(Loading.objects.get().sealed or b"")
    assert "欧阳小敏".encode() not in sealed
    keys.add_key()
    assert sealing.reencrypt() == 1
    assert running.look(Loading.objects.get(), admin)[1].new_firms == 2


def test_the_same_file_again_changes_nothing(small_city: Any) -> None:
    admin = small_city.actor("A", "admin")
    first = brought_in(csv_of([good(1), good(2)]), "名单.csv", admin)
    assert (first.state, first.added, first.aside) == ("done", 2, 0)
    assert Firm.objects.get(code=code(1)).kind == "sole_trader", "the code says so"
    assert [*secrets.masked([Firm.objects.get(code=code(1)).phone_id]).values()] == ["139****5678"]
    changes = Change.objects.count()
    again = brought_in(xlsx_of([good(1), good(2)]), "名单.xlsx", admin)
    assert (again.added, again.changed, again.same) == (0, 0, 2)
    assert Change.objects.count() == changes
    mended = brought_in(xlsx_of([good(1, 经营地址="建设路3号"), good(2)]), "名单.xlsx", admin)
    assert (mended.added, mended.changed, mended.same) == (0, 1, 1)
    assert Premises.objects.get(code="C00001").address == "建设路3号"


def test_stopped_in_the_middle_it_goes_on(small_city: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "BATCH", 2)
    admin = small_city.actor("A", "admin")
    loading = running.take(csv_of([good(n) for n in range(1, 8)]), "名单.csv", "both", admin)
    running.start(loading, admin)
    running.bring_in(loading.pk, stop_after=2)
    assert Premises.objects.count() == 4
    running.run_due()
    loading.refresh_from_db()
    assert (loading.state, loading.added, Premises.objects.count()) == ("done", 7, 7)


def test_what_cannot_be_read_says_so(small_city: Any) -> None:
    admin = small_city.actor("A", "admin")
    corner, far = Workbook(), io.BytesIO()
    corner.active["A1"], corner.active["XFD1048576"] = "统一社会信用代码", "1"
    corner.save(far)
    for raw, why in (
        (far.getvalue(), "解开后过大"),
        (b"PK\x03\x04 no workbook", "Excel"),
        (b"\xd0\xcf\x11\xe0old", "xls"),
        (b"", "空"),
        (csv_of([]), "只有表头"),
        ("甲,甲\r\n1,2\r\n".encode(), "重复"),
    ):
        with pytest.raises(ImportRefused, match=why):
            running.take(raw, "名单", "both", admin)
    with pytest.raises(PermissionDenied):
        running.take(csv_of([good(1)]), "名单.csv", "both", small_city.actor("A.grid"))


def test_a_formula_in_a_cell_comes_out_as_text(small_city: Any) -> None:
    from zhili.base.sheets.harmless import harmless, meant

    for text in ("=1+2", "@SUM(A1)", "+86 573", "-cmd|' /C calc'!A0", "\t=1"):
        assert harmless(text).startswith("'")
        assert meant(harmless(text)) == text
    assert harmless("-73.98") == "-73.98"
    assert meant("'老地方'面馆") == "'老地方'面馆"
