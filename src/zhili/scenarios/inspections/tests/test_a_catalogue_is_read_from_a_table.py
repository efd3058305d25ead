"""A table of inspection items: a row without legal basis is refused with its number and why. No database."""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import Any

import pytest
from openpyxl import Workbook

from zhili.core.cases.errors import Refused
from zhili.scenarios.inspections.catalogue import keeping, reading
from zhili.scenarios.inspections.catalogue.kinds import CHECKED_WELL, CLASSES
from zhili.scenarios.inspections.catalogue.lines import of_json
from zhili.scenarios.inspections.catalogue.reading import Bad, of_file

GOOD: dict[str, Any] = {
    "事项编号": "K01", "事项名称": "油烟", "法律依据": "嘉兴市餐饮业油烟管理办法", "条款": "第八条", "检查主体": "zhzf",
    "对象种类": "restaurant", "比例": 20, "频次": 2, "方式": "onsite", "时长": 20, "检查要点": "设施开着吗；记录在吗",
}  # fmt: skip


def as_csv(*rows: dict[str, Any], coding: str = "utf-8-sig") -> bytes:
    out = io.StringIO()
    table = csv.DictWriter(out, list(GOOD))
    table.writeheader()
    table.writerows(rows)
    return out.getvalue().encode(coding)


def as_excel(*rows: dict[str, Any]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in (list(GOOD), *(list(one.values()) for one in rows)):
        sheet.append(row)
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("body", [as_csv, as_excel, lambda *rows: as_csv(*rows, coding="gb18030")])
def test_a_row_without_legal_basis_is_refused_with_its_number_and_the_others_are_read(body: Any) -> None:
    read = of_file(
        "x", body(GOOD, GOOD | {"事项编号": "K02", "法律依据": ""}, GOOD | {"事项编号": "K03", "条款": " "})
    )
    assert [(row, line.code, line.checklist) for row, line in read.lines] == [
        (2, "K01", ("设施开着吗", "记录在吗"))
    ]
    assert [(one.row, one.column) for one in read.bad] == [(3, "law"), (4, "article")]
    assert "没有法律依据" in read.bad[0].reason
    assert read.bad[0].title == "法律依据"
    assert read.bad_rows == 2


@pytest.mark.parametrize(
    ("cell", "value", "said"),
    [
        ("条款", "8", "第八条"),
        ("比例", "0", "1 到 100"),
        ("比例", "0.2", "1 到 100"),
        ("频次", "13", "1 到 12"),
        ("检查主体", "税务", "shichang"),
        ("对象种类", "店", "restaurant"),
        ("事项编号", "油烟", "大写字母"),
        ("检查要点", " ； ", "检查要点"),
        ("时长", "９", "5 到 480"),
    ],
)
def test_a_cell_that_cannot_be_names_its_row_its_column_and_what_would_be_right(
    cell: str, value: str, said: str
) -> None:
    read = of_file("x.csv", as_csv(GOOD, GOOD | {"事项编号": "K02", cell: value}))
    assert len(read.lines) == 1
    assert [(one.row, one.title) for one in read.bad] == [(3, cell)]
    assert said in read.bad[0].reason


def test_the_same_number_twice_a_table_without_its_columns_and_no_table_at_all_are_refused() -> None:
    twice = of_file("x.csv", as_csv(GOOD, GOOD))
    assert twice.bad == [Bad(3, "code", "编号与第 2 行相同")]
    with pytest.raises(Refused, match="法律依据"):
        of_file("x.csv", "事项编号,事项名称\nK01,油烟\n".encode())
    for body in (b"PK\x03\x04 no zip", b'"never closed'):
        with pytest.raises(Refused):
            of_file("x.xlsx", body)


def test_the_starting_catalogue_has_a_basis_in_every_row_and_sixty_scenarios_in_six_classes() -> None:
    lines = reading.seeded()
    assert len({one.code for one in lines}) == len(lines) == 103
    for one in lines:
        # what was compared with a text names the text's day and the words found there; the rest claims nothing
        assert (one.checked in CHECKED_WELL) == bool(one.quote), one.code
        assert of_json(one.as_json()) == one
    scenes = keeping.seeded_scenes()
    assert Counter(one["class"] for one in scenes) == dict.fromkeys(CLASSES, 10)
    assert {code for one in scenes for code in one["items"].split()} == {one.code for one in lines}
