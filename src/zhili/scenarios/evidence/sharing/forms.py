"""The forms of a share link: made, opened, made longer, taken back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zhili.core.documents.forms import Assigned
from zhili.core.forms import Bool, Choice, Date, Form, Integer, LongText, MultiChoice, Office, Personal, Text

SERIAL = "链接编号"
MOST_VIEWS = 50
LONGEST_DAYS = 366
"""What a form takes at all; the city's own limit is the parameter evidence.share_longest."""
WAYS = (("view", "只看，不给原件"), ("download", "看，也可以下载原件"))
RECEIVERS = (("office", "本市的单位"), ("other", "其他单位"))
ONLY_THEM = "出具链接的单位；只用来发验证码"


class Chosen(MultiChoice):
    """Some of an item's files. Without choices any ids are taken here: the step checks that they are the item's."""

    def clean(self, raw: Any, choices: Iterable[Any] | None = None) -> Any:
        if choices is not None:
            return list(super().clean(raw, choices))
        found = [raw] if isinstance(raw, str) else raw
        try:
            return list(dict.fromkeys(str(UUID(one)) for one in found))
        except (ValueError, TypeError, AttributeError):
            raise self.wrong(_("“{label}”里没有这个选项，请从列出的选项中选。")) from None


class Which(Text):
    """Which link of the item: the page knows and does not ask."""

    partial = "evidence_hidden"


class Make(Form):
    """What a post in charge fills in."""

    own_page = "share"

    receiver = Choice("给谁看", required=True, choices=RECEIVERS, default="office")
    office = Office("单位", required=True, when=("receiver", "office"))
    name = Text(
        "单位名称", required=True, max_length=60, when=("receiver", "other"), help="写单位全称，不写姓名。"
    )
    purpose = Text(
        "给他们看的用途", required=True, max_length=200, help="例如：审查起诉、复核、理赔核实。不写姓名。"
    )
    shown = Chosen(gettext_noop("给看哪些文件"), choices=())
    custody = Bool("经手链也给看", default=True, help="从入库到现在每一次经手：谁、什么时候、为什么。")
    way = Choice("可以怎样看", required=True, choices=WAYS, default="view")
    watermark = Bool(
        "副本加水印",
        default=True,
        when=("way", "download"),
        help="图片和 PDF 上会写明给哪个单位看、什么时候打开的、哪个链接。",
    )
    views = Integer("最多打开几次", required=True, min=1, max=MOST_VIEWS, default=3)
    days = Integer("有效几天", required=True, min=1, max=LONGEST_DAYS, default=7)
    opens_on = Date("从哪天起可看", help="不填则马上可看。")
    phone = Personal(
        "收件人手机号",
        kind="phone",
        seen_by=ONLY_THEM,
        help="可以不填。填了，对方打开时还要输入发到这个手机的验证码。",
    )
    serial = Assigned(SERIAL, max_length=8)
    until = Assigned("有效至", max_length=40)


class Look(Form):
    """What whoever follows the link says before it opens. It names an office and a purpose, never a person."""

    serial = Which(SERIAL, required=True, max_length=8)
    stated = Text("打开的单位", required=True, max_length=60)
    purpose = Text("为什么看", required=True, max_length=200)
    viewing = Assigned("第几次打开", max_length=8)


class Opening(Form):
    """The page that opens a link: what `Look` keeps, and the box that is ticked."""

    stated = Text("您的单位", required=True, max_length=60, help="写单位名称，不写姓名。")
    purpose = Text(
        "为什么看", required=True, max_length=200, help="例如：核对现场照片，写审查意见。不写姓名。"
    )
    agreed = Bool("我已看过并同意上面的条件", required=True)


class OpeningWithCode(Form):
    stated = Text("您的单位", required=True, max_length=60, help="写单位名称，不写姓名。")
    purpose = Text(
        "为什么看", required=True, max_length=200, help="例如：核对现场照片，写审查意见。不写姓名。"
    )
    code = Text("短信验证码", required=True, max_length=12)
    agreed = Bool("我已看过并同意上面的条件", required=True)


class Longer(Form):
    own_page = "shares"

    serial = Which(SERIAL, required=True, max_length=8)
    days = Integer("从今天起有效几天", required=True, min=1, max=LONGEST_DAYS)
    views = Integer("再给几次", min=0, max=MOST_VIEWS, default=0)
    reason = Text("理由", required=True, max_length=200)
    recipient = Assigned("给", max_length=80)
    until = Assigned("有效至", max_length=40)


class TakeBack(Form):
    own_page = "shares"

    serial = Which(SERIAL, required=True, max_length=8)
    reason = LongText("为什么收回", required=True, max_length=200)
    recipient = Assigned("给", max_length=80)


class Export(Form):
    """An item handed out in a bag that is checked without this platform."""

    own_page = "export"

    receiver = Text("交给谁", required=True, max_length=80, help="写单位全称，不写姓名。")
    purpose = Text("用途", required=True, max_length=200, help="例如：随案移送、送鉴定、归档。不写姓名。")
    bag = Assigned("证据包", max_length=80)
    fingerprint = Assigned("证据包指纹", max_length=64)
    held = Assigned("包里有", max_length=80)


class Exporting(Form):
    """What the export page asks."""

    receiver = Text("交给谁", required=True, max_length=80, help="写单位全称，不写姓名。")
    purpose = Text("用途", required=True, max_length=200, help="例如：随案移送、送鉴定、归档。不写姓名。")
    others = Text("一起装进去的其他物证", max_length=1000, help="物证编号，用空格或逗号分开。可以不填。")
