"""The forms of the board: what is posted, who answers, and what they are told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal as Number

from django.utils.translation import gettext as _

from zhili.core import params
from zhili.core.forms import Bool, Choice, Cleaned, Date, Decimal, Form, Integer, LongText, Personal, Text
from zhili.scenarios.wages.jobs import honesty
from zhili.scenarios.wages.jobs.words import PAY, TRADES

WHO = "发布这条招聘、培训的单位；每次查看都写明用途并留痕"
MOST = 1_000_000
LOOK = "请劳动保障部门看过再发布"
HONEST = (
    "不得向劳动者收押金、保证金或者其他钱物，不得扣证件，"
    "不得限年龄、性别、户籍、民族（劳动合同法第九条、就业促进法，待确认）。"
)


def fen(yuan: str) -> int:
    """ "300.5" → 30050."""
    return int(Number(yuan) * 100)


class Post(Form):
    """A vacancy of a project under way."""

    own_page = "/desk/wages/jobs"

    project = Text("项目编号", required=True, max_length=30)
    firm = Integer("招聘单位", required=True, min=1)
    trade = Choice("工种", required=True, public=True, choices=TRADES)
    wanted = Integer("招几个人", required=True, public=True, min=1, max=500, unit="人")
    pay = Choice("怎么算工资", required=True, public=True, choices=PAY)
    pay_from = Decimal("工资最低", required=True, public=True, min="0.01", max=MOST, unit="元")
    pay_to = Decimal("工资最高", required=True, public=True, min="0.01", max=MOST, unit="元")
    starts = Date("什么时候上工", required=True, public=True)
    closes = Date("招聘截止日期", required=True, public=True, help="过了这一天自动停止；招满也自动停止。")
    board = Bool("包吃", public=True)
    lodging = Bool("包住", public=True)
    work = LongText("做什么、有什么要求", required=True, public=True, max_length=1000, help=HONEST)
    contact = Text("联系人", required=True, max_length=30, help="会公开，如“项目部 王工”。")
    phone = Text("联系电话", required=True, max_length=30, help="会公开。")
    look = Bool(LOOK, help="只有提示有不能提的要求、而您认为不是这个意思时才勾选。")

    @classmethod
    def check(cls, cleaned: Cleaned) -> Mapping[str, Iterable[str]]:
        values = cleaned.values
        faults: dict[str, list[str]] = {}
        if Number(values["pay_from"]) > Number(values["pay_to"]):
            faults["pay_to"] = [_("“工资最高”不能比“工资最低”少，请改正。")]
        least = int(params.get("wages.minimum").text)
        if values["pay"] == "month" and Number(values["pay_from"]) < least:
            faults["pay_from"] = [
                _("月工资最低 %(given)s 元，低于本市月最低工资标准 %(least)s 元，不能发布。")
                % {"given": values["pay_from"], "least": least}
            ]
        if not values["look"] and (words := honesty.told([values["work"], values["contact"]])):
            faults["work"] = [words]
        return faults


class Edit(Post):
    """The same, posted already: project and firm stay."""

    own_page = ""
    project = None  # type: ignore[assignment]
    firm = None  # type: ignore[assignment]


class Announce(Form):
    """A course. A firm names its project, an office does not."""

    own_page = "/desk/wages/jobs"

    project = Text("项目编号", max_length=30)
    firm = Integer("主办单位", min=1)
    subject = Text("学什么", required=True, public=True, max_length=60)
    trade = Choice("适合哪个工种", required=True, public=True, choices=TRADES)
    place = Text("在哪里上课", required=True, public=True, max_length=80)
    starts = Date("开课日期", required=True, public=True)
    ends = Date("结课日期", required=True, public=True)
    closes = Date("报名截止日期", required=True, public=True)
    places = Integer("名额", required=True, public=True, min=1, max=1000, unit="人")
    fee = Decimal("收费", public=True, default="0", min=0, max=100_000, unit="元", help="免费填 0。")
    certificate = Text("发什么证书", public=True, max_length=60, help="写证书的全名；不发证书就不填。")
    work = LongText("说明", required=True, public=True, max_length=1000)
    contact = Text("联系人", required=True, max_length=30, help="会公开。")
    phone = Text("联系电话", required=True, max_length=30, help="会公开。")
    look = Bool(LOOK, help="只有提示有不能提的要求、而您认为不是这个意思时才勾选。")

    @classmethod
    def check(cls, cleaned: Cleaned) -> Mapping[str, Iterable[str]]:
        values = cleaned.values
        if values["starts"] > values["ends"]:
            return {"ends": [_("“结课日期”不能早于“开课日期”，请改正。")]}
        if values["closes"] > values["starts"]:
            return {"closes": [_("“报名截止日期”不能晚于“开课日期”，请改正。")]}
        words = honesty.told([values["subject"], values["work"], values["contact"]], course=True)
        return {"work": [words]} if words and not values["look"] else {}


class EditCourse(Announce):
    own_page = ""
    project = None  # type: ignore[assignment]
    firm = None  # type: ignore[assignment]


class Reason(Form):
    reason = LongText("原因", required=True, max_length=500, public=True, help="对方会看到。")


class Answer(Form):
    note = LongText("要告诉对方的", max_length=500, public=True, help="什么时候、到哪里、找谁。")


class Answerer(Form):
    """Who answers a posting."""

    name = Personal("姓名", kind="name", required=True, seen_by=WHO)
    phone = Personal("手机号", kind="phone", required=True, seen_by=WHO)
    note = LongText("想说的", max_length=300, help="做过什么、什么时候能来。不用写身份证号。")


class Known(Answerer):
    """The same of a registered worker: name and telephone are those of the registration."""

    name = None  # type: ignore[assignment]
    phone = None  # type: ignore[assignment]


class Apply(Answerer):
    found_at = "/wages/jobs"
    own_page = "/wages/jobs"

    posting = Text("招聘编号", required=True, max_length=30)


class Enrol(Answerer):
    found_at = "/wages/training"
    own_page = "/wages/training"

    posting = Text("培训编号", required=True, max_length=30)
