"""预警机: the console over every rule that watches measurements, and the rules that belong to no other scenario."""

from zhili.base.procedure import Scenario
from zhili.scenarios.early_warning.rules import MEASURES, RULES

scenario = Scenario(
    "early_warning",
    "预警",
    measures=MEASURES,
    signals=RULES,
    summary="报了什么、为什么报、凭什么数据报；规则准不准，先用过去的数据试，再开。",
)
