"""社会治理综合指挥服务中心: a lens over every scenario, and the instruction a commander gives."""

from zhili.base.procedure import Scenario
from zhili.scenarios.command_centre import procedures
from zhili.scenarios.command_centre.alarms.kinds import PARAMS as ALARMS
from zhili.scenarios.command_centre.alarms.kinds import RULES

scenario = Scenario(
    "command_centre",
    "综合指挥",
    procedures=(procedures.Instruction,),
    rules=RULES,
    params=(*procedures.PARAMS, *ALARMS),
    summary="一块屏看全市：现在来了什么，谁那里慢了，往下一级一级看到网格。",
)
