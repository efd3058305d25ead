"""The words of the money part of wages, each with its short code."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

ADDED: Final = (
    ("advance", _("已预支工资")),
    ("tax", _("代扣个人所得税")),
    ("insurance", _("代缴社会保险费")),
    ("court", _("法院文书要求扣缴")),
    ("damage", _("赔偿单位损失")),
    ("top_up", _("补足最低工资")),
    ("cancel", _("撤销一项")),
)
SHEETS: Final = (
    ("draft", _("待劳资专管员审核")),
    ("checked", _("待工人签字、支付")),
    ("paying", _("已送银行")),
    ("closed", _("已付清")),
    ("void", _("已作废")),
)
STEPS: Final = (
    ("draft", _("编制")),
    ("check", _("审核通过")),
    ("back", _("退回重编")),
    ("void", _("作废")),
    ("pay", _("送银行支付")),
    ("close", _("付清，归档")),
)
LINES: Final = (
    ("open", _("本人还没有签字")),
    ("signed", _("本人已签字")),
    ("objected", _("本人有异议")),
    ("sent", _("已送银行")),
    ("paid", _("已到账")),
    ("returned", _("银行退回")),
    ("nothing", _("本月无应发")),
)
MARKS: Final = (
    ("signed", _("签字确认")),
    ("objected", _("提出异议")),
    ("sent", _("送银行")),
    ("paid", _("已到账")),
    ("returned", _("银行退回")),
)
FACTS: Final = (("balance", _("专用账户余额")), ("power", _("用电")), ("water", _("用水")))
CAUSES: Final = (
    ("unpaid", _("没有发工资")),
    ("short", _("发得不够")),
    ("minimum", _("低于最低工资")),
    ("withheld", _("被克扣")),
    ("account", _("银行卡被扣押")),
)
ITEMS: Final = {
    "base": gettext_noop("工资"),
    "workday_extra": gettext_noop("加点工资"),
    "restday_extra": gettext_noop("休息日工资"),
    "holiday_extra": gettext_noop("法定节假日工资"),
    "top_up": gettext_noop("补足最低工资"),
    "advance": gettext_noop("已预支工资"),
    "tax": gettext_noop("代扣个人所得税"),
    "insurance": gettext_noop("代缴社会保险费"),
    "court": gettext_noop("法院文书要求扣缴"),
    "damage": gettext_noop("赔偿单位损失"),
}
