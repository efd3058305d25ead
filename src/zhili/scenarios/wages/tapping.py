"""A tap: somebody came to a site or went. Kept with a leaf; where they were is looked at on the phone and never sent.

A wrong clock turns nobody away: the tap is kept at the server's time with how far the phone was off, and says so. A tap
made without signal is signed by the device's key when it is made, and sent later.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core import params
from zhili.core.cases import doors
from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor
from zhili.core.trail.leaves import timestamp
from zhili.scenarios.wages import devices, sitecode
from zhili.scenarios.wages.models import DeviceKey, Engagement, Project, Tap

RECORD: Final = "wages_tap"
SEALED: Final = (
    "engagement_id",
    "device_at",
    "offset_s",
    "happened",
    "way",
    "inside",
    "code_ok",
    "device_key_id",
    "key",
)
OLDEST: Final = timedelta(days=31)
"""What lay on a phone without signal for longer belongs on the day sheet, written by hand."""


@dataclass(frozen=True)
class Told:
    """A tap as a device sends it. ``device_at``: its clock when tapped; ``sent_at``: its clock when it sends.

    ``signature``: 64 bytes r ‖ s of ECDSA P-256/SHA-256 over ``signed_text``, needed when it was kept offline and
    always from a pad. ``late``: a pad kept it offline. ``known_error``: how far the clock was behind ours when the page
    was drawn.
    """

    way: str
    code: str
    device_at: datetime
    sent_at: datetime
    key: str
    inside: bool | None = None
    source: str = "phone"
    device: str = ""
    signature: bytes = b""
    late: bool = False
    known_error: timedelta | None = None


def signed_text(told: Told, engagement: Engagement) -> bytes:
    """What a device signs, the same bytes JSON.stringify gives of this array in a browser."""
    said = [
        "zhili-tap-1",
        engagement.pk,
        told.way,
        told.code,
        int(told.device_at.timestamp()),
        told.inside,
        told.key,
    ]
    return json.dumps(said, separators=(",", ":"), ensure_ascii=False).encode()


def tap(actor: Actor, engagement: Engagement, told: Told) -> tuple[Tap, bool]:
    """Keep a tap; whether it had been sent before. ``engagement`` with its crew's project and case.

    Raises Refused: nobody may tap on a project that is not running or for work that has ended, an online tap needs
    the code on the site's screen, an offline one a signature of a known device. A pad stands on the site and is known
    by its key: it needs no code, but always its signature.
    """
    before = Tap.objects.filter(key=told.key).first()
    if before is not None:
        if before.engagement_id != engagement.pk:
            raise Refused("key_reused", _("这次打卡的标识已经用过，请重新打卡"), 409)
        return before, True
    now, project = timezone.now(), engagement.crew.project
    if project.case.stage != "running":
        raise Refused("not_running", _("这个项目现在不在施工，不能打卡"), 409)
    device = _device(engagement, told)
    offset = now - told.sent_at
    late = told.late or told.source == "offline"
    happened = _when(told, project, offset) if late else now
    if late:
        offset = happened - told.device_at
    if happened > now + timedelta(minutes=1):
        raise Refused(
            "clock_moved", _("手机时钟改过，说不清是什么时候打的，没有收下；请让班组长记在日考勤里"), 422
        )
    day = timezone.localdate(happened)
    if engagement.starts > day or (engagement.ends is not None and engagement.ends < day):
        raise Refused("not_engaged", _("这一天您不在这个班组，没有收下；请找班组长核对"), 409)
    if late and happened < now - OLDEST:
        raise Refused("too_old", _("这次打卡是一个月以前的，不再收；请让班组长记在日考勤里"), 422)
    code_ok = sitecode.fits(project, told.code, happened)
    if told.source == "phone" and not code_ok:
        raise Refused("wrong_code", _("现场码不对或已经变了，请看着屏幕重新扫或重新输入"), 422)
    made = Tap(
        engagement=engagement,
        project=project,
        device_at=told.device_at,
        offset_s=max(-(2**31), min(2**31 - 1, round(offset.total_seconds()))),
        happened=happened,
        way=told.way,
        inside=told.inside,
        code_ok=code_ok,
        device_key=device,
        source=told.source,
        key=told.key,
    )
    try:
        with transaction.atomic():
            kept = doors.record(RECORD, actor, public(made, project.case.number), private(made))
            made.at, made.leaf_id, made.salt = kept.at, kept.leaf_id, kept.salt
            made.save(force_insert=True)
    except IntegrityError:  # the same tap came twice at the same moment
        return Tap.objects.get(key=told.key), True
    return made, False


def public(one: Tap, number: str) -> dict[str, Any]:
    """What the leaf shows: on which project, by what kind of device. Neither who nor when they came."""
    return {"project": number, "source": one.source}


def private(one: Tap) -> dict[str, Any]:
    return {
        "engagement": one.engagement_id,
        "device_at": timestamp(one.device_at),
        "offset_s": one.offset_s,
        "happened": timestamp(one.happened),
        "way": one.way,
        "inside": one.inside,
        "code_ok": one.code_ok,
        "device_key": one.device_key_id,
        "key": one.key,
    }


def clock_off(one: Tap) -> bool:
    """Whether the device's clock was so far from ours that readers are told."""
    least = timedelta(minutes=params.duration("wages.clock_off")[0].amount)
    return abs(one.offset_s) > least.total_seconds()


def came_late(one: Tap) -> bool:
    """Whether a device kept it while there was no signal."""
    return one.source == "offline" or one.at - one.happened > timedelta(minutes=1)


@dataclass(frozen=True)
class Shift:
    """From coming to going; either may be missing. It belongs to the day it began, though it ends the next."""

    came: datetime | None
    went: datetime | None

    @property
    def minutes(self) -> int:
        if self.came is None or self.went is None:
            return 0
        return max(0, round((self.went - self.came).total_seconds() / 60))


LONGEST: Final = timedelta(hours=16)


def shifts(taps: Sequence[Tap]) -> list[Shift]:
    """Taps of one engagement, in order of time, as shifts; two of a day are a double shift, none lasts over 16 h."""
    found: list[Shift] = []
    came: datetime | None = None
    for one in taps:
        if one.way == "in":
            if came is None:
                came = one.happened
            elif one.happened - came > LONGEST:
                found.append(Shift(came, None))
                came = one.happened
        elif came is not None and one.happened - came <= LONGEST:
            found.append(Shift(came, one.happened))
            came = None
        else:
            if came is not None:
                found.append(Shift(came, None))
                came = None
            found.append(Shift(None, one.happened))
    return [*found, Shift(came, None)] if came is not None else found


def _when(told: Told, project: Project, offset: timedelta) -> datetime:
    """When a late tap was made: by the error its clock had when it sent it; where only the error it had before gives a
    time at which the site's code was what the tap says, its clock was put right in between, and that one counts.
    """
    first = told.device_at + offset
    if told.known_error is None or sitecode.fits(project, told.code, first):
        return first
    before = told.device_at + told.known_error
    return before if sitecode.fits(project, told.code, before) else first


def _device(engagement: Engagement, told: Told) -> DeviceKey | None:
    """The device that signed. Raises Refused for a signature that does not hold, or none where one is needed."""
    if not told.device:
        if told.source != "phone":
            raise Refused("not_signed", _("离线打卡没有本机签名，没有收下；请让班组长记在日考勤里"), 422)
        return None
    device = devices.signer(told.device)
    owned = device.worker_id in (None, engagement.worker_id)
    if device.kind == "pad":
        owned = device.project_id == engagement.crew.project_id
    fits = (device.kind == "pad") == (told.source == "pad")
    if not (owned and fits and devices.signed(device, signed_text(told, engagement), told.signature)):
        raise Refused("bad_signature", _("本机签名对不上，没有收下；请重新登记这台设备"), 422)
    return device
