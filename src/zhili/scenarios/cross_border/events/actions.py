"""What a step of a security plan does beyond moving it: columns, versions kept whole, when it comes into force."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from zhili.base.canonical import canonical, leaf_hash
from zhili.base.clock import Duration
from zhili.core.cases import doors
from zhili.core.cases.changing import Change
from zhili.core.cases.errors import Refused
from zhili.scenarios.cross_border.events import documents
from zhili.scenarios.cross_border.events.models import PlanDetail, PlanVersion

RECORD = "event_plan"
AHEAD = timedelta(days=366)
EARLY = timedelta(hours=12)
"""How long before the event it is in force: posts are manned before the crowd comes."""


def write(change: Change) -> None:
    """Drafted, or drafted anew."""
    values = change.values
    starts, ends = datetime.fromisoformat(values["starts"]), datetime.fromisoformat(values["ends"])
    if not change.at < ends <= change.at + AHEAD:
        raise Refused("bad_time", _("活动应在今后一年以内，请改正"), 422)
    change.case.title = values["name"]
    change.detail |= {
        "name": values["name"],
        "venue": values["venue"],
        "starts": starts,
        "ends": ends,
        "expected": values["expected"],
        "organiser": values.get("organiser", ""),
    }


def approve(change: Change) -> None:
    """Approved: a version is kept whole, its digest stands in the trail; it comes into force by the clock."""
    plan = _plan(change)
    if plan.ends <= change.at:
        raise Refused("over", _("活动已经结束，不能再批准"), 422)
    number = plan.version + 1
    change.detail["version"] = number
    change.stage_limit = _until(change.at, plan.starts - EARLY)
    change.then.append(lambda done: keep_version(done, number))


def keep_version(change: Change, number: int) -> None:
    plan = PlanDetail.objects.get(pk=change.case.pk)
    document = documents.of(plan, change.case)
    digest = digest_of(document)
    kept = doors.record(
        RECORD, change.actor, {"case": change.case.number, "version": number, "digest": digest}
    )
    PlanVersion.objects.create(
        plan=plan,
        number=number,
        document=document,
        at=kept.at,
        digest=digest,
        leaf_id=kept.leaf_id,
        salt=kept.salt,
    )


def digest_of(document: dict[str, Any]) -> str:
    """What stands in the trail of a version: SHA-256 as of a leaf, over its canonical JSON; hex."""
    return leaf_hash(canonical(document)).hex()


def come_into_force(change: Change) -> None:
    change.stage_limit = _until(change.at, _plan(change).ends)


def revise(change: Change) -> None:
    """Drafted anew: what was shared stays what it was until the new version is approved."""
    change.why.append(_("方案重新起草，已批准的版本仍然有效，直到新版批准"))


def share(change: Change) -> None:
    change.detail["sites"] = list(change.values.get("sites", []))


def sum_up(change: Change) -> None:
    change.detail["review"] = change.values["review"]


def _plan(change: Change) -> PlanDetail:
    """Raises Refused for a case that was never drafted as a plan."""
    found = PlanDetail.objects.filter(pk=change.case.pk).first()
    if found is None:
        raise Refused("no_plan", _("这件事项没有方案"), 422)
    return found


def _until(now: datetime, then: datetime) -> Duration:
    """From now to then, in whole minutes; one at least."""
    return Duration(max(1, round((then - now).total_seconds() / 60)), "min")
