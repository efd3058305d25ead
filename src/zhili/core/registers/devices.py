"""Registering a camera or a sensor, renewing it, ending it: by its office's administrators, each change a leaf."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core import params
from zhili.core.people import managing
from zhili.core.people.actors import Actor
from zhili.core.people.managing import AdminRefused
from zhili.core.people.offices import tree
from zhili.core.places.locate import locate
from zhili.core.registers.models import Device, DeviceKind
from zhili.core.trail import changes

DEVICE: Final = "device"
BIOMETRIC: Final = (
    "人脸",
    "步态",
    "虹膜",
    "声纹",
    "指纹",
    "识别人",
    "身份识别",
    "face recognition",
    "biometric",
)
"""Words that say what this platform does not do; a device registered for it is refused."""


@dataclass(frozen=True)
class Asked:
    """What is registered. ``place`` in words; ``lon``/``lat`` in degrees WGS-84 where they are known."""

    kind: str
    name: str
    purpose: str
    records: str
    people: bool
    ground: str
    place: str
    keeps_days: int
    valid_from: date
    valid_to: date
    sign: bool = False
    lon: float | None = None
    lat: float | None = None


@transaction.atomic
def register(asked: Asked, office_id: int, actor: Actor) -> Device:
    """A new device of an office. Raises AdminRefused, PermissionDenied."""
    managing.check(actor, office_id)
    _check(asked)
    device = Device(office_id=office_id, **_columns(asked))
    device.save()
    _keep("added", device, actor, after=facts(device))
    return device


@transaction.atomic
def change(device_id: int, asked: Asked, actor: Actor, seen: int | None, reason: str) -> Device:
    """What is said of a device becomes this; renewing is changing its last day. Raises AdminRefused, Overtaken."""
    device = _taken(device_id, actor, seen)
    _check(asked, first=device.valid_from)
    before = facts(device)
    for name, value in _columns(asked).items():
        setattr(device, name, value)
    if facts(device) == before:
        raise AdminRefused("", _("没有改动。"))
    device.save()
    _keep("changed", device, actor, before=before, after=facts(device), reason=reason)
    return device


@transaction.atomic
def end(device_id: int, actor: Actor, seen: int | None, reason: str) -> Device:
    """Its last day is today. The entry stays in the register as ended. Raises AdminRefused, Overtaken."""
    device = _taken(device_id, actor, seen)
    today = timezone.localdate()
    if device.valid_to < today:
        raise AdminRefused("", _("这个设备已经停用。"))
    before = {"valid_to": device.valid_to.isoformat()}
    device.valid_from, device.valid_to = min(device.valid_from, today), today
    device.save()
    _keep("ended", device, actor, before=before, after={"valid_to": today.isoformat()}, reason=reason)
    return device


def of_offices(offices: tuple[int, ...]) -> QuerySet[Device]:
    """The devices of these offices, what ends first above."""
    return Device.objects.filter(office__in=offices).select_related("office").order_by("valid_to", "id")


def asked_of(device: Device, **other: Any) -> Asked:
    """What stands now, with ``other`` in its place."""
    names = (
        "kind", "name", "purpose", "records", "people", "ground", "place", "keeps_days", "valid_from", "valid_to",
        "lon", "lat",
    )  # fmt: skip
    return replace(Asked(**{name: getattr(device, name) for name in names}, sign=True), **other)


def facts(device: Device) -> dict[str, Any]:
    """What the change record shows."""
    return {
        "kind": device.kind,
        "purpose": device.purpose,
        "records": device.records,
        "people": device.people,
        "ground": device.ground,
        "place": device.place,
        "keeps_days": device.keeps_days,
        "valid_from": device.valid_from.isoformat(),
        "valid_to": device.valid_to.isoformat(),
    }


def _check(asked: Asked, first: date | None = None) -> None:
    """Raises AdminRefused beside the field at fault."""
    longest = params.duration("registers.device_longest")[0].amount
    today = timezone.localdate()
    if any(word in f"{asked.purpose} {asked.records}".lower() for word in BIOMETRIC):
        raise AdminRefused(
            "purpose", _("平台不登记识别人身份的设备：只管事，不管人。请改用途，或不登记在这里。")
        )
    if asked.valid_to < asked.valid_from:
        raise AdminRefused("valid_to", _("最后一天早于启用日期。"))
    if asked.valid_to < today and first is None:
        raise AdminRefused("valid_to", _("最后一天已经过去。"))
    if asked.valid_to - max(asked.valid_from, today) > timedelta(days=longest):
        raise AdminRefused("valid_to", _("一次登记最长%(n)d天，到期前可以续。") % {"n": longest})
    if asked.kind == DeviceKind.CAMERA or asked.people:
        if not asked.sign:
            text = _("会拍到人的设备要在现场设置显著的提示标识（个人信息保护法第二十六条），设好后再登记。")
            raise AdminRefused("sign", text)
        most = params.duration("registers.video_longest")[0].amount
        if asked.keeps_days > most:
            raise AdminRefused("keeps_days", _("视频图像最长保存%(n)d天。") % {"n": most})


def _columns(asked: Asked) -> Mapping[str, Any]:
    found = locate(asked.lon, asked.lat) if asked.lon is not None and asked.lat is not None else None
    rest = {name: value for name, value in vars(asked).items() if name != "sign"}
    return rest | {"division_id": found.division_id if found else None}


def _taken(device_id: int, actor: Actor, seen: int | None) -> Device:
    device = Device.objects.select_for_update().filter(pk=device_id).first()
    if device is None:
        raise AdminRefused("", _("没有这个设备。"))
    if not managing.may_administer(actor, device.office_id):
        raise PermissionDenied(_("这项设置由本单位或上级单位的管理员办理。"))
    changes.begin(DEVICE, device_id, seen)
    return device


def _keep(done: str, device: Device, actor: Actor, **told: Any) -> None:
    node = tree().nodes.get(device.office_id)
    public = {"office": node.code if node else "", "device": device.pk, "kind": device.kind}
    changes.record(
        DEVICE, done, actor, key=device.pk, name=device.name, office=device.office_id, facts=public, **told
    )
