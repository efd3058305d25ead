"""长三角社会治理协同 跨域协同: matters where two administrations meet, handled by both without one database.

A part in a folder of its own (patrols, events, hazards) adds its procedures, parameters and rules here, one line each.
"""

from zhili.base.procedure import Scenario
from zhili.base.rules import AutomatedRule
from zhili.scenarios.cross_border import procedures
from zhili.scenarios.cross_border.events import procedures as events
from zhili.scenarios.cross_border.hazards import procedures as hazards
from zhili.scenarios.cross_border.patrols import procedures as patrols
from zhili.scenarios.cross_border.patrols import watch

scenario = Scenario(
    "cross_border",
    "跨域协同",
    procedures=(procedures.Matter, patrols.Patrol, events.EventPlan, hazards.Hazard),
    categories="data/categories.csv",
    params=(*procedures.PARAMS, *patrols.PARAMS, *events.PARAMS, *hazards.PARAMS),
    measures=watch.MEASURES,
    signals=watch.SIGNALS,
    rules=(
        AutomatedRule(
            "cross_border.share",
            "把选定的内容告知毗邻城市",
            "两边看得到边界上的事由谁在办、还剩多久，不用打电话问。",
            "matter",
            "单位在“共享设置”里选定的网格，这些网格里在办的毗邻事项的编号、子场景、环节和日期；保密的不读。",
            "选定的内容变了，就把新的一份送给对方站点，替换旧的。",
            "给谁看、看什么由单位负责人或管理员选定，随时可以停止；送出去的每一份都看得到。",
        ),
    ),
    summary="两地交界的事：各办各的库，同走一套约定，谁在办、还剩多久，两边都看得见。",
)
