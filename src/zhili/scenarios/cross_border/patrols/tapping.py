"""A tap: a team was at a checkpoint. Kept through the kernel's ``record`` door, with a leaf of its own.

What is kept is the team, the checkpoint, the phone's time, and inside or outside where it was asked. Who held the phone
stands in no row and no leaf, and a position never leaves the phone.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.cases import doors, late
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree
from zhili.core.trail.leaves import timestamp
from zhili.scenarios.cross_border.patrols import codes
from zhili.scenarios.cross_border.patrols.models import CheckpointCode, PatrolDetail, Stop, Tap, Team
from zhili.scenarios.cross_border.patrols.shared import RECORD

EARLY: Final = timedelta(hours=1)
"""A team may be at the first checkpoint before the patrol begins, but not the day before."""
AFTER: Final = timedelta(hours=12)
PRESENCES: Final = frozenset({"", "inside", "outside"})
DEAD: Final = "cancelled"


@dataclass(frozen=True)
class Tapped:
    """What a tap came to. ``repeated``: it was here before, under the same key."""

    tap: Tap
    repeated: bool = False


def tap(
    actor: Actor,
    stop: Stop,
    team: Team,
    typed: str,
    *,
    key: str,
    made_at: datetime | None = None,
    presence: str = "",
) -> Tapped:
    """Keep a tap. ``typed``: the code as typed or scanned. ``made_at``: when, if it is sent late.

    Raises Refused (403 for another office's team, 422 for a wrong code or time).
    """
    before = Tap.objects.select_related("stop", "team").filter(key=key).first()
    if before is not None:
        return Tapped(before, repeated=True)
    _check_team(actor, stop, team)
    now = timezone.now()
    at = late.claimed(made_at, now) or now
    patrol = stop.patrol
    _check_time(patrol, at)
    _check_code(stop, codes.read(typed), at)
    if presence not in PRESENCES or not stop.radius:
        presence = ""
    case = Case.objects.get(pk=patrol.pk)
    if case.stage == DEAD:
        raise Refused("cancelled", _("这次巡防已经取消，没有收下这次打卡"), 409)
    try:
        with transaction.atomic():
            made = _keep(actor, stop, team, at, presence, key)
            if case.stage == "planned":
                doors.act(case, "begin", actor, key=f"begin {key}")
    except IntegrityError:  # the same tap came twice at the same moment
        return Tapped(Tap.objects.get(key=key), repeated=True)
    return Tapped(made)


def _keep(actor: Actor, stop: Stop, team: Team, at: datetime, presence: str, key: str) -> Tap:
    made = Tap(stop=stop, team=team, at=at, presence=presence, key=key)
    kept = doors.record(RECORD, actor, public(made), private(made))
    made.received_at, made.leaf_id, made.salt = kept.at, kept.leaf_id, kept.salt
    made.save(force_insert=True)
    return made


def public(one: Tap) -> dict[str, Any]:
    """What the leaf of a tap says to everybody: which patrol, which checkpoint, when."""
    return {
        "patrol": str(one.stop.patrol.uuid),
        "point": str(one.stop.uuid),
        "tapped_at": timestamp(one.at),
    }


def private(one: Tap) -> dict[str, Any]:
    """What it commits to, and the receipt discloses to both sites: whose team, and inside or outside."""
    node = tree().nodes.get(one.team.office_id)
    return {
        "office": node.code if node else "",
        "team": one.team.name,
        "presence": one.presence,
    }


def teams_of(actor: Actor, patrol: PatrolDetail) -> list[Team]:
    """The teams of the actor's own office, or of offices below it. One query."""
    if actor.kind != "post" or actor.office_id is None:
        return []
    below = tree().under(actor.office_id)
    found = patrol.teams.filter(Q(office_id=actor.office_id) | Q(office_id__in=below))
    return list(found.select_related("office").order_by("id"))


def _check_team(actor: Actor, stop: Stop, team: Team) -> None:
    if team.patrol_id != stop.patrol_id or team not in teams_of(actor, stop.patrol):
        raise Refused("not_your_team", _("这不是本单位的巡防队"), 403)


def _check_time(patrol: PatrolDetail, at: datetime) -> None:
    if at < patrol.starts - EARLY:
        raise Refused("too_early", _("巡防还没有开始，最早提前一小时打卡"), 422)
    if at > patrol.ends + AFTER:
        raise Refused("too_late", _("巡防早已结束，不能再打卡；有情况请直接上报"), 422)


def _check_code(stop: Stop, code: str, at: datetime) -> None:
    """The code must be the checkpoint's, as it was at that time: one that was changed later still counts."""
    wrong = Refused("wrong_code", _("点位码不对：请扫现场张贴的二维码，或照着下面的 12 位字母数字输入"), 422)
    if not code:
        raise wrong
    if stop.checkpoint_id is None:
        if not codes.fits(code, str(stop.uuid), stop.check_hex):
            raise wrong
        return
    in_force = CheckpointCode.objects.filter(checkpoint_id=stop.checkpoint_id, since__lte=at + late.SKEW)
    valid = in_force.filter(Q(until=None) | Q(until__gt=at - late.SKEW))
    if not any(hmac.compare_digest(code, one) for one in valid.values_list("code", flat=True)):
        raise wrong
