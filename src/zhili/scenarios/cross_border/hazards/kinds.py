"""Kinds and levels of what is watched, how often each level is checked, and which kinds may stand in public."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _


@dataclass(frozen=True)
class HazardKind:
    """``public``: whether its place may stand in the public list; not where it would help whoever means harm."""

    code: str
    title: str
    public: bool = True


KINDS: tuple[HazardKind, ...] = (
    HazardKind("chemicals", _("危险化学品仓库"), public=False),
    HazardKind("fuel", _("加油加气站")),
    HazardKind("bridge", _("老旧桥梁")),
    HazardKind("river_mouth", _("河口、闸口")),
    HazardKind("flood", _("易涝积水点")),
    HazardKind("market", _("集贸市场")),
    HazardKind("site", _("建筑工地")),
    HazardKind("crossing", _("事故多发路口")),
    HazardKind("pipeline", _("穿越界线的管线"), public=False),
    HazardKind("other", _("其他地点或隐患")),
)
BY_CODE = {one.code: one for one in KINDS}
LEVELS: tuple[tuple[str, str], ...] = (
    ("high", _("重大风险")),
    ("middle", _("较大风险")),
    ("low", _("一般风险")),
)
"""Our own three levels; the official four colours belong to warnings."""
CHECKS: dict[str, str] = {
    "high": "cross_border.hazard_check_high",
    "middle": "cross_border.hazard_check_middle",
    "low": "cross_border.hazard_check_low",
}
"""The parameter that says how often a level is checked."""
