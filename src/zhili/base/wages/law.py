"""The numbers wages are reckoned by, and where each comes from. ``confirmed`` False: the text was not at hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Ground:
    """A rule of law as cited on a line. ``confirmed``: it was read in the text kept with this program."""

    name: str
    words: str
    confirmed: bool


GROUNDS: Final = {
    one.name: one
    for one in (
        Ground(
            "days", "《保障农民工工资支付条例》第三十一条：按月考核工作量，编制工资支付表，本人签字", True
        ),
        Ground("workday_150", "《劳动法》第四十四条（一）：延长工作时间，不低于工资的150%（待确认）", False),
        Ground("restday_200", "《劳动法》第四十四条（二）：休息日工作又不补休，不低于200%（待确认）", False),
        Ground("holiday_300", "《劳动法》第四十四条（三）：法定休假日工作，不低于300%（待确认）", False),
        Ground("month_2175", "月计薪天数21.75天（待确认）", False),
        Ground("minimum", "当地最低工资标准，告示牌公示：《保障农民工工资支付条例》第三十四条（二）", True),
        Ground("minimum_share", "不满勤的月份按出勤折算最低工资（待确认）", False),
        Ground("leave_51", "《劳动法》第五十一条：法定休假日和婚丧假期间依法支付工资（待确认）", False),
        Ground("damage_20", "赔偿损失的扣款不超过当月工资的20%，扣后不低于最低工资（待确认）", False),
        Ground("ledger", "《保障农民工工资支付条例》第十五条：代扣、代缴、扣除项目和数额列入台账", True),
        Ground("agreed", "按合同约定；《保障农民工工资支付条例》第六条", True),
    )
}

PERCENT: Final = {"workday": 150, "restday": 200, "holiday": 300}
"""Of the hourly wage for time beyond the day's hours (workday), of the wage for work on the others. 劳动法 44."""
MONTH_DAYS: Final = (2175, 100)
"""Paid days in a month as a fraction: the daily wage of a monthly wage, for overtime only."""
DAY_MINUTES: Final = 480
DAMAGE_PERCENT: Final = 20
