"""The forms of an instruction. What a commander fills in is short; the office is told who will read its answer."""

from zhili.core.forms import Bool, Choice, Files, Form, LongText, Office, Offices

WITHIN = (
    ("1h", "1 小时"),
    ("2h", "2 小时"),
    ("4h", "4 小时"),
    ("1d", "1 天"),
    ("3d", "3 天"),
    ("5wd", "5 个工作日"),
    ("10wd", "10 个工作日"),
)
WHAT = "指令内容"
WITHIN_LABEL = "多久内回复"
WITHIN_HELP = "不选则按指令的一般时限。"
URGENT = "紧急"


class Give(Form):
    """One office of those the instruction is given to."""

    own_page = "/screen/instruct"

    office = Office("下达给", required=True)
    what = LongText(WHAT, required=True, max_length=1000, help="要做什么、做到什么程度。不写姓名和电话。")
    within = Choice(WITHIN_LABEL, choices=WITHIN, help=WITHIN_HELP)
    urgent = Bool(URGENT, default=False, help="在指挥屏上标明紧急。")


class GiveMany(Form):
    """What a commander fills in: one instruction for each office."""

    what = LongText(WHAT, required=True, max_length=1000, help="要做什么、做到什么程度。不写姓名和电话。")
    within = Choice(WITHIN_LABEL, choices=WITHIN, help=WITHIN_HELP)
    urgent = Bool(URGENT, default=False, help="在指挥屏上标明紧急。")
    offices = Offices("下达给", required=True, help="可以选多个单位，各有一件，各自签收和回复。")


class Instructed(Form):
    """How an instruction about a matter begins."""

    office = Office("下达给", required=True)
    what = LongText(WHAT, required=True, max_length=1000)
    urgent = Bool(URGENT, default=False)


class Progress(Form):
    note = LongText("进展", required=True, max_length=2000)
    photos = Files("照片", max=9)


class Reply(Form):
    result = Choice(
        "结果",
        required=True,
        choices=[("done", "已办好"), ("partly", "部分办好"), ("cannot", "办不了")],
        public=True,
    )
    reply = LongText(
        "回复",
        required=True,
        max_length=4000,
        public=True,
        help="写给下达单位看：做了什么，结果如何，没做到的原因。",
    )
    photos = Files("照片", max=9)


class Remark(Form):
    remark = LongText("批语", max_length=1000)


class Reason(Form):
    reason = LongText("理由", required=True, max_length=1000)


class Acknowledge(Form):
    note = LongText("怎么处置", max_length=500, help="不写姓名和电话。可以不填。")
