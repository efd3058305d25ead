"""The list of the desk as CSV and for spreadsheets: what is shown, nothing of a person, and a record."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from xml.etree import ElementTree

from zhili.core.cases import doors
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.people.actors import ANONYMOUS
from zhili.core.trail.models import Leaf
from zhili.portal.tests.pages_client import reader

REPORT = "citizen_reports.report"


def report(what: str, category: str = "") -> str:
    more = {"category": category} if category else {}
    return doors.open_case(REPORT, "report", ANONYMOUS, {"what": what, "place": INSIDE, **more}).number


def test_the_file_holds_what_the_filters_show(small_city: SmallCity) -> None:
    report("路灯不亮")
    number = report("垃圾成堆，找我13800138000", "201001")
    client = reader(small_city.actor("A.grid"))
    answer = client.post("/desk/export.csv", {"_list": "category=201001"})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[0] for row in rows] == ["编号", number]
    assert "13800138000" not in answer.content.decode()
    assert "[电话已隐去]" in rows[1][1]
    assert answer["Cache-Control"] == "no-store"


def test_the_spreadsheet_opens_and_reckons_nothing(small_city: SmallCity) -> None:
    report('=HYPERLINK("http://x","点我") <垃圾> & 更多')
    client = reader(small_city.actor("A.grid"))
    packed = zipfile.ZipFile(io.BytesIO(client.post("/desk/export.xlsx").content))
    for name in packed.namelist():
        ElementTree.fromstring(packed.read(name))
    sheet = packed.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert 't="inlineStr"' in sheet
    rows = list(csv.reader(io.StringIO(client.post("/desk/export.csv").content.decode("utf-8-sig"))))
    assert rows[1][1].startswith("'=")


def test_who_took_it_is_on_record(small_city: SmallCity) -> None:
    report("路灯不亮")
    grid = small_city.actor("A.grid")
    reader(grid).post("/desk/export.csv", {"_list": "q=路灯"})
    leaf = json.loads(bytes(Leaf.objects.filter(kind="record").latest("id").body))
    assert leaf["what"] == {
        "record": "list_exported",
        "by": "post",
        "office": grid.office_id,
        "rows": 1,
        "as": "csv",
    }
    assert "路灯" not in json.dumps(leaf, ensure_ascii=False)


def test_a_file_is_not_given_to_a_link(small_city: SmallCity) -> None:
    assert reader(small_city.actor("A.grid")).get("/desk/export.csv").status_code == 405
