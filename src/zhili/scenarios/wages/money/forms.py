"""The forms of a complaint about wages, and of the facts its wage ladder rests on."""

from __future__ import annotations

from zhili.core.forms import Bool, Choice, Date, Files, Form, Integer, LongText, Personal, Place, Text

SEEN = "受理投诉的劳动保障监察机构；举报人的姓名不告诉被投诉单位（劳动保障监察条例第九条）"
YES_NO = (("unknown", "还没有查明"), ("yes", "是"), ("no", "否"))
MOST_YUAN = 1_000_000_000


class Complain(Form):
    """What a worker says is owed. Anybody may report for others (article 10)."""

    found_at = "/wages/pay"

    cause = Choice(
        "欠的是什么",
        required=True,
        choices=(
            ("unpaid", "没有发工资"),
            ("short", "发得不够"),
            ("minimum", "低于最低工资"),
            ("withheld", "被克扣"),
            ("account", "银行卡被扣押"),
        ),
    )
    what = LongText("怎么回事", required=True, max_length=2000, help="哪个工地、哪个班组、哪几个月。")
    project = Text("项目编号", max_length=30, help="工地告示牌上有；不知道可以不填。")
    site = Place("工地在哪里", help="没有项目编号时请填。")
    people = Integer("涉及几个人", default=1, min=1, max=10_000)
    amount = Integer("大约欠多少", default=0, min=0, max=MOST_YUAN, unit="元")
    since = Date("从什么时候开始欠")
    name = Personal("姓名", kind="name", seen_by=SEEN)
    phone = Personal("电话", kind="phone", seen_by=SEEN)
    files = Files("工资条、合同、考勤的照片", max=6)


class File(Form):
    note = LongText("立案说明", max_length=1000)


class Reason(Form):
    reason = LongText("理由", required=True, max_length=1000, public=True)


class Extend(Form):
    reason = LongText("情况为什么复杂", required=True, max_length=1000)


class Ladder(Form):
    """What was established. 还没有查明 is an answer: nothing is built on it."""

    arrears = Integer("查明欠薪", required=True, min=1, max=MOST_YUAN, unit="元")
    employer_is_contractor = Choice("用人单位就是施工总承包单位", choices=YES_NO, default="unknown")
    unlawful = Choice("工程违反国土空间规划、工程建设等法律法规", choices=YES_NO, default="unknown")
    let_to_unqualified = Choice(
        "发包、分包给个人或者不具备合法经营资格的单位",
        choices=(
            ("unknown", "还没有查明"),
            ("nobody", "没有"),
            ("developer", "有，由建设单位发包"),
            ("contractor", "有，由施工总承包单位分包"),
        ),
        default="unknown",
    )
    name_lent = Choice("允许他人以施工单位名义承揽", choices=YES_NO, default="unknown")
    passed_on = Choice("工程转包", choices=YES_NO, default="unknown")
    developer_withheld = Choice("建设单位未按约定拨付工程款，欠薪由此造成", choices=YES_NO, default="unknown")
    unsettled = Integer("建设单位未结清的工程款", min=0, max=MOST_YUAN, unit="元", help="没有查明就不填。")
    account = Integer(
        "工资专用账户余额", min=0, max=MOST_YUAN, unit="元", help="没有查明就不填；已有银行数据的会自动带上。"
    )
    deposit = Integer("工资保证金或保函余额", min=0, max=MOST_YUAN, unit="元", help="没有查明就不填。")
    cannot_pay = Choice("用人单位一时难以支付", choices=YES_NO, default="unknown")
    fled = Choice("用人单位逃匿", choices=YES_NO, default="unknown")


class Order(Form):
    """The decision, by a person. The firm was heard before (劳动保障监察条例 19)."""

    payer = Choice(
        "责令谁支付",
        required=True,
        public=True,
        choices=(
            ("developer", "建设单位"),
            ("contractor", "施工总承包单位"),
            ("employer", "用人单位（分包单位）"),
            ("lender", "出借名义的施工单位"),
        ),
    )
    amount = Integer("责令支付", required=True, min=1, max=MOST_YUAN, unit="元", public=True)
    articles = Text("依据的条款", required=True, max_length=200, public=True)
    until = Date("限期", required=True, public=True)
    heard = LongText("被投诉单位的陈述、申辩", required=True, max_length=2000)
    told = Bool("已告知可以申请行政复议或者提起行政诉讼", required=True)


class Paid(Form):
    amount = Integer("已付到本人账户", required=True, min=1, max=MOST_YUAN, unit="元", public=True)
    reply = LongText("经过和结果", required=True, max_length=2000, public=True, help="不写个人的姓名和电话。")
    proof = Files("银行凭证", max=6)


class Closed(Form):
    reply = LongText(
        "调查结果和理由", required=True, max_length=2000, public=True, help="不写个人的姓名和电话。"
    )
