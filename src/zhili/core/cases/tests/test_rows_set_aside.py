"""A row that cannot be goes to the side file with its column and its reason; the rest comes in."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from zhili.base.sheets import reading
from zhili.base.sheets.errors import MappingRefused
from zhili.core.cases.models import Case, Step
from zhili.core.cases.tests.city import SmallCity
from zhili.core.cases.tests.importing_files import HEAD, MAPPING, line, run, save, side, text, there

pytestmark = pytest.mark.django_db
GOOD = [line(n) for n in range(1, 12)]
FUTURE = (timezone.localtime() + timedelta(days=3)).strftime("%Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize(
    ("changes", "column", "reason"),
    [
        ({"上报时间": "1899-12-31 23:59:59"}, "上报时间", "早于1900年"),
        ({"上报时间": FUTURE, "答复时间": "", "答复": "", "办结时间": ""}, "上报时间", "晚于明天"),
        ({"上报时间": "2024-02-30 08:00:00"}, "上报时间", "时间读不出"),
        ({"上报时间": ""}, "上报时间", "没有时间"),
        ({"答复时间": "2024-02-01 08:00:00"}, "答复时间", "答复早于上报"),
        ({"办结时间": "2024-03-01 00:00:00", "上报时间": "2024-03-02 08:00:00"}, "办结时间", "办结早于上报"),
        (
            {
                "上报时间": "2024-03-01 08:00:00",
                "办结时间": "2024-03-09 08:00:00",
                "答复时间": "2024-03-10 08:00:00",
            },
            "办结时间",
            "办结早于答复",
        ),
        ({"答复时间": ""}, "答复时间", ""),
        ({"编号": "RX00001"}, "编号", "编号与第 1 行重复"),
        ({"编号": ""}, "编号", "没有编号"),
        ({"编号": "9" * 101}, "编号", "超过 100 个字"),
        ({"标题": "长" * 20_001}, "标题", "超过 20000 个字"),
    ],
)
def test_one_bad_row_among_good_ones(small_city: SmallCity, tmp_path: Path, changes, column, reason) -> None:
    path = save(tmp_path, [*GOOD, line(20, **changes), line(21)])
    outcome = run(path)
    if not reason:  # an answer whose time nobody knows is told of the answer
        column, reason = "答复", "有答复而没有答复时间"
    assert outcome.came_in == Case.objects.count() == 12
    (found,) = side(path)
    assert (found["__row"], found["__column"]) == ("12", column)
    assert reason in found["__reason"]
    assert [found[name] for name in HEAD] == line(20, **changes), "the row as it stood, to be mended"
    assert path.with_name(path.name + ".rejected.csv").stat().st_mode & 0o077 == 0


def test_a_mended_side_file_comes_in_under_the_same_mapping(small_city: SmallCity, tmp_path: Path) -> None:
    path = save(tmp_path, [*GOOD, line(20, 上报时间="三月二十日")])
    run(path)
    mended = tmp_path / "补.csv"
    mended.write_text(
        (tmp_path / "事项.csv.rejected.csv")
        .read_text("utf-8-sig")
        .replace("三月二十日", "2024-03-20 08:00:00")
    )
    assert run(mended).came_in == 1
    assert len(there()) == 12


def test_unknown_categories_divisions_offices_and_ends_where_the_mapping_refuses_them(
    small_city: SmallCity, tmp_path: Path
) -> None:
    head = ["编号", "上报时间", "类", "区", "单位", "果"]
    rows = [[f"{n}", "2024-03-01 08:00:00", "201001", "330402", "A.zhzf", "办结"] for n in range(9)]
    for n, value in ((1, 2), (2, 3), (3, 4), (4, 5)):
        rows[n][value] = "没有"
    path = tmp_path / "x.csv"
    path.write_text(text(rows, head))
    words = (
        'source = "x"\n[columns]\nid = "编号"\nopened = "上报时间"\ncategory = "类"\ndivision = "区"\noffice = "单位"\n'
        'outcome = "果"\n[outcome]\nvalues = {"办结" = "closed"}\n[office]\nvalues = {"A.zhzf" = "T-A.zhzf"}\n'
    )
    run(path, words)
    assert [(r["__row"], r["__column"]) for r in side(path)] == [
        ("2", "类"),
        ("3", "区"),
        ("4", "单位"),
        ("5", "果"),
    ]
    case = Case.objects.get(origin__external_id="0")
    assert (case.division, case.office, case.category) == (
        small_city.divisions["A"],
        small_city.offices["A.zhzf"],
        "201001",
    )


def test_a_point_says_where_it_is(small_city: SmallCity, tmp_path: Path) -> None:
    head = ["编号", "上报时间", "经", "纬"]
    points = [
        ("120.05", "30.05"),
        ("121.5", "31.2"),
        ("", ""),
        ("东经120", "30"),
        ("190", "30"),
        ("120.05", ""),
    ]
    points += [("120.05", "30.15")] * 6
    rows = [[f"{n}", "2024-03-01 08:00:00", *point] for n, point in enumerate(points)]
    path = tmp_path / "x.csv"
    path.write_text(text(rows, head))
    words = (
        'source = "x"\npublic = true\n[columns]\nid = "编号"\nopened = "上报时间"\nlon = "经"\nlat = "纬"\n'
    )
    run(path, words)
    placed = {c.origin.external_id: c for c in Case.objects.select_related("origin")}
    assert placed["0"].cell == small_city.cells["A.grid"]
    assert (placed["1"].outside, placed["1"].public, placed["0"].public) == (True, False, True)
    assert (placed["2"].lon, placed["2"].public) == (None, False)
    told = {r["__row"]: r["__reason"] for r in side(path)}
    assert {
        row: next(w for w in ("不是数", "不在地球上", "缺一个") if w in why) for row, why in told.items()
    } == {
        "4": "不是数",
        "5": "不在地球上",
        "6": "缺一个",
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_usual_encoding_is_found_out(small_city: SmallCity, tmp_path: Path, encoding: str) -> None:
    path = save(tmp_path, [line(1, 标题="㐀罕用字，路灯不亮"), line(2)], encoding)
    assert run(path).came_in == 2
    assert Case.objects.get(origin__external_id="RX00001").title == "㐀罕用字，路灯不亮"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_bytes_that_are_no_text_set_their_row_aside(
    small_city: SmallCity, tmp_path: Path, encoding: str
) -> None:
    whole = text([line(n) for n in range(1, 9)]).encode(encoding)
    broken = whole.replace("第5件".encode(encoding), "第5".encode(encoding) + b"\xff\xff")
    assert broken != whole
    path = tmp_path / "x.csv"
    path.write_bytes(broken)
    outcome = run(path)
    assert (outcome.came_in, outcome.encoding) == (7, encoding)
    (found,) = side(path)
    assert (found["__row"], found["__column"]) == ("5", "标题")
    assert "无法解码" in found["__reason"]


def test_a_declared_encoding_that_is_not_the_files(small_city: SmallCity, tmp_path: Path) -> None:
    path = save(tmp_path, [line(1)])
    with pytest.raises(MappingRefused, match="其实是 UTF-8"):
        run(path, 'encoding = "gb18030"\n' + MAPPING)
    with pytest.raises(MappingRefused, match="不存在"):
        run(path, 'encoding = "utf-88"\n' + MAPPING)
    path = save(tmp_path, [line(1), line(2)], "gb18030")
    with pytest.raises(MappingRefused, match=r"第1行.*解码"):
        run(path, 'encoding = "utf-8"\n' + MAPPING)


def test_lines_with_a_field_too_many_or_a_lost_quotation_mark(small_city: SmallCity, tmp_path: Path) -> None:
    lines = text([line(n) for n in range(1, 9)]).splitlines()
    lines[3] += ",多一列"
    lines[5] = lines[5].replace("第5件", '"第5"件').replace(",第", ',"第')
    path = tmp_path / "x.csv"
    path.write_text("\n".join(lines) + "\n")
    outcome = run(path)
    assert [r["__row"] for r in side(path)] == ["3", "5"]
    assert outcome.whole
    assert len(there()) == 6


def test_a_time_of_another_zone_and_one_that_no_clock_showed(small_city: SmallCity, tmp_path: Path) -> None:
    times = ["2024-03-10 01:30:00", "2024-03-10 02:30:00", "2024-03-10 03:30:00", "2024-03-01 00:00:00"]
    path = tmp_path / "x.csv"
    path.write_text(text([[f"{n}", at] for n, at in enumerate(times)], ["k", "t"]))
    run(path, 'source = "x"\n[columns]\nid = "k"\nopened = "t"\n[time]\nzone = "America/New_York"\n')
    assert [r["__row"] for r in side(path)] == ["2"], "the clocks were put forward over it"
    first = Case.objects.get(origin__external_id="0")
    assert first.opened_at.isoformat() == "2024-03-10T06:30:00+00:00"


def test_nothing_personal_reaches_a_step(small_city: SmallCity, tmp_path: Path) -> None:
    run(save(tmp_path, [line(1, 标题="联系我13812345678", 答复="已致电13812345678。")]))
    assert "13812345678" not in "".join(str(s.data) for s in Step.objects.all())


def test_a_prefix_has_its_own_digest(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"abc" * 1000)
    whole, parts = reading.digest(path, (3, 1500, 9999))
    assert set(parts) == {3, 1500}
    (tmp_path / "y").write_bytes(b"abc" * 500)
    assert parts[1500] == reading.digest(tmp_path / "y")[0] != whole
