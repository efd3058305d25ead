"""智能健康手环: a wristband by consent, and a call for help that somebody answers."""

from zhili.base.procedure import Scenario
from zhili.scenarios.eldercare import procedures, rules

scenario = Scenario(
    "eldercare",
    "智能健康手环",
    procedures=(procedures.Wearing, procedures.Alarm),
    params=procedures.PARAMS,
    measures=rules.MEASURES,
    signals=rules.SIGNALS,
    summary="老人自愿佩戴，一键呼救，村里有人接、有人去、有结果。",
)
