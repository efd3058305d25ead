"""What each figure by category and month of opening means, for the page, the API and the docs."""

from typing import Final

from zhili.core.indicators.definitions import DAYS, EXACT, SHARE, Definition

MONTHS: Final = "整月：期间首日所在月至末日所在月内收到的事项，截至数据时间的结果"
"""What period every figure of a row is about: the same cases in each."""
_ENDED: Final = {
    "answer": ("答复", "答复（要求重办后再次答复的，再计一次）"),
    "close": ("办结", "以“办结”了结"),
}


def _pace(name: str) -> tuple[Definition, ...]:
    title, what = _ENDED[name]
    count = f"{name}_count"
    return (
        Definition(
            count,
            f"{title}次数",
            f"这些事项中{what}的次数。",
            f"{title}的步骤",
            rounding=EXACT,
            period=MONTHS,
        ),
        Definition(
            f"{name}_median",
            f"{title}中位天数",
            f"从收到到{title}相隔几个零点，按最近秩法取第50百分位：至少一半不超过它。",
            f"各次{title}的天数",
            rounding=DAYS,
            period=MONTHS,
        ),
        Definition(
            f"{name}_p90",
            f"{title}九成天数",
            f"从收到到{title}相隔几个零点，按最近秩法取第90百分位：至少九成不超过它。",
            f"各次{title}的天数",
            rounding=DAYS,
            period=MONTHS,
        ),
        *(
            Definition(
                f"{name}_within_{days}",
                f"{days}天内{title}率",
                f"从收到到{title}不超过{days}个24小时的比例；只知日期的记录从零点算到零点。",
                f"{days}个24小时内的{title}",
                f"{title}次数",
                rounding=SHARE,
                period=MONTHS,
            )
            for days in (15, 60)
        ),
    )


_ALL: Final = (
    Definition("cohort_opened", "收到", "这些月份收到的件数，按现在的类别。", "收到的事项", period=MONTHS),
    Definition(
        "cohort_closed_share",
        "了结率",
        "其中截至数据时间已了结（办结、不予受理或撤回）的比例。",
        "已了结",
        "收到",
        rounding=SHARE,
        period=MONTHS,
    ),
    *_pace("answer"),
    *_pace("close"),
    Definition(
        "cohort_reopened_share",
        "重办率",
        "要求重办的次数与答复次数之比；从未答复的，与办结次数之比。",
        "要求重办",
        "答复次数或办结次数",
        rounding=SHARE,
        period=MONTHS,
    ),
)
COHORT_DEFINITIONS: Final[dict[str, Definition]] = {one.name: one for one in _ALL}
