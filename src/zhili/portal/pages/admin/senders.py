"""/desk/admin/senders: devices that send measurements; their keys, shown once; what was refused, and who knocks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from zhili.core.forms import Choice, Form, Integer, LongText, Text
from zhili.core.people import managing
from zhili.core.people.actors import Actor
from zhili.core.people.managing import AdminRefused
from zhili.core.people.offices import tree
from zhili.core.places.models import Cell
from zhili.core.registers.models import Device
from zhili.core.signals import sources
from zhili.core.signals.models import Protocol, Refusal, Source
from zhili.core.signals.models.refusals import REASONS
from zhili.core.signals.store import storing
from zhili.portal.pages.admin import frame
from zhili.portal.pages.admin.frame import Task
from zhili.portal.receipts import qr

HOME: Final = "/desk/admin/senders"
PAGE: Final = 50
LOW: Final = 0.2
SILENT: Final = timedelta(days=1)
LOOKED_BACK: Final = timedelta(days=7)
KNOCKING: Final = 20
KINDS: Final = {
    "wristband": gettext_lazy("手环"),
    "sensor": gettext_lazy("传感器"),
    "tracker": gettext_lazy("定位器"),
    "gateway": gettext_lazy("数据网关"),
    "other": gettext_lazy("其他设备"),
}
STATES: Final = {
    "": gettext_lazy("在用"),
    "silent": gettext_lazy("一天没有消息"),
    "low": gettext_lazy("电量低"),
    "refused": gettext_lazy("有拒收"),
    "off": gettext_lazy("已停用"),
}


class Described(Form):
    number = Text("设备号", max_length=64, required=True, help="设备自报的号码，如手环的 IMEI。")
    title = Text("名称", max_length=80, help="如：港胡村 3 号手环、建国路水位计。")
    kind = Choice("种类", [(key, str(title)) for key, title in KINDS.items()], required=True)
    protocol = Choice(
        "接入方式",
        [("mqtt", "MQTT"), ("http", "HTTP"), ("watch", "手表协议")],
        required=True,
        help="MQTT 和 HTTP 用密钥；手表协议没有密钥，只应经专用网络接入。",
    )
    office = Choice("管理单位", required=True)
    cell = Text("网格代码", max_length=14, help="设备在哪个网格，可不填；绑定佩戴者时会按其住处更新。")
    device = Choice("公开登记", help="装在公共场所的，选它在公开登记里的那一条。")
    per_minute = Integer("每分钟最多几条报文", min=1, max=60_000, required=True)


class Why(Form):
    reason = LongText("原因", max_length=300, required=True)


@dataclass(frozen=True)
class Row:
    """One device as the list shows it."""

    source: Source
    kind: str
    office: str
    battery: int | None
    low: bool
    silent: bool
    refused: list[tuple[str, int]]
    """Reason in words and how often, of the last seven days."""


def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    offices = _offices(actor)
    wanted, state = request.GET.get("q", "").strip()[:64], request.GET.get("state", "")
    start = _start(request)
    found = list(_asked(offices, wanted, state)[start : start + PAGE + 1])
    rest = request.GET.copy()
    rest["from"] = str(start + PAGE)
    minutes = storing.statistics(60)
    counts = {
        name: sum(getattr(one, name) for one in minutes) for name in ("readings", "refused", "undecoded")
    }
    context = {
        "rows": _rows(found[:PAGE]),
        "more": f"?{rest.urlencode()}" if len(found) > PAGE else "",
        "wanted": wanted,
        "state": state,
        "states": STATES.items(),
        "counts": counts,
        "knocking": [] if wanted or state or start else _knocking(),
        "filtered": bool(wanted or state),
    }
    return frame.show(request, actor, "senders", context)


def show(request: HttpRequest, actor: Actor, sender: int) -> HttpResponse:
    source = _found(actor, sender)
    (row,) = _rows([source])
    since = timezone.localdate() - LOOKED_BACK
    refused = Refusal.objects.filter(number=source.number, day__gte=since).order_by("-day", "reason")
    context = {
        "row": row,
        "source": source,
        "facts": _facts(row),
        "refused": [(one, REASONS[one.reason]) for one in refused],
        "history": frame.history(sources.SENDER, sender, actor),
        "keyed": source.protocol not in sources.KEYLESS,
    }
    return frame.show(request, actor, "sender", context)


def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    offices = _offices(actor)
    devices = Device.objects.filter(office__in=offices, valid_to__gte=timezone.localdate()).order_by("name")[
        :300
    ]
    task = Task(
        gettext("登记感知设备"),
        HOME,
        gettext("登记"),
        form=Described,
        choices={
            "office": [(str(one), tree().nodes[one].name) for one in offices[:500]],
            "device": [("", gettext("不在公共场所")), *((str(one.pk), one.name) for one in devices)],
        },
        initial={
            "number": request.GET.get("number", "")[:64],
            "protocol": request.GET.get("protocol", ""),
            "office": str(actor.office_id),
            "per_minute": "60",
        },
        consequences=[gettext("登记后它的消息马上开始接收；密钥只显示一次，这里不留底。")],
    )

    def do(values: dict[str, Any], seen: int | None) -> HttpResponse:
        cell = _cell(values.get("cell") or "")
        source, key = sources.register(
            values["number"],
            values["protocol"],
            values["kind"],
            actor=actor,
            office_id=int(values["office"]),
            title=values.get("title") or "",
            device_id=int(values["device"]) if values.get("device") else None,
            per_minute=values["per_minute"],
            cell_id=cell.pk if cell else None,
            division_id=cell.village_id if cell else None,
        )
        return _key_page(request, actor, source, key)

    return frame.run(request, actor, task, do)


def rekey(request: HttpRequest, actor: Actor, sender: int) -> HttpResponse:
    source = _found(actor, sender)
    task = Task(
        gettext("换密钥"),
        f"{HOME}/{sender}",
        gettext("换密钥"),
        sources.SENDER,
        sender,
        Why,
        lead=str(source),
        consequences=[gettext("原来的密钥立即作废，设备换上新的之前收不到它的消息。")],
        danger=True,
    )

    def do(values: dict[str, Any], seen: int | None) -> HttpResponse:
        return _key_page(request, actor, source, sources.rekey(source, actor, values["reason"]))

    return frame.run(request, actor, task, do)


def retire(request: HttpRequest, actor: Actor, sender: int) -> HttpResponse:
    source = _found(actor, sender)
    task = Task(
        gettext("停用感知设备"),
        f"{HOME}/{sender}",
        gettext("停用"),
        sources.SENDER,
        sender,
        Why,
        lead=str(source),
        consequences=[gettext("从现在起它的消息一律拒收；已存的数据照保存期清除，设备号不再给别的设备。")],
        danger=True,
    )

    def do(values: dict[str, Any], seen: int | None) -> str:
        sources.retire(source, actor, values["reason"])
        return gettext("设备已停用。")

    return frame.run(request, actor, task, do)


def _key_page(request: HttpRequest, actor: Actor, source: Source, key: str) -> HttpResponse:
    """The key, once: as text, and as a picture for the app that sets devices up."""
    said = json.dumps({"number": source.number, "key": key, "site": request.build_absolute_uri("/")})
    context = {"source": source, "key": key, "picture": qr(said) if key else "", "protocol": source.protocol}
    answer = frame.show(request, actor, "sender_key", context)
    answer["Cache-Control"] = "no-store"
    return answer


def _offices(actor: Actor) -> tuple[int, ...]:
    offices = managing.administered(actor)
    if not offices:
        raise PermissionDenied(gettext("感知设备由单位管理员登记。"))
    return offices


def _found(actor: Actor, sender: int) -> Source:
    found = Source.objects.select_related("office", "cell", "division", "device").filter(pk=sender).first()
    if found is None or found.protocol == Protocol.INTERNAL:
        raise Http404
    managing.check(actor, found.office_id)
    return found


def _asked(offices: tuple[int, ...], wanted: str, state: str) -> QuerySet[Source]:
    found = Source.objects.filter(office__in=offices, active=state != "off").order_by("-id")
    if wanted:
        found = found.filter(Q(number__startswith=wanted) | Q(title__icontains=wanted))
    if state == "silent":
        found = found.filter(Q(last_seen_at=None) | Q(last_seen_at__lt=timezone.now() - SILENT))
    elif state == "low":
        found = found.filter(battery__lte=LOW)
    elif state == "refused":
        since = timezone.localdate() - LOOKED_BACK
        found = found.filter(number__in=Refusal.objects.filter(day__gte=since).values("number"))
    return found


def _rows(found: list[Source]) -> list[Row]:
    since, now = timezone.localdate() - LOOKED_BACK, timezone.now()
    numbers = [one.number for one in found]
    sums = Refusal.objects.filter(number__in=numbers, day__gte=since).values_list("number", "reason")
    refused: dict[str, list[tuple[str, int]]] = {}
    for number, reason, times in sums.annotate(times=Sum("count")).order_by("number", "-times"):
        refused.setdefault(number, []).append((str(REASONS[reason]), times))
    return [
        Row(
            source=one,
            kind=str(KINDS.get(one.kind, one.kind)),
            office=node.name if (node := tree().nodes.get(one.office_id or 0)) else "",
            battery=None if one.battery is None else round(one.battery * 100),
            low=one.battery is not None and one.battery <= LOW,
            silent=one.last_seen_at is None or now - one.last_seen_at > SILENT,
            refused=refused.get(one.number, []),
        )
        for one in found
    ]


def _knocking() -> list[dict[str, Any]]:
    """Numbers nobody registered that sent something lately, the newest first."""
    rows = Refusal.objects.filter(reason="unknown", day__gte=timezone.localdate() - LOOKED_BACK)
    latest: dict[str, dict[str, Any]] = {}
    for one in rows.exclude(number="").order_by("-last_at")[: KNOCKING * 4]:
        there = latest.setdefault(
            one.number,
            {
                "number": one.number,
                "channel": one.channel,
                "way": dict(Protocol.choices).get(one.channel, one.channel),
                "at": one.last_at,
                "count": 0,
            },
        )
        there["count"] += one.count
    known = set(Source.objects.filter(number__in=latest).values_list("number", flat=True))
    return [one for number, one in latest.items() if number not in known][:KNOCKING]


def _facts(row: Row) -> frame.Facts:
    source = row.source
    shown = [
        (gettext("设备号"), source.number),
        (gettext("种类"), row.kind),
        (gettext("接入方式"), source.get_protocol_display()),
        (gettext("管理单位"), row.office),
        (gettext("网格"), source.cell.name if source.cell else ""),
        (gettext("公开登记"), source.device.name if source.device else ""),
        (gettext("每分钟最多几条报文"), str(source.per_minute)),
    ]
    return [(term, text) for term, text in shown if text]


def _cell(code: str) -> Cell | None:
    """The cell of a code; None when none was given. Raises AdminRefused."""
    found = Cell.objects.filter(code=code, valid_to=None).first() if code else None
    if code and found is None:
        raise AdminRefused("cell", gettext("没有这个网格。"))
    return found


def _start(request: HttpRequest) -> int:
    text = request.GET.get("from", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
