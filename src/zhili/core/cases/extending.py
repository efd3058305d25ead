"""延期: more time for a matter, asked by its office and approved by that office's leader, within a parameter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from zhili.base import clock as pure
from zhili.base.clock import ClockState, Duration, WorkTime
from zhili.core import params
from zhili.core.cases import clocks
from zhili.core.cases.changing import Change
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, Clock, Step

EXTENSION = "referrals.extension"
MOST_DAYS = "referrals.extension_days"
MOST_TIMES = "referrals.extensions"
HOUR = 3_600_000_000
"""Microseconds, as office hours are counted."""


def ask(change: Change) -> None:
    """Refused when nothing runs, too late, too long, too often, or while another request waits."""
    within(change.values["days"])
    case = change.case
    before = Case.objects.filter(parent=case, procedure=EXTENSION)
    if before.filter(closed_at=None).exists():
        raise Refused("extension_open", _("已有一件延期申请在等审批"), 409)
    times = int(params.get(MOST_TIMES).text)
    if before.filter(stage="approved").count() >= times:
        raise Refused("extended_enough", _("已延期%(n)d次，不能再延") % {"n": times}, 409)
    running = [row for row in Clock.objects.filter(case=case) if _counts(change, row.name, row.state)]
    if not running:
        raise Refused("nothing_runs", _("现在没有在走的时限，不必延期"), 409)
    if any(row.due_at is not None and row.due_at <= change.at for row in running):
        raise Refused("too_late", _("时限已过，不能再申请延期"), 409)
    change.refer(EXTENSION, {"days": change.values["days"], "reason": change.values["reason"]})


def within(days: int) -> None:
    """Refuse more than the parameter allows."""
    most, value = params.duration(MOST_DAYS)
    if days > most.amount:
        words = _("一次最多延长%(most)s，依据：%(source)s")
        raise Refused("too_long", words % {"most": most.words, "source": _(value.source)})


def approve(change: Change) -> None:
    """Effect of the leader's approval: as many days as asked, or fewer."""
    asked = _asked(change.case)
    days = change.cleaned.values.setdefault("days", asked)
    if days > asked:
        raise Refused("more_than_asked", _("批准的天数不能多于申请的%(n)d个工作日") % {"n": asked})


def extend(parent: Change, child: Change) -> None:
    """What an approved extension does to the matter's clocks; the new end stands in the step for its reader."""
    if child.case.stage != "approved":
        return
    days: int = child.values["days"]
    work = clocks.work_time(parent.case.office_id)
    ends = {name: _extended(row, days, work, child) for name, row in _running(parent)}
    if not ends:
        raise Refused("nothing_runs", _("原事项的时限已经停走，不必延期；请不予批准"), 409)
    whole = next((name for name in parent.procedure.clocks if name in ends), clocks.STAGE)
    if (until := ends.get(whole)) is not None:
        parent.data["until"] = until.isoformat()


def _running(parent: Change) -> Iterator[tuple[str, dict[str, Any]]]:
    return ((name, row) for name, row in parent.clocks.items() if _counts(parent, name, row["state"]))


def _counts(change: Change, name: str, state: dict[str, Any]) -> bool:
    """A limit on the offices' work that has not ended: not a window that closes by itself."""
    declared = change.procedure.clocks.get(name)
    limit = declared.limit if declared else change.procedure.stages[change.from_stage].limit
    return not state.get("stopped_at") and limit is not None and limit.then is None


def _extended(row: dict[str, Any], days: int, work: WorkTime, child: Change) -> datetime | None:
    state = ClockState.of_json(row["state"])
    by = _in_unit(state, days, work)
    state = pure.extend(state, child.at, by, work, approval=child.case.number)
    row.update(clocks.facts(state))
    return state.due_at


def _in_unit(state: ClockState, days: int, work: WorkTime) -> Duration:
    """So many working days in the limit's own unit: calendar days from its end to the same end later."""
    unit = state.duration.unit
    if unit == "wd":
        return Duration(days, "wd")
    if unit == "wh":
        return Duration(days * _hours(work), "wh")
    span = _calendar_days(state, days, work)
    return Duration(span * {"d": 1, "h": 24, "min": 24 * 60}[unit], unit)


def _calendar_days(state: ClockState, days: int, work: WorkTime) -> int:
    """From the last day of the limit to the day that many working days later. A limit of days ends at midnight."""
    end = (state.due_at or state.started_at) - timedelta(microseconds=1)
    last = end.astimezone(work.zone).date()
    return (work.calendar.add_working_days(last, days) - last).days


def _hours(work: WorkTime) -> int:
    return max(1, round(work.hours.per_day / HOUR))


def _asked(case: Case) -> int:
    return int(Step.objects.values_list("data", flat=True).get(case=case, seq=1)["days"])
