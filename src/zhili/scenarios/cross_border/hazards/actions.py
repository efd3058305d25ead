"""What a step on the watch list does: columns, how often it is checked, until when it stands there."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base.clock import Duration
from zhili.core import params
from zhili.core.cases.changing import Change
from zhili.core.cases.errors import Refused
from zhili.scenarios.cross_border.hazards.kinds import CHECKS
from zhili.scenarios.cross_border.hazards.models import HazardDetail

LONGEST = timedelta(days=366)
MATTER = "cross_border.matter"


def put_on(change: Change) -> None:
    """Listed: the clock until it goes runs from now, and the first check is due after the level's interval."""
    values = change.values
    change.case.title = values["name"]
    change.case.office_id = int(values["keeper"])
    change.detail |= {
        "kind": values["kind"],
        "name": values["name"],
        "why": values["why"],
        "public": bool(values.get("public")),
        "ground": values.get("ground", ""),
        "shared": bool(values.get("shared")),
    }
    judged(change)


def judged(change: Change) -> None:
    """The level, when it was judged, and until when it stands."""
    last = date.fromisoformat(change.values["until"])
    today = timezone.localdate(change.at)
    if not today < last <= today + LONGEST:
        raise Refused("bad_until", _("“列到哪天”应在明天以后、一年以内，请改正"), 422)
    level = change.values["level"]
    change.detail |= {"level": level, "reviewed_on": today, "until": last}
    end = timezone.make_aware(datetime.combine(last + timedelta(days=1), time.min))
    change.clock_limits["listed"] = Duration(max(1, round((end - change.at).total_seconds() / 60)), "min")
    next_check(change, level)


def checked(change: Change) -> None:
    """Checked: the next one is due after the level's interval; a finding may open a matter, as a child of this."""
    row = HazardDetail.objects.only("level", "findings", "name").get(pk=change.case.pk)
    change.detail["checked_at"] = change.at
    next_check(change, row.level)
    if change.values["result"] != "finding":
        if change.values.get("opens"):
            raise Refused("no_finding", _("没有发现问题时不用另开事项，请去掉勾选"), 422)
        return
    change.detail["findings"] = row.findings + 1
    if change.values.get("opens"):
        what = _("%(name)s检查发现：%(note)s") % {"name": row.name, "note": change.values["note"]}
        change.refer(MATTER, {"what": what[:1000]}, category="hazards")


def next_check(change: Change, level: str) -> None:
    change.stage_limit = params.duration(CHECKS[level])[0]
