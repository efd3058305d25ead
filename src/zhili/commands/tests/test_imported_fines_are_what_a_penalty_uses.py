"""What `zhili import fines` brings in, confirmed by two persons, is the benchmark of the penalties it is for."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone
from openpyxl import load_workbook
from typer.testing import CliRunner

from zhili.base.decisions.document import from_document
from zhili.commands.importing import app
from zhili.core.cases.tests.city import SmallCity
from zhili.core.tables import keeping
from zhili.core.tables.models import TableVersion
from zhili.scenarios.discretion import fitting, provisions
from zhili.scenarios.discretion.tests.office import PERSON, Office

MUCK = "嘉兴市建筑垃圾管理条例(2021-04-13),第二十条"
DUMPED = (
    "第二十条 违反本条例第九条规定，沿途丢弃或者随意倾倒建设工程垃圾的，对单位处十万元以上一百万元以下罚款"
)
LIST = f"""law,article,fine_min,fine_max,clause
{MUCK},100000,1000000,{DUMPED}
{MUCK},5000,50000,{DUMPED}，对个人处五千元以上五万元以下罚款
{MUCK},20000,200000,沿途丢弃或者随意倾倒装修垃圾的，对单位处二万元以上二十万元以下罚款
{MUCK},1000,10000,沿途丢弃或者随意倾倒装修垃圾的，对个人处一千元以上一万元以下罚款
嘉兴市餐饮业油烟管理办法(2020-04-10),第十四条,5000,80000,未经过油烟净化设施处理排放油烟的，处五千元以上八万元以下罚款
嘉兴市餐饮业油烟管理办法(2020-04-10),第十二条,9000,300,处三百元以上九千元以下罚款
"""


@pytest.mark.django_db
def test_imported_looked_through_confirmed_and_asked_by_a_case(small_city: SmallCity, tmp_path: Path) -> None:
    office = Office(small_city)
    file, faults = tmp_path / "fines.csv", tmp_path / "faults.xlsx"
    file.write_text(LIST, encoding="utf-8")
    told = CliRunner().invoke(app, ["fines", str(file), "--faults", str(faults)])
    assert told.exit_code == 3, told.output
    assert "第 7 行没有导入" in told.output
    rows = list(load_workbook(faults).active.iter_rows(values_only=True))
    assert rows[0][:4] == ("行", "法律法规", "条", "表内行号")
    assert rows[1][0] == 7
    assert "不是一个幅度" in rows[1][-1]
    assert any(
        one[1] == "嘉兴市建筑垃圾管理条例" and one[2] == "第二十条" and "几个幅度" in one[-1] for one in rows
    )

    deputy, today = office.city.actor("A.zhzf", "leader", name="deputy"), timezone.localdate()
    muck, fume = (TableVersion.objects.get(title__contains=law) for law in ("建筑垃圾", "油烟"))
    case = office.investigated(person=True, provision="muck.20.person")
    assert "罚款" in office.refused(case, "propose", **office.proposal(60_000))
    keeping.take_over(muck.pk, office.leader, None)
    keeping.confirm(muck.pk, today, deputy, None)
    detail = office.propose(case, 20_000)  # nobody has to say which clause it is
    assert (detail.table, detail.table_number, detail.rows) == (muck.name, 1, [2])
    assert (detail.low, detail.high) == (5_000_00, 50_000_00)
    known = provisions.known()
    firm = fitting.own_clause(known["muck.20.renovation.entity"], from_document(muck.document))
    assert firm is not None
    assert "对单位处二万元" in firm
    assert PERSON["party_name"] not in str(detail.__dict__)

    # a range beyond the clause is flagged on its row, and nobody can bring it into force
    keeping.take_over(fume.pk, office.leader, None)
    with pytest.raises(Exception, match=r"5,000—80,000 元超出法定幅度.*第十四条规定 5,000—50,000 元"):
        keeping.confirm(fume.pk, today, deputy, None)
