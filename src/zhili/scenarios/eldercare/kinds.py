"""What an alarm can be about, whom a wearer may name, and what a responder may find."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_noop as noop


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
            noop("按了呼救键"),
            "eldercare.sos",
            "triangle-alert",
            noop("先打电话问情况，打不通马上去。"),
        ),
        Kind("call", noop("按了呼叫键"), "eldercare.call", "phone", noop("请回电话，问需要什么帮助。")),
        Kind(
            "fall",
            noop("可能跌倒"),
            "eldercare.fall",
            "triangle-alert",
            noop("可能起不来，也可能够不到电话，请马上去看。"),
        ),
        Kind(
            "heart",
            noop("心率异常"),
            "eldercare.heart_high",
            "triangle-alert",
            noop("手环测得的心率异常，不是诊断；请去看人。"),
        ),
        Kind(
            "left",
            noop("离开了自己选的范围"),
            "eldercare.left",
            "map-pin",
            noop("请先电话联系，联系不上再去找。"),
        ),
        Kind(
            "silent",
            noop("长时间没有动静"),
            "eldercare.silent",
            "clock",
            noop("也可能是手环没电或没戴，请先打电话。"),
        ),
    )
}
BY_RULE = {one.rule: one.name for one in KINDS.values()} | {"eldercare.heart_low": "heart", "eldercare.device_fall": "fall"}

CONSENT = (("own", "老人本人同意"), ("guardian", "监护人同意（仅限本人行为能力受限）"))
FENCES = (("0", "不要这项提醒"), ("200", "200 米"), ("500", "500 米"), ("1000", "1 公里"), ("3000", "3 公里"))
RELATIONS = (
    ("child", "子女"),
    ("spouse", "配偶"),
    ("kin", "其他亲属"),
    ("neighbour", "邻居"),
    ("other", "其他人"),
)
FINDINGS = (("real", "真的需要帮助"), ("false", "误报"), ("drill", "演练"))
ENDINGS = (
    ("returned", "不再使用，手环已交回"),
    ("moved", "搬离本地"),
    ("died", "老人去世"),
    ("other", "其他"),
)
RESPONDERS = ("grid", "handler", "leader")
"""Roles of posts that go when somebody calls."""
