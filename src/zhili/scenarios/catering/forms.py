"""What is asked: of the office that files an outlet, of the owner's phone, of whoever finds or rechecks a problem."""

from __future__ import annotations

from django.utils import timezone

from zhili.core.forms import (
    Bool,
    Choice,
    Date,
    Files,
    Form,
    Integer,
    LongText,
    MultiChoice,
    Office,
    Text,
)
from zhili.scenarios.catering.kinds import FORMS, ITEMS, KINDS

NO_NAMES = "不写人的姓名和电话。"
PAGE = "/desk/catering"
PROBLEMS = [(code, one.title) for code, one in KINDS.items()]
THINGS = [(one.code, one.title) for one in ITEMS]


class Facts(Form):
    """What an outlet is like."""

    form = Choice("业态", required=True, choices=list(FORMS.items()))
    seats = Integer("餐位数", min=0, max=20_000)
    hobs = Integer("灶头数", min=0, max=500)
    smoky = Bool("产生油烟", default=True)
    purifier = Text("油烟净化器型号", max_length=80)
    trap = Bool("有隔油池", default=True)
    collector = Text("餐厨垃圾收运单位", max_length=80, help="写单位名称，不写人的姓名。")


class File(Facts):
    own_page = PAGE

    premises = Integer("场所登记编号", required=True, min=1)


class Check(Form):
    """自查: by the owner's phone."""

    day = Date("哪一天做的", required=True, not_after=timezone.localdate)
    done = MultiChoice("做好了什么", required=True, choices=THINGS, public=True)
    photos = Files("拍一张照片", required=True, max=6, public=True, help="拍设施，不要拍到人。")
    wrong = MultiChoice("有没有做不好、需要帮忙的", choices=THINGS, public=True, help="说出来不会因此受罚。")
    note = LongText("说明", max_length=500, help=NO_NAMES)


class Earlier(Form):
    """纸质台账补录: cleanings written down on paper before."""

    days = LongText(
        "清洗的日期",
        required=True,
        max_length=1500,
        public=True,
        help="一行一个，例如 2026-09-01；两年以内的。",
    )
    photos = Files("纸质台账的照片", max=6, public=True)


class Find(Form):
    """检查发现."""

    own_page = PAGE

    premises = Integer("场所登记编号", required=True, min=1)
    kind = Choice("问题种类", required=True, choices=PROBLEMS, public=True)
    what = LongText("看到什么", required=True, max_length=1000, public=True, help=NO_NAMES)
    photos = Files("照片", max=9, public=True)


class Passed(Form):
    """What another matter passes on: a self-check, a resident's report."""

    what = LongText("看到什么", required=True, max_length=2000, public=True, help=NO_NAMES)
    kind = Choice("问题种类", choices=PROBLEMS, public=True)
    premises = Integer("场所登记编号", min=1)
    office = Office("交给哪个单位")


class Sensed(Form):
    """What a rule says."""

    warning = Integer("预警", min=1)
    source = Integer("设备", min=1)
    subject = Integer("场所", min=1)


class Expiring(Form):
    premises = Integer("场所登记编号", required=True, min=1)
    until = Date("许可证最后一天", required=True, public=True)


class Again(Form):
    warning = Integer("预警", min=1)


class Tell(Form):
    demand = LongText("请经营者做什么", required=True, max_length=1000, public=True, help=NO_NAMES)


class Proof(Form):
    done = LongText("改了什么", required=True, max_length=2000, public=True, help=NO_NAMES)
    photos = Files("整改后的照片", required=True, max=9, public=True, help="拍设施，不要拍到人。")


class Words(Form):
    words = LongText("想说明的情况", required=True, max_length=2000, public=True, help=NO_NAMES)
    photos = Files("照片", max=9, public=True)


class Rechecked(Form):
    words = LongText("复查看到的情况", required=True, max_length=2000, public=True, help=NO_NAMES)
    photos = Files("复查照片", max=9, public=True)


class Reason(Form):
    reason = LongText("理由", required=True, max_length=1000, public=True, help=NO_NAMES)


class Penalise(Form):
    what = LongText("涉嫌违反什么、查到什么", required=True, max_length=2000, help=NO_NAMES)


class Which(Form):
    premises = Integer(
        "场所登记编号", required=True, min=1, help="在“餐饮”里找到这一家，网址最后的数字就是编号。"
    )
    kind = Choice("问题种类", required=True, choices=PROBLEMS, public=True)
