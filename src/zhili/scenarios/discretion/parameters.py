"""Limits and thresholds. What the Act says carries its article; what it does not say is the city's and 待确认."""

from __future__ import annotations

from zhili.core.params import Param
from zhili.scenarios.discretion.law import ACT

OWN = "平台约定，城市可改"
COURT = "中华人民共和国行政强制法"

PARAMS = (
    Param("discretion.decide", "90d", title="自立案到作出处罚决定", source=ACT, article="第六十条"),
    Param(
        "discretion.preserved",
        "7wd",
        title="先行登记保存的处理决定",
        source=ACT,
        article="第五十六条、第八十五条",
    ),
    Param(
        "discretion.ask_hearing", "5wd", title="当事人要求听证", source=ACT, article="第六十四条、第八十五条"
    ),
    Param("discretion.serve", "7wd", title="送达处罚决定书", source=ACT, article="第六十一条、第八十五条"),
    Param("discretion.pay", "15d", title="缴纳罚款", source=ACT, article="第六十七条"),
    Param(
        "discretion.hand_in",
        "2wd",
        title="当场收缴的罚款交至机关",
        source=ACT,
        article="第七十一条、第八十五条",
    ),
    Param("discretion.file", "15wd", title="决定是否立案", source=OWN, confirmed=False),
    Param("discretion.investigate", "45d", title="调查取证", source=OWN, confirmed=False),
    Param("discretion.approve", "3wd", title="审批偏离裁量范围", source=OWN, confirmed=False),
    Param("discretion.review", "5wd", title="法制审核", source=OWN, confirmed=False),
    Param("discretion.notify", "5wd", title="处罚告知", source=OWN, confirmed=False),
    Param("discretion.arrange", "5wd", title="安排听证", source=OWN, confirmed=False),
    Param("discretion.hearing", "20wd", title="举行听证（未定日期时）", source=OWN, confirmed=False),
    Param("discretion.settle", "10wd", title="负责人审查决定", source=OWN, confirmed=False),
    Param("discretion.record_spot", "2wd", title="当场处罚备案", source=OWN, confirmed=False),
    Param(
        "discretion.enforce", "90d", title="逾期后申请法院强制执行（三个月）", source=COURT, confirmed=False
    ),
    Param(
        "discretion.large_fine_person",
        "5000",
        title="较大数额罚款（公民，元）",
        source=OWN,
        confirmed=False,
        low=1,
    ),
    Param(
        "discretion.large_fine_entity",
        "50000",
        title="较大数额罚款（单位，元）",
        source=OWN,
        confirmed=False,
        low=1,
    ),
)
