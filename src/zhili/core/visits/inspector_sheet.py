"""Officers brought in from a workbook: each row is saved or refused with its number in the file and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from zhili.base.sheets import workbook
from zhili.base.sheets.errors import ImportRefused
from zhili.base.sheets.reading import ROW
from zhili.core.people.actors import Actor
from zhili.core.people.managing import AdminRefused
from zhili.core.people.models import Account
from zhili.core.people.offices import tree
from zhili.core.visits import inspectors
from zhili.core.visits.inspectors import GivenInspector
from zhili.core.visits.models import Inspector

HEADS: Final = ("账号", "单位代码", "执法证号", "证件有效期至", "专业", "在岗")
MOST: Final = 2_000
DATES: Final = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日")
NO: Final = frozenset({"否", "0", "n", "no", "false", "不在岗"})


@dataclass
class Read:
    """``bad``: (row in the sheet, column, why)."""

    saved: int = 0
    bad: list[tuple[int, str, str]] = field(default_factory=list)


def bring_in(raw: bytes, name: str, actor: Actor) -> Read:
    """Save every good row; the others say why. Raises ImportRefused when the file is no such table."""
    table = workbook.read(raw, name)
    if missing := [one for one in HEADS[:4] if one not in table.columns]:
        raise ImportRefused(_("缺少这些列：%(names)s") % {"names": "、".join(missing)})
    if table.frame.height > MOST:
        raise ImportRefused(_("最多 %(n)d 行，请分成几个文件") % {"n": MOST})
    read = Read(bad=[(one.row + table.head, one.column, one.reason) for one in table.bad])
    rows = table.frame.to_dicts()
    accounts = dict(
        Account.objects.filter(username__in=[one["账号"] for one in rows]).values_list("username", "pk")
    )
    for row in rows:
        number = int(row[ROW]) + table.head
        try:
            inspectors.save(_given(row, accounts), actor, reason=_("从表格导入"))
            read.saved += 1
        except AdminRefused as refusal:
            read.bad.append((number, COLUMNS.get(refusal.field, refusal.field), refusal.message))
        except PermissionDenied as refusal:
            read.bad.append((number, "单位代码", str(refusal)))
    read.bad.sort()
    return read


COLUMNS: Final = {"account": "账号", "office": "单位代码", "certificate_number": "执法证号"}


def _given(row: Mapping[str, str], accounts: Mapping[str, int]) -> GivenInspector:
    account = accounts.get(row["账号"])
    if account is None:
        raise AdminRefused("account", _("没有这个账号：%(name)s") % {"name": row["账号"]})
    office = tree().by_code.get(row["单位代码"])
    if office is None:
        raise AdminRefused("office", _("没有这个单位：%(code)s") % {"code": row["单位代码"]})
    special = row.get("专业", "").replace("，", "、").replace(",", "、").replace("；", "、").split("、")
    return GivenInspector(
        account,
        office.id,
        row["执法证号"],
        _day(row["证件有效期至"]),
        tuple(one for one in special if one.strip()),
        row.get("在岗", "").lower() not in NO,
    )


def _day(text: str) -> date:
    for form in DATES:
        try:
            return datetime.strptime(text.strip(), form).date()
        except ValueError:
            continue
    raise AdminRefused("证件有效期至", _("不是日期：%(text)s") % {"text": text or "—"})


def written(rows: Sequence[Inspector]) -> bytes:
    """The same columns, to be changed and brought in again; one row of an example where there is nobody."""
    lines = [
        [
            one.account.username,
            one.office.code,
            one.certificate_number,
            one.certificate_until.isoformat(),
            "、".join(one.specialities),
            "是" if one.active else "否",
        ]
        for one in rows
    ]
    return workbook.written([HEADS, *lines])
