"""The ten sub-scenarios (子场景) under the five integrations (五个一体化), and who thought of which."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

INTEGRATIONS: dict[str, str] = {
    "org": _("组织管理一体化"),
    "peace": _("平安守护一体化"),
    "law": _("执法司法一体化"),
    "risk": _("风险防控一体化"),
    "life": _("民生服务一体化"),
}
"""The five the seed names, by the code of the category that holds their sub-scenarios."""


@dataclass(frozen=True)
class SubScenario:
    """One of the ten; a category of the duty list with the same code."""

    code: str
    title: str
    integration: str
    what: str
    named: bool = False
    """Named by the seed (Pinghu's own list); else our own design, and pages say so."""


SUB_SCENARIOS: tuple[SubScenario, ...] = (
    SubScenario("grid", _("网格协同"), "org", _("交界两边的网格一起看、一起管"), named=True),
    SubScenario("linkage", _("跨界联动"), "org", _("路、桥、管线跨着界，一边动另一边也要动"), named=True),
    SubScenario("guard", _("金边卫士"), "peace", _("交界路口、码头的联合值守和巡防"), named=True),
    SubScenario("events", _("活动联保"), "peace", _("赛事、庙会等人多的活动，两边一份方案")),
    SubScenario("enforcement", _("联合执法"), "law", _("跨界倾倒、占道、违建，两边一起查")),
    SubScenario("mediation", _("纠纷联调"), "law", _("交界的用水、用地、噪声等纠纷，两边一起调")),
    SubScenario(
        "hazards", _("重点管控"), "risk", _("危险的地方和物，不是人：仓库、桥梁、加油站"), named=True
    ),
    SubScenario("waters", _("水域联防"), "risk", _("界河的水质、水位、漂浮物和闸门")),
    SubScenario("services", _("毗邻通办"), "life", _("在对面办事、看病、坐车遇到的难处")),
    SubScenario("aid", _("急难互助"), "life", _("停水停电、救援等急事，谁近谁先到")),
)
BY_CODE = {one.code: one for one in SUB_SCENARIOS}

TOPICS = {
    "cells": _("网格"),
    "matters": _("在办的事"),
    "figures": _("协议的数字"),
    "patrols": _("联合巡防"),
    "plans": _("活动方案"),
    "hazards": _("隐患清单"),
}
"""What sites may tell one another, in words."""
