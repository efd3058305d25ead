"""What a step on a border matter does beyond moving it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from zhili.core.cases.changing import Change
from zhili.core.cases.errors import Refused

LONGEST = timedelta(days=90)


def from_grid(change: Change) -> None:
    change.detail |= {"came": "grid", "side": change.values.get("side") or ""}


def from_office(change: Change) -> None:
    change.detail |= {"came": "office", "side": change.values.get("side") or ""}


def from_site(change: Change) -> None:
    """It was checked against the agreement before it came here; the office named for that neighbour has it first."""
    change.detail |= {"came": "site", "side": ""}


def set_category(change: Change) -> None:
    if code := change.values.get("category"):
        change.case.category = code


def agree_joint(change: Change) -> None:
    """A time to meet, in the weeks to come. Raises Refused."""
    at = datetime.fromisoformat(change.values["at"])
    if not change.at - timedelta(days=1) <= at <= change.at + LONGEST:
        raise Refused("bad_time", _("碰头的时间应在今后三个月以内，请改正"), 422)
    change.detail["joint_at"] = at


def keep_result(change: Change) -> None:
    change.detail["result"] = change.values["result"]
