"""What the worker looks at each minute: checkpoints that were missed and patrols that did not begin become warnings.

Each is told once, as an event into ``core.signals``: of the ground the checkpoint stands on, or of the office whose
patrol it is; never of whoever should have been there. A tap that a phone sends later mends the result.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from zhili.base.rules import AutomatedRule
from zhili.base.signals.conditions import Happens
from zhili.base.signals.measures import Measure
from zhili.base.signals.rules import SignalRule
from zhili.core.params.rules import in_force
from zhili.core.signals.store import storing
from zhili.scenarios.cross_border.patrols import actions, publishing
from zhili.scenarios.cross_border.patrols.models import PatrolDetail, Stop

MISSED: Final = "patrol_point_missed"
NOT_BEGUN: Final = "patrol_not_begun"
AT_ONCE: Final = 100
FORGOTTEN: Final = timedelta(days=2)
"""What was due longer ago (the worker stood still) is shown on its page and warns nobody any more."""
OWN: Final = "平台约定，城市可改"

MEASURES: Final = (
    Measure(MISSED, gettext_noop("巡防点位漏到"), kind="event"),
    Measure(NOT_BEGUN, gettext_noop("联合巡防未按时开始"), kind="event"),
)
SIGNALS: Final = (
    SignalRule(
        AutomatedRule(
            "cross_border.patrol_missed",
            gettext_noop("巡防点位漏到"),
            gettext_noop("约好要到的交界点位没有到，早一点知道，当天还能补。"),
            "place",
            gettext_noop("点位计划几点到、有没有打卡；不看是谁，也不看谁在哪里。"),
            gettext_noop("给点位所在地方的负责单位一条预警。"),
            gettext_noop("收到的单位决定补巡还是注明原因；手机补传的打卡会自动更正结果。"),
            OWN,
            params=("cross_border.patrol_tolerance",),
        ),
        Happens(MISSED),
        level="blue",
        reason=gettext_noop("联合巡防的一个点位过了约定时间还没有到。"),
        merge=2 * 3600,
        fuse=(1.0, 3600),
    ),
    SignalRule(
        AutomatedRule(
            "cross_border.patrol_not_begun",
            gettext_noop("联合巡防未按时开始"),
            gettext_noop("对方已经出发，我方没有动，要有人知道。"),
            "office",
            gettext_noop("巡防计划的开始时间、有没有开始；不看是谁。"),
            gettext_noop("给组织这次巡防的单位一条预警。"),
            gettext_noop("收到的单位决定开始、改期或取消，并告诉对方。"),
            OWN,
            params=("cross_border.patrol_tolerance",),
        ),
        Happens(NOT_BEGUN),
        level="yellow",
        reason=gettext_noop("有一次联合巡防过了约定时间还没有开始。"),
        merge=3600,
        fuse=(1.0, 3600),
    ),
)


def run() -> int:
    """One look: warns of what was missed, and tells the other sites what changed. How much it did."""
    now = timezone.now()
    return not_begun(now) + missed(now) + publishing.publish()


def not_begun(now: datetime) -> int:
    """Patrols past their start by the tolerance that nobody began."""
    if not in_force("cross_border.patrol_not_begun"):
        return 0
    latest = now - actions.span("cross_border.patrol_tolerance")
    with transaction.atomic():
        found = PatrolDetail.objects.select_for_update(of=("self",), skip_locked=True).filter(
            starts__range=(now - FORGOTTEN, latest),
            warned_at=None,
            case__stage="planned",
            case__closed_at=None,
        )
        due = list(found.select_related("case").order_by("starts")[:AT_ONCE])
        for one in due:
            storing.feed("office", one.case.office_id or 0, NOT_BEGUN, now, 1.0)
        PatrolDetail.objects.filter(pk__in=[one.pk for one in due]).update(warned_at=now)
    return len(due)


def missed(now: datetime) -> int:
    """Planned checkpoints of patrols under way (or just over) that no team of ours has tapped in time."""
    if not in_force("cross_border.patrol_missed"):
        return 0
    latest = now - actions.span("cross_border.patrol_tolerance")
    with transaction.atomic():
        found = Stop.objects.select_for_update(of=("self",), skip_locked=True).filter(
            planned_at__range=(now - FORGOTTEN, latest),
            warned_at=None,
            taps=None,
            patrol__begun_at__isnull=False,
            patrol__case__stage__in=("under_way", "finished"),
        )
        due = list(found.select_related("patrol__case", "checkpoint").order_by("planned_at")[:AT_ONCE])
        for stop in due:
            kind, subject = _about(stop)
            storing.feed(kind, subject, MISSED, now, 1.0)
        Stop.objects.filter(pk__in=[one.pk for one in due]).update(warned_at=now)
    return len(due)


def _about(stop: Stop) -> tuple[str, int]:
    """The cell the checkpoint stands in; of a checkpoint elsewhere, the office whose patrol it is."""
    cell = stop.checkpoint.cell_id if stop.checkpoint is not None else None
    return ("cell", cell) if cell is not None else ("office", stop.patrol.case.office_id or 0)
