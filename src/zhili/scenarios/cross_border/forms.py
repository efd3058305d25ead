"""The forms of a border matter. None asks for a name: what is handed over carries none unless an agreement lists it."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from zhili.core.cases.categories import choices
from zhili.core.forms import Bool, Choice, DateTime, Files, Form, LongText, Office, Personal, Place, Text

NO_NAMES = "对面也可能看到。不写个人的姓名、电话和证件号码。"

SEEN_BY = "承办单位的经办人；只有协议写明可以给的才会带来"


def sub_scenarios() -> tuple[tuple[str, str], ...]:
    """The ten sub-scenarios, as the city names them."""
    return choices("cross_border")


class Found(Form):
    """A matter at the border, by a grid worker or an office."""

    what = LongText("发生了什么", required=True, max_length=1000, public=True, help=NO_NAMES)
    place = Place("在哪里", help="点在地图上；说不清的写明地址和靠哪一边。")
    category = Choice("属于哪个子场景", required=True, choices=sub_scenarios, public=True)
    side = Choice(
        "起因在哪一边",
        choices=[
            ("ours", _("我方")),
            ("theirs", _("对方")),
            ("both", _("两边都有")),
            ("unclear", _("说不清")),
        ],
        help="只说地方，不说是谁。",
    )
    urgent = Bool("紧急", default=False, public=True, help="不等下一次碰头，马上要两边一起办的。")
    photos = Files("照片", max=9, public=True)


class Noticed(Form):
    """Found at a check of the watch list; its place is the place that was checked."""

    what = LongText("发生了什么", required=True, max_length=1000, public=True, help=NO_NAMES)


class Received(Form):
    """What came from the neighbouring site, already checked against the agreement."""

    what = LongText("发生了什么", required=True, max_length=2000, public=True)
    place = Place("在哪里")
    category = Choice("属于哪个子场景", required=True, choices=sub_scenarios, public=True)
    urgent = Bool("紧急", default=False, public=True)
    name = Personal("联系人姓名", kind="name", seen_by=SEEN_BY)
    phone = Personal("联系电话", kind="phone", seen_by=SEEN_BY)


class Accept(Form):
    category = Choice("核定子场景", choices=sub_scenarios, public=True)
    note = LongText("备注", max_length=500)


class Joint(Form):
    """Both sides come together: where, when, with which offices; posts, never names."""

    at = DateTime("什么时候", required=True, public=True)
    where = Text("在哪里碰头", required=True, max_length=100, public=True)
    offices = LongText(
        "哪些单位到场", required=True, max_length=500, public=True, help="写单位和岗位，不写姓名。"
    )


class Progress(Form):
    note = LongText("办理情况", required=True, max_length=2000, public=True, help=NO_NAMES)
    photos = Files("照片", max=9, public=True)


class Result(Form):
    result = Choice(
        "结果",
        required=True,
        public=True,
        choices=[
            ("solved", _("已解决")),
            ("partly", _("部分解决，其余有安排")),
            ("explained", _("已说明，无法解决")),
        ],
    )
    answer = LongText("做了什么", required=True, max_length=2000, public=True, help=NO_NAMES)
    photos = Files("处理后的照片", max=9, public=True)


class Reason(Form):
    reason = LongText("理由", required=True, max_length=1000, public=True)


class PassOn(Form):
    office = Office("交给哪个单位", required=True)
    reason = LongText("理由", required=True, max_length=1000)
