"""Lines dated from a day, who would get a matter and why, what a change does, two at once, and workbooks."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import load_workbook

from zhili.core.cases import doors, duties, duty_effects, routing
from zhili.core.cases.duties import Line
from zhili.core.cases.duty_sheet import HEADS, book
from zhili.core.cases.models import Case, Duty
from zhili.core.cases.tests.city import INSIDE, SCENARIO, SmallCity
from zhili.core.people.actors import ANONYMOUS
from zhili.core.people.managing import AdminRefused
from zhili.core.trail import changes
from zhili.core.trail.changes import Overtaken
from zhili.core.trail.models import Change
from zhili.portal.tests.administering import Setting, setting_in
from zhili.portal.tests.pages_client import reader, words_of

ILLEGAL = "201013"
DAY = timedelta(days=1)


@pytest.fixture
def one(small_city: SmallCity) -> Setting:
    return setting_in(small_city)


def line(one: Setting, office: str, category: str = ILLEGAL, **more: Any) -> Line:
    return Line(SCENARIO, category, one.city.divisions["A"].pk, one.city.offices[office].pk, **more)


def hidden(page: Any) -> dict[str, str]:
    return dict(
        re.findall(r'<input type="hidden" name="(_\w+|packed)" value="([^"]*)"', page.content.decode())
    )


def test_a_change_holds_from_its_day_and_the_former_line_stays_readable(one: Setting) -> None:
    today = timezone.localdate()
    made = duties.put(line(one, "A"), today + 5 * DAY, one.admin, None, "改归属")
    former = Duty.objects.get(pk=one.duty)
    assert former.valid_to == made.valid_from == today + 5 * DAY
    for day, office in ((today + 4 * DAY, one.office), (today + 5 * DAY, one.city.offices["A"].pk)):
        found = routing.in_force(day).get(category=ILLEGAL)
        assert found.office_id == office
    assert routing.directory().duties[SCENARIO, ILLEGAL, one.city.divisions["A"].pk] == one.office


def test_a_change_of_today_moves_new_matters_and_no_open_one(one: Setting) -> None:
    report = {"what": "违建", "place": INSIDE, "category": ILLEGAL}

    def passed_up() -> Any:
        number = doors.open_case("citizen_reports.report", "report", ANONYMOUS, dict(report)).number
        doors.act(number, "pass_up", one.city.actor("A.grid"), {"reason": "x"})
        doors.act(number, "pass_up", one.city.actor("A.village"), {"reason": "x"})
        doors.act(number, "pass_up", one.city.actor("A.town"), {"reason": "x"})
        return Case.objects.get(number=number)

    before = passed_up()
    assert before.office_id == one.office
    duties.put(line(one, "A"), timezone.localdate(), one.admin, None)
    before.refresh_from_db()
    assert before.office_id == one.office
    assert passed_up().office_id == one.city.offices["A"].pk


def test_who_would_get_it_and_by_which_line(one: Setting) -> None:
    page = reader(one.admin).get("/desk/admin/duties/way?category=燃气泄漏&place=南湖区1村")
    said = words_of(page)
    assert "先到这里：职责清单：“燃气泄漏”由南湖区综合行政执法局负责" in said
    assert "清单上的这一行" in said
    stops = duty_effects.way(SCENARIO, ILLEGAL, one.city.divisions["A.village"].pk, None)
    assert [stop.office for stop in stops][:3] == ["南湖区1村", "南湖区一街道指挥室", "南湖区综合行政执法局"]
    assert [bool(stop.duty) for stop in stops][:3] == [False, False, True]
    wrong = reader(one.admin).get("/desk/admin/duties/way?category=没有的&place=没有的")
    assert wrong.status_code == 422
    assert 'href="#way-category"' in wrong.content.decode()


def test_a_change_is_weighed_before_it_is_made(one: Setting) -> None:
    """Direct lines take matters at once: those of the last year are counted."""
    for _time in range(3):
        doors.open_case(
            "citizen_reports.report", "report", ANONYMOUS, {"what": "x", "place": INSIDE, "category": ILLEGAL}
        )
    found = duty_effects.effect(line(one, "A", direct=True), line(one, "A.zhzf"))
    assert (found.open_now, found.with_former) == (3, 0)
    assert found.per_month == found.moved_per_month == 3 / 12
    assert duty_effects.effect(line(one, "A"), line(one, "A.zhzf")).moved_per_month == 0
    client, address = reader(one.admin), f"/desk/admin/duties/{one.duty}"
    form = {
        "office": "南湖区社会治理中心",
        "first": timezone.localdate().isoformat(),
        "reason": "改归属",
        "direct": "on",
    }
    weighed = client.post(address, form)
    assert "在办3件" in words_of(weighed)
    assert not Duty.objects.filter(office=one.city.offices["A"]).exists()
    # another value than the one that was weighed is weighed again
    again = client.post(address, {**hidden(weighed), **form, "source": "会议纪要"})
    assert "这样改会怎样" in words_of(again)
    assert client.post(address, {**hidden(again), **form, "source": "会议纪要"}).status_code == 302
    assert Duty.objects.get(office=one.city.offices["A"]).source == "会议纪要"


def test_two_people_at_once_and_nothing_is_overwritten(one: Setting) -> None:
    client, address = reader(one.admin), f"/desk/admin/duties/{one.duty}"
    opened = hidden(client.get(address))
    arbiter = one.city.actor("arbiter")
    duties.put(line(one, "A"), timezone.localdate() + 2 * DAY, arbiter, None, "裁定")
    form = {
        "office": "南湖区综合行政执法局",
        "source": "x",
        "first": timezone.localdate().isoformat(),
        "reason": "我的改法",
    }
    weighed = client.post(address, {**opened, **form})
    sent = client.post(address, {**hidden(weighed), "_seen": opened["_seen"], **form})
    assert sent.status_code == 409
    said = words_of(sent)
    assert "别人刚改过" in said
    assert "裁定" in said
    assert "我的改法" in sent.content.decode()  # what was typed is still there
    assert Duty.objects.filter(category=ILLEGAL).count() == 2
    with pytest.raises(Overtaken):
        duties.put(line(one, "B"), timezone.localdate(), one.admin, 0)


def test_a_change_not_yet_in_force_is_taken_back(one: Setting) -> None:
    made = duties.put(line(one, "A"), timezone.localdate() + 2 * DAY, one.admin, None)
    with pytest.raises(AdminRefused, match="先撤回它"):
        duties.put(line(one, "B"), timezone.localdate() + DAY, one.admin, None)
    duties.withdraw(made.pk, one.admin, None)
    assert Duty.objects.get(category=ILLEGAL).valid_to is None
    with pytest.raises(AdminRefused, match="已经生效"):
        duties.withdraw(one.duty, one.admin, None)


def test_undoing_is_a_new_change_from_today(one: Setting) -> None:
    client = reader(one.admin)
    duties.put(line(one, "A"), timezone.localdate(), one.admin, None, "改归属")
    change = Change.objects.latest("id")
    page = client.get(f"/desk/admin/changes/{change.pk}/undo")
    assert "南湖区综合行政执法局" in words_of(page)
    assert client.post(f"/desk/admin/changes/{change.pk}/undo", hidden(page)).status_code == 302
    assert routing.in_force(timezone.localdate()).get(category=ILLEGAL).office_id == one.office
    assert Change.objects.filter(subject="duty", key=change.key).count() == 2


def test_gaps_and_lines_without_effect(one: Setting) -> None:
    said = words_of(reader(one.admin).get("/desk/admin/duties/faults"))
    assert "每一行都起作用" in said
    assert "私搭乱建 201013 秀洲区" in said
    under = one.city.divisions["A.village"].pk
    duties.put(
        Line(SCENARIO, "204003", under, one.city.offices["A.village"].pk),
        timezone.localdate(),
        one.admin,
        None,
    )
    faults = [one.fault for one in duty_effects.clashes(duties.standing())]
    assert faults == ["under_direct"]


def upload(rows: list[list[str]]) -> SimpleUploadedFile:
    return SimpleUploadedFile("duties.xlsx", book(HEADS, rows, [10] * len(HEADS)))


def test_a_workbook_out_and_in(one: Setting) -> None:
    client = reader(one.admin)
    out = load_workbook(io.BytesIO(client.get("/desk/admin/duties.xlsx").content)).active
    rows = [["" if cell is None else str(cell) for cell in row] for row in out.values][1:]
    assert len(rows) == 3
    mine = next(row for row in rows if row[1] == ILLEGAL)
    mine[5] = one.city.offices["A"].code
    wrong = [SCENARIO, "999", "", "330402000000", "", one.city.offices["A"].code, "", "", ""]
    added = [SCENARIO, "201", "", "330402000000", "", one.city.offices["A"].code, "", "", "=1+1"]
    page = client.post("/desk/admin/duties/import", {"file": upload([*rows, wrong, added])})
    said = words_of(page)
    assert "1 新增 1 修改 2 不变 1 有错" in said
    assert "没有“999”这个类别代码" in said
    assert Duty.objects.count() == 3  # nothing yet
    packed = hidden(page)["packed"]
    faults = client.post("/desk/admin/duties/import", {"packed": packed, "want": "faults"})
    row = list(load_workbook(io.BytesIO(faults.content)).active.values)[1]
    assert (row[1], row[-1]) == ("999", 5)
    soon = (timezone.localdate() + DAY).isoformat()
    done = client.post("/desk/admin/duties/import", {"packed": packed, "first": soon, "reason": "机构改革"})
    assert "已登记 2 行" in words_of(done)
    assert Duty.objects.filter(valid_from=timezone.localdate() + DAY).count() == 2
    assert Change.objects.filter(subject="duty", reason="机构改革").count() == 2
    # what was changed after the preview is not overwritten by sending it again
    again = client.post("/desk/admin/duties/import", {"packed": packed, "first": soon, "reason": "再来"})
    assert "没有登记的行" in words_of(again)


@pytest.mark.parametrize(
    "content", [b"", b"x" * 100, b"PK\x03\x04" + b"\0" * 50], ids=["empty", "text", "broken"]
)
def test_a_file_that_is_no_workbook_is_refused_in_words(one: Setting, content: bytes) -> None:
    page = reader(one.admin).post(
        "/desk/admin/duties/import", {"file": SimpleUploadedFile("x.xlsx", content)}
    )
    assert page.status_code == 422
    assert "不是能读的 Excel 文件" in words_of(page) or "请选择文件" in words_of(page)


def test_the_last_change_is_what_a_form_remembers(one: Setting) -> None:
    assert changes.latest("duty", line(one, "A").key) == 0
    duties.put(line(one, "A"), timezone.localdate(), one.admin, 0)
    assert changes.latest("duty", line(one, "A").key) == Change.objects.latest("id").pk
