"""长三角社会治理协同 跨域协同: matters where two administrations meet, handled by both without one database.

A part in a folder of its own (patrols, events, hazards) adds its procedures, parameters and rules here, one line each.
"""

from zhili.base.procedure import Scenario
from zhili.scenarios.cross_border import procedures
from zhili.scenarios.cross_border.events import procedures as events
from zhili.scenarios.cross_border.hazards import procedures as hazards
from zhili.scenarios.cross_border.patrols import procedures as patrols
from zhili.scenarios.cross_border.patrols import watch

scenario = Scenario(
    "cross_border",
    "跨域协同",
    procedures=(procedures.Matter, patrols.Patrol, events.EventPlan, hazards.Hazard),
    categories="categories.csv",
    params=(*procedures.PARAMS, *patrols.PARAMS, *events.PARAMS, *hazards.PARAMS),
    measures=watch.MEASURES,
    signals=watch.SIGNALS,
    summary="两地交界的事：各办各的库，同走一套约定，谁在办、还剩多久，两边都看得见。",
)
