"""Whether a sheet is still what was drafted, checked and signed, and still rests on the days it cites."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from zhili.base.wages.sheet import line_digest
from zhili.scenarios.wages import days
from zhili.scenarios.wages.models import LineMark, SheetStep, WageLine, WageSheet
from zhili.scenarios.wages.money.drafting import digest_of

COLUMNS = {"gross": "gross_fen", "withheld": "withheld_fen", "net": "net_fen"}


@dataclass(frozen=True)
class Verified:
    """``faults``: each in words, with the worker's code where it is of one; empty when all holds.

    ``moved``: lines whose days were corrected since: the sheet is sound, but no longer what was confirmed.
    """

    faults: tuple[str, ...]
    moved: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        return not self.faults


def verify(sheet: WageSheet, lines: list[WageLine] | None = None, *, moved: bool = True) -> Verified:
    """Reckon every digest again. ``sheet`` with project and its case. Five queries, one of them over all days of the
    project's month: not asked where ``moved`` is False."""
    rows = lines if lines is not None else list(lines_of(sheet))
    faults = [
        _("%(code)s 的工资在编制之后被改过，验证不通过") % {"code": one.engagement.worker.code}
        for one in rows
        if altered(one)
    ]
    if digest_of(sheet.project.case.number, sheet.crew_id, sheet.month, rows) != sheet.digest:
        faults.append(_("工资表少了行、多了行，或者有一行不是原来的"))
    steps = SheetStep.objects.filter(sheet=sheet).exclude(digest=sheet.digest)
    if steps.exists():
        faults.append(_("审核时的工资表不是这一份"))
    signed = LineMark.objects.filter(line__in=rows, mark="signed").values_list("line_id", "digest")
    by_line = {one.pk: one for one in rows}
    faults += [
        _("%(code)s 签的不是这一份工资") % {"code": by_line[line].engagement.worker.code}
        for line, digest in signed
        if by_line[line].digest != digest
    ]
    return Verified(tuple(faults), tuple(_moved(sheet, rows)) if moved else ())


def lines_of(sheet: WageSheet) -> Any:
    """Its lines with their workers."""
    return WageLine.objects.filter(sheet=sheet).select_related("engagement__worker").order_by("engagement_id")


def altered(line: WageLine) -> bool:
    """Whether a line is no longer what its digest binds."""
    try:
        same = all(line.facts[name] == getattr(line, column) for name, column in COLUMNS.items())
        mine = line.facts["engagement"] == line.engagement_id
        return not (same and mine and line_digest(line.facts) == line.digest)
    except (KeyError, TypeError, ValueError):
        return True


def _moved(sheet: WageSheet, rows: list[WageLine]) -> list[str]:
    now: dict[int, set[int]] = {}
    for day in days.confirmed(sheet.project, sheet.month):
        now.setdefault(day.engagement_id, set()).update(day.leaves)
    return [
        one.engagement.worker.code
        for one in rows
        if now.get(one.engagement_id, set()) != set(one.facts.get("leaves", ()))
    ]
