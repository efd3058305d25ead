"""What each published figure means, in one place: pages, API, open data and the verifier all read it from here.

A figure without a definition is not published (a test holds the two lists equal). Words are Chinese source texts,
translated where they are shown.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

from django.utils.translation import gettext_noop

EVERY: Final = gettext_noop("不含不公开的事项（另计件数）；不含协办、督办等由一件事派生的办理单")
"""What no figure counts. Confidential matters are counted apart, so that leaving them out is seen."""
DAYS: Final = "按本市零点分日；一天之内为0天"
EXACT: Final = gettext_noop("整数，不取整")
SHARE: Final = "由两个整数相除，保留四位小数；分母为0时为空"
BY_STEP: Final = gettext_noop("在期间内发生的")
BY_OPENING: Final = "在期间内收到的"


@dataclass(frozen=True, slots=True)
class Definition:
    """One figure. ``numerator`` and ``denominator`` name what is counted; a plain count has no denominator."""

    name: str
    title: str
    words: str
    numerator: str
    denominator: str = ""
    exclusions: str = EVERY
    rounding: str = EXACT
    period: str = BY_STEP

    @property
    def exact(self) -> bool:
        """Whether it is a plain count, of which nothing need be said about rounding."""
        return self.rounding == EXACT

    def as_json(self) -> dict[str, Any]:
        """As the open data carry it."""
        return asdict(self)


_ALL: Final = (
    Definition("opened", "收到", "期间内收到的事项件数。", "收到的时间在期间内的事项", period=BY_OPENING),
    Definition(
        "answered",
        "已答复",
        "期间内作出答复的次数；要求重办后再次答复的，再计一次。",
        "进入“已答复”“不予受理”或当场办结的步骤",
    ),
    Definition("closed", "办结", "期间内办结的件数，不含不予受理和撤回的。", "以“办结”了结的步骤"),
    Definition("refused", "不予受理", "期间内以不予受理了结的件数。", "以“不予受理”了结的步骤"),
    Definition("withdrawn", "撤回", "期间内由上报人撤回的件数。", "以“撤回”了结的步骤"),
    Definition("reopened", "要求重办", "期间内要求重新办理的次数。", "重新办理的步骤"),
    Definition("returned", "退回", "期间内单位之间退回的次数。", "退回的步骤"),
    Definition("overdue", "超过时限", "期间内有时限到期而未办的次数；同一事项可有几次。", "时限到期的步骤"),
    Definition(
        "on_time",
        "按时答复",
        "期间内作出的答复中，答复时办理总时限没有到期的次数；环节时限另计入“超过时限”。",
        "按时作出的答复",
    ),
    Definition(
        "unclocked",
        "未计时限",
        "期间内作出的答复中，由其他系统导入、没有在本平台计时的次数。",
        "导入的历史答复",
    ),
    Definition("rated", "评价", "期间内作出的评价次数。", "评价的步骤"),
    Definition("rating_sum", "评价总分", "期间内各次评价（1至5分）之和。", "评价的分数"),
    Definition(
        "settled",
        "已了结",
        "期间内收到的事项中，截至数据时间已了结（办结、不予受理或撤回）的件数。",
        "收到的时间在期间内、现已了结的事项",
        period=BY_OPENING,
    ),
    Definition(
        "open",
        "尚未了结",
        "期间内收到的事项中，截至数据时间尚未了结的件数。",
        "收到减去已了结",
        period=BY_OPENING,
    ),
    Definition(
        "closed_share",
        "了结率",
        "期间内收到的事项中已了结的比例。",
        "已了结",
        "收到",
        rounding=SHARE,
        period=BY_OPENING,
    ),
    Definition(
        "reopened_share", "重办率", "要求重办的次数与答复次数之比。", "要求重办", "已答复", rounding=SHARE
    ),
    Definition(
        "on_time_share",
        "按时答复率",
        "有时限的答复中按时的比例。",
        "按时答复",
        "已答复减去未计时限",
        rounding=SHARE,
    ),
    Definition("rating", "平均评价", "评价的平均分，1至5分。", "评价总分", "评价", rounding=SHARE),
    Definition(
        "to_answer_median",
        "答复中位天数",
        "从收到到答复的天数，按最近秩法取第50百分位。",
        "各次答复的天数",
        rounding=DAYS,
    ),
    Definition(
        "to_answer_p90",
        "答复九成天数",
        "从收到到答复的天数，按最近秩法取第90百分位。",
        "各次答复的天数",
        rounding=DAYS,
    ),
    Definition(
        "to_close_median",
        "办结中位天数",
        "从收到到办结的天数，按最近秩法取第50百分位。",
        "各次办结的天数",
        rounding=DAYS,
    ),
    Definition(
        "to_close_p90",
        "办结九成天数",
        "从收到到办结的天数，按最近秩法取第90百分位。",
        "各次办结的天数",
        rounding=DAYS,
    ),
)
DEFINITIONS: Final[dict[str, Definition]] = {one.name: one for one in _ALL}
