"""What the steps of an outlet's file do: its facts, the days things were done, the code of its owner; and the gaps.

The steps are the log. The columns are worked out from them, so that a list need not read every step.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core import params
from zhili.core.cases import codes
from zhili.core.cases.changing import Change
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.registers import rights
from zhili.core.registers.models import FirmKind, Premises
from zhili.scenarios.catering.kinds import BY_ITEM, CLEANED, ITEMS, KINDS, Item
from zhili.scenarios.catering.models import OutletDetail

OWNER: Final = "operator"
PROBLEM: Final = "catering.problem"
FACTS: Final = ("form", "seats", "hobs", "smoky", "purifier", "trap", "collector")
LATE: Final = timedelta(days=31)
"""How far back a self-check may be dated; what is older is a paper log."""
_DAY: Final = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")


def kept_days() -> int:
    """How long the cleaning log must stay: two years by the regulation."""
    return int(params.duration("catering.log_keeps")[0].amount)


# --- steps ------------------------------------------------------------------------------------------------


def file(change: Change) -> None:
    """An outlet of the register gets its file, and its owner a code that does not end."""
    premises = found(change.values["premises"])
    if not rights.covers(change.actor, premises.division_id):
        raise PermissionDenied(_("这一家不在您的辖区，请由所在地建档。"))
    if OutletDetail.objects.filter(premises=premises, active=True).exists():
        raise Refused("filed", _("这一家已经有档案了"), 409)
    locate(change.case, premises)
    change.case.title = premises.name
    change.detail |= {"premises_id": premises.pk, **_facts(change.values)}
    codes.give(change, OWNER, until=None)


def update(change: Change) -> None:
    change.detail |= _facts(change.values)


def recode(change: Change) -> None:
    turn = detail_of(change).turn + 1
    change.detail["turn"] = turn
    codes.give(change, OWNER, until=None, turn=turn)


def end(change: Change) -> None:
    change.detail["active"] = False


def check(change: Change) -> None:
    """The last day of each thing; what the owner says is wrong becomes a problem that somebody helps with."""
    values, detail = change.values, detail_of(change)
    day, today = date.fromisoformat(values["day"]), timezone.localdate(change.at)
    if not today - LATE <= day <= today:
        raise Refused("bad_day", _("自查只能记最近一个月的；更早的请用“补录纸质台账”"), 422)
    done = [one for one in ITEMS if one.code in values["done"]]
    for one in done:
        last = getattr(detail, one.column)
        change.detail[one.column] = max(day, last) if last else day
    change.detail["checked_on"] = max(day, detail.checked_on or day)
    if any(one.code == CLEANED for one in done):
        change.detail["cleanings"] = _days([*detail.cleanings, day], today)
    for code in dict.fromkeys(values.get("wrong") or ()):
        kind = BY_ITEM[code]
        if not _open_problem(detail.premises_id, kind):
            what = values.get("note") or _("经营者自查：%s") % _(KINDS[kind].title)
            told = {"kind": kind, "what": what, "premises": detail.premises_id}
            change.refer(PROBLEM, told, opening="passed")


def earlier(change: Change) -> None:
    """Days from a paper log: two years back at most, none to come."""
    detail, today = detail_of(change), timezone.localdate(change.at)
    given = read_days(change.values["days"])
    first = today - timedelta(days=kept_days())
    if not given or any(not first <= one <= today for one in given):
        raise Refused("bad_days", _("没有读到日期，或有的日期不在两年以内；一行写一个，例如 2026-09-01"), 422)
    change.detail["cleanings"] = days = _days([*detail.cleanings, *given], today)
    change.detail["cleaned_on"] = days[-1]


def read_days(text: str) -> list[date]:
    """The days in a text. Raises Refused for one that no calendar has."""
    try:
        return [date(*(int(part) for part in one)) for one in _DAY.findall(text)]
    except ValueError:
        raise Refused("bad_days", _("有一个日期不存在，请对照日历改正"), 422) from None


def _days(days: Iterable[date], today: date) -> list[date]:
    """Each once, the oldest first. What is older than must be kept leaves the column; the steps stay."""
    first = today - timedelta(days=kept_days())
    return sorted({one for one in days if one >= first})


def _facts(values: dict[str, Any]) -> dict[str, Any]:
    told = {name: values.get(name) for name in FACTS}
    texts = {name: told[name] or "" for name in ("purifier", "collector")}
    return {**told, **texts, "smoky": bool(told["smoky"]), "trap": bool(told["trap"])}


# --- reading ----------------------------------------------------------------------------------------------


def found(premises: int) -> Premises:
    """Raises Refused (422) for a number nobody has."""
    one = Premises.objects.select_related("firm").filter(pk=premises).first()
    if one is None:
        raise Refused("no_premises", _("登记里没有这个场所，请核对编号"), 422)
    return one


def locate(case: Case, premises: Premises) -> None:
    """Where it is decides who sees it. No point: a case with one could be drawn on a map by itself."""
    case.division_id, case.cell_id = premises.division_id, premises.cell_id
    case.address = premises.address


def trader(premises: Premises) -> bool:
    """Whether a person runs it. What is neither a firm nor an institution counts as one."""
    return premises.firm.kind not in (FirmKind.FIRM, FirmKind.INSTITUTION)


def of(premises: int) -> OutletDetail | None:
    """The open file of a place."""
    return OutletDetail.objects.select_related("case").filter(premises_id=premises, active=True).first()


def _open_problem(premises: int, kind: str) -> bool:
    from zhili.scenarios.catering.actions import running

    return running(premises, kind) is not None


def detail_of(change: Change) -> OutletDetail:
    return OutletDetail.objects.filter(pk=change.case.pk).first() or OutletDetail(case_id=change.case.pk)


@dataclass(frozen=True)
class Due:
    """One thing to look after. ``days``: since it was done last; None: never here. ``late``: it is due again."""

    item: Item
    last: date | None
    days: int | None
    late: bool


def dues(detail: OutletDetail, today: date | None = None) -> list[Due]:
    """What the outlet looks after, as its facilities are."""
    today = today or timezone.localdate()
    rows = []
    for one in ITEMS:
        if one.needs and not getattr(detail, one.needs):
            continue
        last = getattr(detail, one.column)
        days = (today - last).days if last else None
        rows.append(Due(one, last, days, days is None or days > one.every))
    return rows


@dataclass(frozen=True)
class Gap:
    """Days between two cleanings, or since the last one, longer than usual."""

    since: date
    until: date
    days: int
    open: bool


def gaps(detail: OutletDetail, today: date | None = None) -> list[Gap]:
    """The newest first. Before the first day that was written down nothing is said: nobody knows."""
    if not detail.smoky or not detail.cleanings:
        return []
    today = today or timezone.localdate()
    longest = int(params.duration("catering.gap")[0].amount)
    marks = [*detail.cleanings, today]
    return [
        Gap(first, last, (last - first).days, last == today)
        for first, last in reversed(list(pairwise(marks)))
        if (last - first).days > longest
    ]
