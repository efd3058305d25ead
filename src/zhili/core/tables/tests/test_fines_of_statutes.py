"""What statutes allow comes in as drafts: an article each, amounts held against the clause, doubts flagged."""

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from zhili.base.decisions import evaluate, faults
from zhili.core import tables
from zhili.core.people.managing import AdminRefused
from zhili.core.tables import fines, keeping
from zhili.core.tables.amounts import number, ranges_in
from zhili.core.tables.models import TableVersion
from zhili.core.tables.telling import flagged
from zhili.core.tables.tests.test_versions_of_a_table import faults_found

LIST = Path(__file__).resolve().parents[5].parent / "shared/data/statutes/fines.csv"
TEXT = """law,article,fine_min,fine_max,clause
示例条例(2020-01-01),第十条,500,5000,第十条 违反规定的，处五百元以上五千元以下罚款
示例条例(2020-01-01),第十条,500,5000,第十条 违反规定的，处五百元以上五千元以下罚款
示例条例(2020-01-01),第十条,0,200,对单位处一千元以上二千元以下罚款，对个人处二百元以下罚款
示例条例(2020-01-01),第十条,1000,2000,对单位处一千元以上二千元以下罚款，对个人处二百元以下罚款
示例条例(2020-01-01),第十条,300,900,处货值金额一倍以上三倍以下罚款；货值不足一万元的，处三千元以上九千元以下罚款
,第十一条,1,2,处二元以下罚款
示例条例,第十二条,900,300,处三百元以上九百元以下罚款
示例条例,第十三条,一千,2000,处一千元以上二千元以下罚款
"""


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("五百", 500),
        ("一万五千", 15_000),
        ("十", 10),
        ("一百二十万", 1_200_000),
        ("3000", 3_000),
        ("1.5万", 15_000),
    ],
)
def test_amounts_as_statutes_write_them(text: str, amount: int) -> None:
    assert number(text) == amount
    assert ranges_in(f"处{text}元以下罚款") == {(0, amount)}


def test_a_list_of_clauses_becomes_drafts_that_say_what_to_check(small_city: Any) -> None:
    read = fines.read(TEXT)
    assert [(one.line, str(one.words)) for one in read.refused] == [
        (7, "没有写“law”：没有条款的罚款不能导入"),
        (8, "下限 900 元、上限 300 元，不是一个幅度"),
        (9, "“fine_min”要写以元计的整数，写的是“一千”"),
    ]
    (draft,) = fines.drafts(read.clauses)
    assert faults(draft.table) == []
    assert len(draft.table.rows) == 4  # the same line twice is one row
    assert draft.table.rows[0].citation == "示例条例（2020-01-01）第十条"
    first = evaluate(draft.table, {"clause": "违反规定的，处五百元以上五千元以下罚款"})
    assert dict(first.values) == {"low": 50_000, "high": 500_000}
    said = [(row, str(words)) for row, words in draft.flags if row]
    assert (2, "原文只有上限，下限按 0 元导入") in said
    assert (3, "这一段条文有几个幅度，请核对这一行是哪一种情形、对谁") in said
    assert (4, "数额和条文对不上：导入的是 300—900 元，请对照原文") in said
    assert (4, "条文另有按倍数或比例计的罚款，这张表只有固定数额") in said
    assert not [row for row, _words in said if row == 1]

    assert fines.keep([draft]).made == 1
    assert fines.keep([draft]).same == 1
    version = TableVersion.objects.get()
    assert len(flagged(version.flags)) == len(draft.flags)
    one, two = small_city.actor("city", "admin"), small_city.actor("city", "leader")
    today = timezone.localdate()
    with pytest.raises(AdminRefused, match="还没有人逐条核对"):
        keeping.confirm(version.pk, today, two, None)
    keeping.take_over(version.pk, one, None)
    keeping.confirm(version.pk, today, two, None)
    assert tables.in_force("discretion.示例条例.第十条", today) == draft.table
    assert faults_found() == []


def test_a_list_without_its_columns_is_refused() -> None:
    with pytest.raises(fines.NotFines, match="fine_min"):
        fines.read("law,article\n甲,乙\n")


@pytest.mark.skipif(not LIST.exists(), reason="the list of statutes' fines is not on this machine")
def test_every_range_of_the_list_is_found_again_in_its_clause() -> None:
    read = fines.read(LIST.read_text("utf-8"))
    assert (len(read.clauses), read.refused) == (1022, [])
    made = list(fines.drafts(read.clauses))
    assert len(made) == 693
    assert not [words for one in made for _row, words in one.flags if "对不上" in words]
    assert all(faults(one.table) == [] for one in made)
