"""A wrong mapping is told with its line, the column and the row; and nothing has come in."""

from pathlib import Path

import polars as pl
import pytest

from zhili.base.sheets.errors import ImportRefused, MappingRefused
from zhili.core.cases.importing import mapping
from zhili.core.cases.models import Case, Category
from zhili.core.cases.tests.city import SmallCity
from zhili.core.cases.tests.importing_files import MAPPING, line, run, save, there

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('opened = "上报时间"', 'opend = "上报时间"', r"第 8 行：不认识 opend，是不是 opened？"),
        (
            'opened = "上报时间"',
            'opened = "上报日期"',
            r"第 8 行：opened = “上报日期”，文件里没有这一列.*编号、类型",
        ),
        ('id = "编号"', 'id = "编 号"', r"第 5 行：id = .*是不是“编号”"),
        ('opened = "上报时间"\n', "", r"第 4 行：\[columns\] 缺少 opened"),
        (
            '["%Y-%m-%d %H:%M:%S"]',
            '["%d/%m/%Y"]',
            r"第 8 行 opened：列“上报时间”有 6 行.*第 1 行：时间读不出",
        ),
        ('others = "create"', 'others = "make"', r"第 17 行：others 只能是 create、reject、none"),
        (
            'others = "create"',
            'others = "reject"',
            r"第 6 行 category：列“类型”.*第 1 行：没有这个分类：“道路”",
        ),
        (
            'procedure = "citizen_reports.report"',
            'procedure = "citizen.report"',
            r"第 2 行：没有事项种类",
        ),
        ('source = "市民热线"', "source = 7", r"第 1 行：source 应是带引号的文字"),
        ("[time]", '[time]\nzone = "Asia/Jiaxing"', r"没有时区 'Asia/Jiaxing'"),
        ("[time]", '[fixed]\noffice = "没有"\n[time]', r"第 14 行：没有这个单位：“没有”"),
        ("[time]", "[time", r"不是有效的 TOML.*line 13"),
    ],
)
def test_it_says_where_and_nothing_comes_in(small_city: SmallCity, tmp_path: Path, old, new, told) -> None:
    path = save(tmp_path, [line(n) for n in range(1, 7)])
    assert old in MAPPING
    with pytest.raises(MappingRefused, match=f"(?s){told}"):
        run(path, MAPPING.replace(old, new))
    assert not Case.objects.exists()
    assert not Category.objects.filter(code__startswith="rx").exists()


def test_a_wrong_delimiter_is_the_mappings_fault_not_every_rows(
    small_city: SmallCity, tmp_path: Path
) -> None:
    path = save(tmp_path, [line(n) for n in range(1, 5)])
    with pytest.raises(MappingRefused, match="文件里没有这一列"):
        run(path, 'delimiter = ";"\n' + MAPPING)


def test_numbers_where_times_should_be_in_a_parquet_file(small_city: SmallCity, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pl.DataFrame({"k": ["1", "2"], "t": [3.5, 4.5]}).write_parquet(path)
    with pytest.raises(MappingRefused, match=r"列“t”有 2 行.*第 1 行：时间读不出"):
        run(path, 'source = "x"\n[columns]\nid = "k"\nopened = "t"\n')


def test_a_mapping_of_its_own_name_comes_along(small_city: SmallCity) -> None:
    assert {"nyc_council", "messages_with_replies"} <= set(mapping.bundled())
    for name in mapping.bundled():
        assert mapping.read(name).source
    with pytest.raises(
        MappingRefused, match=r"没有映射文件 nyc\.toml；自带的有：messages_with_replies、nyc_council"
    ):
        mapping.read("nyc.toml")


def test_a_dry_run_tells_the_same_and_writes_nothing(small_city: SmallCity, tmp_path: Path) -> None:
    path = save(tmp_path, [line(1), line(2), line(3, 上报时间="不详")])
    tried = run(path, dry_run=True)
    assert (tried.rows, tried.came_in, [b.row for b in tried.bad], tried.made) == (
        3,
        0,
        [3],
        ["道路", "噪声"],
    )
    assert not there()
    assert not Category.objects.filter(code__startswith="rx").exists()


def test_no_such_file_an_empty_one_and_a_workbook(small_city: SmallCity, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="没有文件"):
        run(tmp_path / "没有.csv")
    for content, told in (
        (b"", "是空的"),
        (b"PK\x03\x04xlsx", "另存为"),
        ("编号,编号\n".encode(), "列名有空的或重复的"),
    ):
        (tmp_path / "x.csv").write_bytes(content)
        with pytest.raises(ImportRefused, match=told):
            run(tmp_path / "x.csv")


def test_a_category_comes_to_the_same_code_again_and_is_offered_on_no_form(
    small_city: SmallCity, tmp_path: Path
) -> None:
    from zhili.core.cases.categories import choices

    run(save(tmp_path, [line(1), line(2)]))
    codes = dict(Category.objects.filter(code__startswith="rx").values_list("name", "code"))
    assert codes == {"道路": "rx001", "噪声": "rx002"}
    run(
        save(
            tmp_path,
            [
                line(3),
                line(4, 类型="绿化"),
                line(5, 类型="暴露垃圾"),
                line(6, 类型="201001"),
                line(7, 类型=""),
            ],
        )
    )
    kinds = dict(Case.objects.values_list("origin__external_id", "category"))
    assert [kinds[f"RX{n:05}"] for n in (1, 3, 4, 5, 6, 7)] == [
        "rx001",
        "rx001",
        "rx003",
        "201001",
        "201001",
        "",
    ]
    offered = {code for code, _name in choices("citizen_reports")}
    assert "201001" in offered
    assert not offered & set(codes.values())


def test_the_worked_example_of_the_guide_works(small_city: SmallCity, tmp_path: Path) -> None:
    guide = Path(__file__).parents[5] / "docs/import.md"
    if not guide.exists():
        pytest.skip(f"not applicable: the guide is not beside this package: {guide}")
    blocks = guide.read_text("utf-8").split("```")
    rows = next(b for b in blocks if b.startswith("\n工单号"))
    words = next(b for b in blocks if b.startswith("toml")).removeprefix("toml")
    path = tmp_path / "calls.csv"
    path.write_bytes(rows.lstrip().encode("gb18030"))
    outcome = run(path, words)
    assert (outcome.came_in, outcome.bad, outcome.encoding) == (2, [], "gb18030")
    first = Case.objects.get(origin__external_id="20240305001")
    assert (first.title, first.category, first.stage) == ("噪声：半夜施工", "204003", "closed")
    assert first.division == small_city.divisions["A"]
    assert Category.objects.get(name="咨询").parent == "12345"
