"""The forms of the standing actions and of the kernel's own scenario."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zhili.core.forms import Files, Form, Integer, LongText, Office, Offices, Text

LONGEST_DAYS = 366
"""No form takes more; the parameters say how much less."""


class AskAssistance(Form):
    offices = Offices("请哪些单位协办", required=True, help="可以选多个单位，各办各的，各有时限。")
    what = LongText("请对方做什么", required=True, max_length=1000)
    days = Integer(
        "几个工作日内办完", min=1, max=LONGEST_DAYS, unit="工作日", help="不填则按协办的一般时限。"
    )


class Asked(Form):
    """How a request for assistance begins: one office of those asked."""

    office = Office("协办单位", required=True)
    what = LongText("需要做什么", required=True, max_length=1000)


class Reason(Form):
    reason = LongText("理由", required=True, max_length=1000, public=True)


class Progress(Form):
    note = LongText("办理情况", required=True, max_length=2000)
    photos = Files("照片", max=9)


class Result(Form):
    result = LongText(
        "协办结果", required=True, max_length=4000, public=True, help="写给主办单位看：做了什么，结果如何。"
    )
    photos = Files("照片", max=9)


class Returned(Form):
    """What the kernel writes when a child comes back. Its reader outside is told only what is ``public``."""

    child = Text("事项编号")
    office = Office("办理单位")
    stage = Text("结果")
    reply = LongText("答复", max_length=20_000)
    until = Text("新的期限")

    @classmethod
    def public_values(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        told = ("stage", "reply", "until") if values.get("public") else ()
        return {name: values[name] for name in told if name in values}
