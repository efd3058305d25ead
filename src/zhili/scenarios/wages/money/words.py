"""The words of the money part of wages, each with its short code."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

ADDED: Final[tuple[tuple[str, Any], ...]] = (
    ("advance", _("已预支工资")),
    ("tax", _("代扣个人所得税")),
    ("insurance", _("代缴社会保险费")),
    ("court", _("法院文书要求扣缴")),
    ("damage", _("赔偿单位损失")),
    ("top_up", _("补足最低工资")),
    ("back_pay", _("补发以前少发的工资")),
    ("leave", _("假期工资")),
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
REBANKED: Final = (
    ("asked", _("登记了新账号，等本人确认")),
    ("confirmed", _("本人确认，开始使用")),
    ("declined", _("本人说不是自己的账号")),
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
    "back_pay": gettext_noop("补发以前少发的工资"),
    "leave": gettext_noop("假期工资"),
    "advance": gettext_noop("已预支工资"),
    "tax": gettext_noop("代扣个人所得税"),
    "insurance": gettext_noop("代缴社会保险费"),
    "court": gettext_noop("法院文书要求扣缴"),
    "damage": gettext_noop("赔偿单位损失"),
}

GROUNDS: Final = {
    "days": gettext_noop("《保障农民工工资支付条例》第三十一条：按月考核工作量，编制工资支付表，本人签字"),
    "workday_150": gettext_noop("《劳动法》第四十四条（一）：延长工作时间，不低于工资的150%（待确认）"),
    "restday_200": gettext_noop("《劳动法》第四十四条（二）：休息日工作又不补休，不低于200%（待确认）"),
    "holiday_300": gettext_noop("《劳动法》第四十四条（三）：法定休假日工作，不低于300%（待确认）"),
    "month_2175": gettext_noop("月计薪天数21.75天（待确认）"),
    "minimum": gettext_noop("当地最低工资标准，告示牌公示：《保障农民工工资支付条例》第三十四条（二）"),
    "leave_51": gettext_noop("《劳动法》第五十一条：法定休假日和婚丧假期间依法支付工资（待确认）"),
    "damage_20": gettext_noop("赔偿损失的扣款不超过当月工资的20%，扣后不低于最低工资（待确认）"),
    "ledger": gettext_noop("《保障农民工工资支付条例》第十五条：代扣、代缴、扣除项目和数额列入台账"),
    "agreed": gettext_noop("按合同约定；《保障农民工工资支付条例》第六条"),
}
"""What `base.wages.law` cites, as people read it."""
RETURNED: Final = {
    "name_mismatch": (
        gettext_noop("户名与账号不符"),
        gettext_noop("请本人核对姓名和账号，重新登记后再发"),
    ),
    "closed": (
        gettext_noop("账户已销户"),
        gettext_noop("请本人提供新的本人账户"),
    ),
    "frozen": (
        gettext_noop("账户被冻结或止付"),
        gettext_noop("请本人联系开户行；工资不得因此改付他人"),
    ),
    "no_account": (
        gettext_noop("账号不存在"),
        gettext_noop("请本人核对账号，重新登记后再发"),
    ),
    "dormant": (
        gettext_noop("账户长期不动，银行暂停使用"),
        gettext_noop("请本人到开户行恢复使用，再发"),
    ),
    "limit": (
        gettext_noop("超过账户限额"),
        gettext_noop("请本人到开户行提高限额，或改用本人另一账户"),
    ),
    "other": (
        gettext_noop("银行退回，原因另述"),
        gettext_noop("劳资专管员向银行问明原因，再决定"),
    ),
}
"""Why the bank returned a wage, and what is to be done."""
DAYS: Final = {
    "workday": gettext_noop("工作日"),
    "restday": gettext_noop("休息日"),
    "holiday": gettext_noop("法定节假日"),
}
