"""The forms of wages: filing a project, and how a disagreement about a day ends."""

from __future__ import annotations

from zhili.core.forms import Choice, Date, Files, Form, Integer, LongText, Personal, Place, Text

BOARD = "工地告示牌上公示（保障农民工工资支付条例第三十四条）"
KEEPERS = "项目所在地人力资源社会保障部门、本项目劳资专管员"


class File(Form):
    """A project as filed: articles 24, 26, 28, 32 and 34."""

    name = Text("项目名称", required=True, max_length=80, public=True)
    site = Place("工地位置", required=True, point_required=True, public=True, help="点在工地大门口。")
    radius = Integer(
        "围栏半径", default=300, min=20, max=5000, unit="米", help="从大门算起，盖住全部施工范围。"
    )
    developer = Text("建设单位统一社会信用代码", required=True, max_length=24)
    contractor = Text("施工总承包单位统一社会信用代码", required=True, max_length=24)
    department = Text(
        "项目部", required=True, max_length=80, public=True, help="施工总承包单位在现场的项目部名称。"
    )
    industry = Text("相关行业工程建设主管部门", required=True, max_length=60, help="如某区住房和城乡建设局。")
    industry_phone = Text("主管部门投诉举报电话", required=True, max_length=30)
    officer_name = Personal("劳资专管员姓名", kind="name", required=True, seen_by=BOARD)
    officer_phone = Personal("劳资专管员电话", kind="phone", required=True, seen_by=BOARD)
    bank = Text("农民工工资专用账户开户银行", required=True, max_length=80)
    account_number = Personal("专用账户账号", kind="bank_account", required=True, seen_by=KEEPERS)
    deposit_kind = Choice(
        "工资保证金",
        required=True,
        choices=(("cash", "现金存储"), ("guarantee", "银行保函"), ("none", "免存或未存")),
    )
    deposit_yuan = Integer("保证金或保函金额", default=0, min=0, max=1_000_000_000, unit="元")
    payday = Integer(
        "每月几日发工资", required=True, min=1, max=31, help="当月没有这一天的，在月末发；遇节假日提前发。"
    )
    starts = Date("开工日期", required=True)


class Remark(Form):
    note = LongText("说明", max_length=1000, public=True)


class Reason(Form):
    reason = LongText("理由", required=True, max_length=1000, public=True)


class Completed(Form):
    on = Date(
        "完工日期",
        required=True,
        public=True,
        help="从公示之日起满 30 日且没有拖欠，可以申请注销专用账户（第二十七条）。",
    )
    proof = Files("完工证明", max=3)


class Raise(Form):
    """What a no to a day is, as its case keeps it. Opened by the platform, in the words of whoever said no."""

    project = Integer("项目", required=True, min=1, max=9_999_999_999_999)
    line = Integer("考勤记录", required=True, min=1, max=9_999_999_999_999)
    role = Choice(
        "由谁提出", required=True, choices=(("worker", "工人"), ("leader", "班组长"), ("firm", "单位"))
    )
    what = LongText("哪里不对", required=True, max_length=300)


class Settled(Form):
    how = Choice(
        "怎样了结",
        required=True,
        public=True,
        choices=(
            ("corrected", "记录已改正，三方重新确认"),
            ("agreed", "提出的一方同意了原来的记录"),
            ("stands", "各方仍不一致，按劳动争议处理"),
        ),
    )
    reply = LongText(
        "处理经过和结果", required=True, max_length=2000, public=True, help="不写个人的姓名和电话。"
    )
