"""The end of somebody's work in a crew, and of a crew: last day, reason, kept with a leaf, undone the same day.

What is earned until the last day is settled from the page of payments (``money.drafting``, ``settles=``); ending owes
nobody anything less.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.cases import doors
from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor
from zhili.scenarios.wages.kinds import ENDS, WITH_CREW
from zhili.scenarios.wages.models import Crew, DayLine, Engagement, Tap, WageSheet

ENDED: Final = "wages_ended"
UNDONE: Final = "wages_end_undone"
CREW: Final = "wages_crew_ended"
EARLIEST: Final = timedelta(days=62)
"""How long ago a last day may be told: what is older belongs to sheets long paid (our own design)."""


def end(actor: Actor, engagement: Engagement, last: date, reason: str) -> Engagement:
    """Somebody's last day in a crew. Whether ``actor`` may is the caller's. Raises Refused.

    A crew's leader is ended last: another one is named first.
    """
    if reason not in dict(ENDS):
        raise Refused("no_reason", _("请选择原因"), 422)
    with transaction.atomic():
        crew = Crew.objects.select_for_update(no_key=True).get(pk=engagement.crew_id)
        if crew.leader_id == engagement.worker_id:
            raise Refused("leads", _("这是班组长：请先指定另一位班组长，或者办班组撤场"), 409)
        _end(actor, [engagement.pk], last, reason)
    engagement.refresh_from_db()
    return engagement


def end_crew(actor: Actor, crew: Crew, last: date) -> int:
    """A crew leaves the site, and with it whoever is still in it; how many. Raises Refused."""
    with transaction.atomic():
        one = Crew.objects.select_for_update(no_key=True).select_related("project__case").get(pk=crew.pk)
        if one.ended_on is not None:
            raise Refused("ended", _("这个班组已经撤场"), 409)
        there = list(one.engagements.filter(ends=None).values_list("pk", flat=True))
        _end(actor, there, last, WITH_CREW[0])
        one.ended_on = last
        one.save(update_fields=["ended_on"])
        doors.record(
            CREW, actor, {"project": one.project.case.number}, {"crew": one.pk, "on": last.isoformat()}
        )
    return len(there)


def undo(actor: Actor, engagement: Engagement) -> None:
    """What was told wrongly today. Raises Refused for an end of another day, or of somebody who is in the crew anew."""
    with transaction.atomic():
        one = _locked([engagement.pk])[0]
        if not undoable(one):
            raise Refused("too_late", _("只有当天办的离场可以撤回；请重新登记进场"), 409)
        if WageSheet.objects.filter(settles=one).exclude(state="void").exists():
            raise Refused("settled", _("已经编了结清的工资表，不能撤回；请重新登记进场"), 409)
        if one.crew.ended_on is not None:
            raise Refused("crew_ended", _("这个班组已经撤场，不能撤回"), 409)
        if Engagement.objects.filter(crew=one.crew_id, worker=one.worker_id, ends=None).exists():
            raise Refused("engaged", _("这位工人已经重新登记在这个班组里"), 409)
        one.ends, one.ended_at, one.end_reason = None, None, ""
        one.save(update_fields=["ends", "ended_at", "end_reason"])
        doors.record(UNDONE, actor, {"project": one.crew.project.case.number}, {"engagement": one.pk})


def undoable(one: Engagement) -> bool:
    return one.ended_at is not None and timezone.localdate(one.ended_at) == timezone.localdate()


def _end(actor: Actor, engagements: Sequence[int], last: date, reason: str) -> None:
    today = timezone.localdate()
    if not today - EARLIEST <= last <= today:
        raise Refused("bad_day", _("最后一天应在今天以前、两个月以内"), 422)
    for one in _locked(engagements):
        if one.ends is not None:
            raise Refused("ended", _("%(code)s 已经离场") % {"code": one.worker.code}, 409)
        if last < one.starts:
            words = _("%(code)s 的最后一天早于进场日期") % {"code": one.worker.code}
            raise Refused("bad_day", words, 422)
        latest = _worked_after(one, last)
        if latest is not None:
            words = _("%(code)s 在 %(day)s 还有考勤或打卡，最后一天不能更早；记错的先改考勤")
            raise Refused("works_later", words % {"code": one.worker.code, "day": latest.isoformat()}, 409)
        one.ends, one.ended_at, one.end_reason = last, timezone.now(), reason
        one.save(update_fields=["ends", "ended_at", "end_reason"])
        said = {"engagement": one.pk, "ends": last.isoformat(), "reason": reason}
        doors.record(ENDED, actor, {"project": one.crew.project.case.number}, said)


def _worked_after(one: Engagement, last: date) -> date | None:
    """The latest day after ``last`` that a valid line or a tap speaks of. Two queries."""
    newer = DayLine.objects.filter(
        sheet=OuterRef("sheet"), engagement=OuterRef("engagement"), number__gt=OuterRef("number")
    )
    lines = DayLine.objects.filter(
        ~Exists(newer), Q(tenths__gt=0) | Q(overtime_minutes__gt=0) | Q(pieces__gt=0),
        engagement=one, sheet__date__gt=last,
    )  # fmt: skip
    found = [lines.order_by("-sheet__date").values_list("sheet__date", flat=True).first()]
    midnight = timezone.make_aware(datetime.combine(last + timedelta(days=1), time()))
    came = Tap.objects.filter(engagement=one, way="in", happened__gte=midnight).order_by("-happened").first()
    found.append(timezone.localdate(came.happened) if came else None)
    return max((day for day in found if day is not None), default=None)


def _locked(engagements: Sequence[int]) -> list[Engagement]:
    rows = Engagement.objects.select_for_update(of=("self",)).filter(pk__in=engagements)
    return list(rows.select_related("worker", "crew__project__case").order_by("pk"))
