"""Devices, firms and premises of the demo city, so that its registers are not empty."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

from django.utils import timezone

from zhili.core.people.actors import Actor
from zhili.core.people.models import Office, Post
from zhili.core.registers import demo_premises, devices
from zhili.core.registers.models import Device

SAID: tuple[dict[str, Any], ...] = (
    {
        "kind": "sensor", "name": "中山路下穿通道水位计", "purpose": "积水预警，提醒封道和排水",
        "records": "每五分钟一次水位",
        "ground": "城市内涝防治预案", "place": "中山路下穿通道最低处", "keeps_days": 365,
    },
    {
        "kind": "sensor", "name": "解放路施工噪声计", "purpose": "夜间施工扰民时有据可查",
        "records": "每分钟平均声级，不录声音",
        "ground": "噪声污染防治法", "place": "解放路与环城路口东侧工地围挡", "keeps_days": 90,
    },
    {
        "kind": "sensor", "name": "老旧小区楼道烟感（第一批）", "purpose": "火情早发现",
        "records": "烟雾报警和电量",
        "ground": "消防安全提升方案", "place": "新兴街道六个老旧小区楼道", "keeps_days": 180,
    },
    {
        "kind": "camera", "name": "文化广场东入口摄像头", "purpose": "广场公共安全和人流疏导",
        "records": "图像，不录声音",
        "people": True,
        "ground": "公共安全视频建设方案", "place": "文化广场东入口灯杆", "keeps_days": 30,
    },
)  # fmt: skip


def load() -> int:
    """Register them with the city's general office; how many devices. Harmless when repeated.

    Some hundreds of premises; all 40,000 where ZHILI_DEMO_PREMISES says so.
    """
    actor = _administrator()
    if actor is None:
        return 0
    demo_premises.load(int(os.environ.get("ZHILI_DEMO_PREMISES") or demo_premises.SMALL), actor)
    if Device.objects.exists():
        return 0
    today = timezone.localdate()
    for said in SAID:
        dates = {"valid_from": today - timedelta(days=30), "valid_to": today + timedelta(days=700)}
        asked = devices.Asked(**({"people": False, "sign": True} | said | dates))
        devices.register(asked, actor.office_id or 0, actor)
    return len(SAID)


def _administrator() -> Actor | None:
    office = Office.objects.filter(level="city", kind="general").order_by("pk").first()
    post = (
        Post.objects.filter(office=office, roles__contains=["admin"]).order_by("pk").first()
        if office
        else None
    )
    if office is None or post is None:
        return None
    roles = frozenset(post.roles)
    return Actor("post", post.pk, None, office.pk, "city", office.division_id, roles, label="示范")
