"""What an alarm can be about, whom a wearer may name, and what a responder may find."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _


@dataclass(frozen=True)
class Kind:
    """``rule``: the last part of the rule's name. ``first``: what to do on the way, in a sentence."""

    name: str
    title: str
    rule: str
    icon: str
    first: str


KINDS = {
    one.name: one
    for one in (
        Kind(
            "sos",
            _("按了呼救键"),
            "eldercare.sos",
            "triangle-alert",
            _("先打电话问情况，打不通马上去。"),
        ),
        Kind("call", _("按了呼叫键"), "eldercare.call", "phone", _("请回电话，问需要什么帮助。")),
        Kind(
            "fall",
            _("可能跌倒"),
            "eldercare.fall",
            "triangle-alert",
            _("可能起不来，也可能够不到电话，请马上去看。"),
        ),
        Kind(
            "heart",
            _("心率异常"),
            "eldercare.heart_high",
            "triangle-alert",
            _("手环测得的心率异常，不是诊断；请去看人。"),
        ),
        Kind(
            "left",
            _("离开了自己选的范围"),
            "eldercare.left",
            "map-pin",
            _("请先电话联系，联系不上再去找。"),
        ),
        Kind(
            "silent",
            _("长时间没有动静"),
            "eldercare.silent",
            "clock",
            _("也可能是手环没电或没戴，请先打电话。"),
        ),
    )
}
BY_RULE = {one.rule: one.name for one in KINDS.values()} | {
    "eldercare.heart_low": "heart",
    "eldercare.device_fall": "fall",
}

CONSENT = (("own", _("老人本人同意")), ("guardian", _("监护人同意（仅限本人行为能力受限）")))
FENCES = (
    ("0", _("不要这项提醒")),
    ("200", _("200 米")),
    ("500", _("500 米")),
    ("1000", _("1 公里")),
    ("3000", _("3 公里")),
)
RELATIONS = (
    ("child", _("子女")),
    ("spouse", _("配偶")),
    ("kin", _("其他亲属")),
    ("neighbour", _("邻居")),
    ("other", _("其他人")),
)
FINDINGS = (("real", _("真的需要帮助")), ("false", _("误报")), ("drill", _("演练")))
ENDINGS = (
    ("returned", _("不再使用，手环已交回")),
    ("moved", _("搬离本地")),
    ("died", _("老人去世")),
    ("other", _("其他")),
)
RESPONDERS = ("grid", "handler", "leader")
"""Roles of posts that go when somebody calls."""
