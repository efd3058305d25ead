"""社会治理综合指挥服务中心: a lens over every scenario, and the instruction a commander gives."""

from zhili.base.procedure import Scenario

scenario = Scenario(
    "command_centre",
    "综合指挥",
    summary="一块屏看全市：现在来了什么，谁那里慢了，往下一级一级看到网格。",
)
