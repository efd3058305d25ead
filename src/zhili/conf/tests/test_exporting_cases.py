"""Cases as open data: described columns, and nothing that names or finds a person."""

import csv
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from django.utils import timezone

from zhili.conf.exporting import NAMES, export
from zhili.conf.site import Refused
from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import SmallCity
from zhili.core.people.actors import ANONYMOUS

pytestmark = pytest.mark.django_db
LONG_AGO = date(2000, 1, 1)


def case(city: SmallCity, what: str = "王芳家门口的路灯不亮，电话13812345678") -> Case:
    data = {"what": what, "place": {"lon": 120.05, "lat": 30.05} | {"address": "中山路7号王芳家"}, "category": "201001",
            "anonymous": False, "name": "王芳", "phone": "13812345678"}  # fmt: skip
    return Case.objects.get(pk=doors.open_case("citizen_reports.report", "report", ANONYMOUS, data).case_id)


def test_a_table_for_spreadsheets(small_city: SmallCity, tmp_path: Path) -> None:
    one = case(small_city)
    file = tmp_path / "cases.csv"
    assert export(file, LONG_AGO, None, "csv") == 1
    (row,) = csv.DictReader(file.open(encoding="utf-8-sig"))
    assert list(row) == NAMES
    assert row["number"] == one.number
    assert row["office_name"]
    assert len(row["lon"].partition(".")[2]) <= 3
    described = list(csv.DictReader((tmp_path / "cases.csv.columns.csv").open(encoding="utf-8-sig")))
    assert [line["column"] for line in described] == NAMES


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_no_personal_value_no_words_of_people_no_address(
    form: str, small_city: SmallCity, tmp_path: Path
) -> None:
    case(small_city)
    file = tmp_path / "cases"
    export(file, LONG_AGO, None, form)
    content = file.read_bytes()
    for value in ("王芳", "13812345678", "中山路7号", "路灯不亮"):
        assert value.encode() not in content


def test_both_formats_say_the_same(small_city: SmallCity, tmp_path: Path) -> None:
    for _ in range(3):
        case(small_city)
    assert export(tmp_path / "p", LONG_AGO, None, "parquet") == 3
    export(tmp_path / "c", LONG_AGO, None, "csv")
    table = pl.read_parquet(tmp_path / "p")
    assert table.columns == NAMES
    lines = list(csv.DictReader((tmp_path / "c").open(encoding="utf-8-sig")))
    assert [line["number"] for line in lines] == table["number"].to_list()
    assert [line["opened_at"] for line in lines] == [at.isoformat() for at in table["opened_at"]]


def test_confidential_matters_the_courts_and_children_stay_out(small_city: SmallCity, tmp_path: Path) -> None:
    open_one, secret, child, courts = (case(small_city) for _ in range(4))
    Case.objects.filter(pk=courts.pk).update(zone="justice", confidential=True)
    Case.objects.filter(pk=secret.pk).update(confidential=True)
    Case.objects.filter(pk=child.pk).update(parent=open_one)
    assert export(tmp_path / "c", LONG_AGO, None, "csv") == 1


def test_only_the_days_asked_for(small_city: SmallCity, tmp_path: Path) -> None:
    case(small_city)
    today = timezone.localdate()
    assert export(tmp_path / "a", today, today + timedelta(days=1), "csv") == 1
    assert export(tmp_path / "b", LONG_AGO, today, "csv") == 0
    assert export(tmp_path / "c", today + timedelta(days=1), None, "parquet") == 0
    assert pl.read_parquet(tmp_path / "c").columns == NAMES


def test_a_name_that_looks_like_a_formula_is_no_formula(small_city: SmallCity, tmp_path: Path) -> None:
    one = case(small_city)
    assert one.office is not None
    one.office.name = "=HYPERLINK(1)"
    one.office.save()
    export(tmp_path / "c", LONG_AGO, None, "csv")
    (row,) = csv.DictReader((tmp_path / "c").open(encoding="utf-8-sig"))
    assert row["office_name"] == "'=HYPERLINK(1)"


def test_a_file_that_is_there_and_a_strange_format_are_refused(small_city: SmallCity, tmp_path: Path) -> None:
    (tmp_path / "c").write_text("mine")
    with pytest.raises(Refused, match="已存在"):
        export(tmp_path / "c", LONG_AGO, None, "csv")
    with pytest.raises(Refused, match="格式"):
        export(tmp_path / "x", LONG_AGO, None, "xls")
    assert [path.name for path in tmp_path.iterdir()] == ["c"]
