"""发文登记簿: every number of an office and a year, revoked ones too; safe to open in a spreadsheet."""

import csv
import io

from typer.testing import CliRunner

from zhili.core.cases import doors
from zhili.core.documents import register
from zhili.core.documents.commands import app
from zhili.core.documents.models import Letterhead, SealCertificate
from zhili.core.documents.tests.desk import Desk


def test_the_register_lists_numbers_in_order_and_says_what_is_void(desk: Desk) -> None:
    first, second = desk.issued(), desk.issued(title="=HYPERLINK(1)")
    doors.act(first.pk, "void", desk.leader, {"reason": "有误"})
    lines = list(register.lines(desk.office.pk, second.year))
    assert [(line.number, line.state) for line in lines] == [(first.number, "作废"), (second.number, "有效")]
    assert list(register.lines(desk.office.pk, 1999)) == []
    assert list(register.lines(desk.city.offices["city"].pk)) == []
    out = io.StringIO()
    assert register.write_csv(lines, out) == 2
    rows = list(csv.reader(io.StringIO(out.getvalue().removeprefix("\ufeff"))))
    assert rows[0][:2] == ["发文字号", "标题"]
    assert rows[2][1] == "'=HYPERLINK(1)"


def test_marks_seals_and_the_register_by_command(desk: Desk) -> None:
    run = CliRunner()
    assert run.invoke(app, ["letterhead", "T-city", "--mark", "嘉社治"]).exit_code == 0
    assert Letterhead.objects.get(office__code="T-city").mark == "嘉社治"
    taken = run.invoke(app, ["letterhead", "T-A", "--mark", "嘉社治"])
    assert taken.exit_code == 1
    assert "其他单位" in taken.output
    assert run.invoke(app, ["seal-key", "T-city", "--demo"]).exit_code == 0
    assert SealCertificate.objects.get(office__code="T-city").demo
    assert run.invoke(app, ["seal-key", "nowhere"]).exit_code == 1
    document = desk.issued()
    assert document.number in run.invoke(app, ["register", "--csv", "-"]).output
    assert document.number[:6] in run.invoke(app, ["register", "--office", desk.office.code]).output
