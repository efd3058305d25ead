"""The forms of the standing actions and of the kernel's own scenario."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zhili.core.forms import Bool, DateTime, Files, Form, Integer, LongText, Office, Offices, Text

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


class MergeInto(Form):
    lead = Text(
        "并入哪一件（编号）", required=True, max_length=40, help="同一件事的主办事项，须是同一种事项。"
    )
    reason = LongText("为什么是同一件事", required=True, max_length=1000)


class WithLead(Form):
    """What the kernel writes on a duplicate when its lead moves. The reply is the lead's."""

    lead = Text("主办事项")
    reply = LongText("答复", max_length=20_000, public=True)


class Part(Form):
    """A part split off. Its category is the scenario's own question (splitting.py)."""

    what = LongText("拆出的是哪一部分", required=True, max_length=2000, public=True)


class SplitFrom(Form):
    what = LongText("什么事", required=True, max_length=2000, public=True)
    category = Text("分类", max_length=20, public=True)


class Supervise(Form):
    ask = LongText("督办要求", required=True, max_length=1000)


class Supervised(Form):
    office = Office("被督办单位", required=True)
    ask = LongText("督办要求", required=True, max_length=1000)


class Report(Form):
    report = LongText("办理情况报告", required=True, max_length=4000, public=True)
    photos = Files("照片", max=9)


class Release(Form):
    opinion = LongText("销号意见", max_length=1000, public=True)


class AskExtension(Form):
    days = Integer("延长几个工作日", required=True, min=1, max=LONGEST_DAYS, unit="工作日")
    reason = LongText("为什么需要更多时间", required=True, max_length=1000)


class ApproveExtension(Form):
    days = Integer(
        "批准几个工作日", min=1, max=LONGEST_DAYS, unit="工作日", help="不填则按申请的天数，不能更多。"
    )
    reason = LongText("延期理由", required=True, max_length=1000, public=True, help="上报人会读到。")


class Correct(Form):
    step = Integer("更正第几步", required=True, min=1)
    wrong = LongText("原来哪里不对", required=True, max_length=1000)
    right = LongText("应当是", required=True, max_length=2000)
    public = Bool("上报人可以看到", default=True, help="原来那一步不对外的，更正也不对外。")

    @classmethod
    def public_values(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        told = ("step", "wrong", "right") if values.get("public") else ()
        return {name: values[name] for name in told if name in values}


class Hold(Form):
    ground = LongText("依据和理由", required=True, max_length=1000, help="例如法院通知、审计或复议的文号。")


class Note(Form):
    note = LongText("内部备注", required=True, max_length=2000, help="只有能看此事项的单位看得到。")
    photos = Files("附件", max=9)


class LateNote(Form):
    """What somebody did without signal, when the matter had moved on before it could be sent."""

    meant = Text("原打算办的", max_length=60)
    note = LongText("现场做了什么", required=True, max_length=6000)
    photos = Files("现场照片", max=9)


class Returned(Form):
    """What the kernel writes when a child comes back. Its reader outside is told only what is ``public``."""

    child = Text("事项编号")
    office = Office("办理单位")
    site = Text("办理城市")
    """Of a child that lived elsewhere, in place of an office of ours."""
    stage = Text("结果")
    reply = LongText("答复", max_length=20_000)
    until = DateTime("新的期限")

    @classmethod
    def public_values(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        told = ("site", "stage", "reply", "until") if values.get("public") else ()
        return {name: values[name] for name in told if name in values}
