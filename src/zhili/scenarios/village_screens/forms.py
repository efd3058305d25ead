"""The forms of the village screens. None asks for a name: what is shown is read by everybody."""

from __future__ import annotations

from zhili.core.forms import Bool, Choice, Date, DateTime, Files, Form, Integer, LongText, Text
from zhili.scenarios.village_screens.kinds import ITEMS

NO_NAMES = "村里人人看得到。不写个人的姓名、电话和证件号码。"
HEADING = "标题"
PICTURE = "图片"


class Notice(Form):
    heading = Text(HEADING, required=True, max_length=24, help="电视上一行放得下，不超过 24 个字。")
    body = LongText("内容", required=True, max_length=600, help=NO_NAMES)
    cell = Text("只给哪个网格看", max_length=20, help="填网格编号；不填就是全村。")
    starts = DateTime("从什么时候起显示", help="不填则批准后马上显示。")
    ends = DateTime("显示到什么时候", required=True, help="到时自动撤下。")
    urgent = Bool("紧急", default=False, help="批准后打断电视轮播，直到撤下或到期。")
    pictures = Files(PICTURE, max=1)


class Disclosed(Form):
    item = Choice("公开哪一项", required=True, choices=ITEMS)
    heading = Text(HEADING, required=True, max_length=24)
    first = Date("期间从哪天", required=True)
    last = Date("期间到哪天", required=True)
    body = LongText("内容", required=True, max_length=4000, help=NO_NAMES)
    files = Files("附件", max=1, help="一份 PDF 或照片，村民可以下载。")


class Proposal(Form):
    heading = Text("议题", required=True, max_length=24)
    body = LongText("支部提议的内容", required=True, max_length=2000, help=NO_NAMES)


class Discussed(Form):
    """The two committees talked it over."""

    held_on = Date("哪天商议", required=True)
    present = Integer("到会人数", required=True, min=1, max=99)
    minutes = LongText(
        "商议意见", required=True, max_length=2000, help="写意见和岗位，不写谁说了什么。" + NO_NAMES
    )


class Voted(Form):
    """A meeting that voted: how many, never who."""

    held_on = Date("哪天开会", required=True)
    entitled = Integer("应到人数", required=True, min=1, max=99999)
    present = Integer("实到人数", required=True, min=1, max=99999)
    agreed = Integer("同意", required=True, min=0, max=99999)
    against = Integer("不同意", required=True, min=0, max=99999)
    abstained = Integer("弃权", required=True, min=0, max=99999)
    minutes = LongText("会议记录摘要", required=True, max_length=2000, help=NO_NAMES)


class Resolved(Voted):
    meeting = Choice(
        "哪一种会议",
        required=True,
        choices=[
            ("assembly", "村民会议"),
            ("households", "村民会议（户代表）"),
            ("representatives", "村民代表会议"),
        ],
    )
    resolution = LongText("决议", required=True, max_length=2000, help=NO_NAMES)


class Implemented(Form):
    result = LongText("实施结果", required=True, max_length=2000, help=NO_NAMES)
    pictures = Files("照片", max=3)


class Reason(Form):
    reason = LongText("理由", required=True, max_length=500)


class Remark(Form):
    remark = LongText("意见", max_length=500)


class Ask(Form):
    own_page = "/village"

    village = Text("哪个村", required=True, max_length=12)
    about = Text("问哪一项公开", max_length=16)
    what = LongText("想问什么", required=True, max_length=300, help="不用写姓名和电话。")


class Answer(Form):
    question = Text(
        "公开时怎样写这个问题",
        required=True,
        max_length=300,
        public=True,
        help="与回答一起公布。去掉能看出是谁的内容。",
    )
    answer = LongText("回答", required=True, max_length=2000, public=True, help=NO_NAMES)
