"""/desk/admin/devices: cameras and sensors an administrator keeps; each stands in the public register."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext

from zhili.core.forms import Bool, Choice, Date, Decimal, Form, Integer, LongText, Text
from zhili.core.people import managing
from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree
from zhili.core.registers import devices as kernel
from zhili.core.registers.models import Device, DeviceKind
from zhili.core.transparency.entries import STATES
from zhili.portal.pages.admin import frame
from zhili.portal.pages.admin.frame import Task

HOME = "/desk/admin/devices"


class Described(Form):
    """What the public reads of a device."""

    kind = Choice("种类", list(DeviceKind.choices), required=True)
    name = Text(
        "名称", max_length=80, min_length=2, required=True, help="如：建国路雨量计、文化广场东侧摄像头。"
    )
    purpose = Text("用途", max_length=200, min_length=4, required=True, help="为哪件公共的事。")
    records = Text(
        "记录什么", max_length=200, min_length=2, required=True, help="如：每十分钟一次水位；图像，无声音。"
    )
    people = Bool("会拍到、录到人")
    sign = Bool("现场已设置显著的提示标识")
    ground = Text("依据", max_length=200, min_length=2, required=True, help="法律、文件或批准文号。")
    place = Text("位置", max_length=200, min_length=2, required=True)
    lon = Decimal("经度", places=6, min=-180, max=180, help="WGS-84，可不填。")
    lat = Decimal("纬度", places=6, min=-90, max=90, help="WGS-84，可不填。")
    keeps_days = Integer("数据保存天数", min=0, max=3650, required=True, help="不保存填0。")
    valid_from = Date("启用日期", required=True)
    valid_to = Date("最后一天", required=True, help="到期前可以续；不续就停。")


class Registered(Described):
    office = Choice("设置单位", required=True)


class Amended(Described):
    reason = LongText("改动原因", max_length=300, required=True)


class Ended(Form):
    reason = LongText("停用原因", max_length=300, required=True)


def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    offices = _offices(actor)
    today = timezone.localdate()
    rows = [(one, "ended" if one.valid_to < today else "in_force") for one in kernel.of_offices(offices)]
    shown, more = frame.page_of([(one, state, STATES[state]) for one, state in rows], request)
    return frame.show(request, actor, "devices", {"rows": shown, "more": more, "today": today})


def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    offices = _offices(actor)
    task = Task(
        gettext("登记设备"),
        HOME,
        gettext("登记"),
        form=Registered,
        choices={"office": [(str(one), tree().nodes[one].name) for one in offices[:500]]},
        initial={
            "office": str(actor.office_id),
            "valid_from": timezone.localdate().isoformat(),
            "keeps_days": "0",
        },
        consequences=[gettext("登记后马上出现在公开登记里，谁都能看到。")],
    )

    def do(values: dict[str, Any], seen: int | None) -> str:
        office = int(values.pop("office"))
        kernel.register(_asked(values), office, actor)
        return gettext("设备已登记，公开登记里已能看到。")

    return frame.run(request, actor, task, do)


def change(request: HttpRequest, actor: Actor, device: int) -> HttpResponse:
    found = _found(actor, device)
    task = Task(
        gettext("修改、续期"),
        HOME,
        gettext("保存"),
        kernel.DEVICE,
        device,
        Amended,
        lead=found.name,
        initial=_initial(found),
        more={"history": frame.history(kernel.DEVICE, device, actor)},
    )

    def do(values: dict[str, Any], seen: int | None) -> str:
        reason = values.pop("reason")
        kernel.change(device, _asked(values), actor, seen, reason)
        return gettext("已保存，公开登记里已更新。")

    return frame.run(request, actor, task, do)


def end(request: HttpRequest, actor: Actor, device: int) -> HttpResponse:
    found = _found(actor, device)
    task = Task(
        gettext("停用设备"),
        HOME,
        gettext("停用"),
        kernel.DEVICE,
        device,
        Ended,
        lead=found.name,
        consequences=[gettext("今天是它的最后一天；公开登记里留着这一条，写明已停。")],
        danger=True,
    )

    def do(values: dict[str, Any], seen: int | None) -> str:
        kernel.end(device, actor, seen, values["reason"])
        return gettext("设备已停用。")

    return frame.run(request, actor, task, do)


def _offices(actor: Actor) -> tuple[int, ...]:
    offices = managing.administered(actor)
    if not offices:
        raise PermissionDenied(gettext("设备由单位管理员登记。"))
    return offices


def _found(actor: Actor, device: int) -> Device:
    found = Device.objects.filter(pk=device).first()
    if found is None:
        raise Http404
    managing.check(actor, found.office_id)
    return found


def _asked(values: dict[str, Any]) -> kernel.Asked:
    days = {name: date.fromisoformat(values[name]) for name in ("valid_from", "valid_to")}
    point = {name: float(values[name]) if values.get(name) else None for name in ("lon", "lat")}
    return kernel.Asked(**(values | days | point))


def _initial(device: Device) -> dict[str, Any]:
    shown = {
        name: getattr(device, name) for name in ("kind", "name", "purpose", "records", "ground", "place")
    }
    ticked = {"people": "true", "sign": "true"} if device.people else {"sign": "true"}
    return (
        shown
        | ticked
        | {
            "lon": "" if device.lon is None else f"{device.lon:.6f}",
            "lat": "" if device.lat is None else f"{device.lat:.6f}",
            "keeps_days": str(device.keeps_days),
            "valid_from": device.valid_from.isoformat(),
            "valid_to": device.valid_to.isoformat(),
        }
    )
