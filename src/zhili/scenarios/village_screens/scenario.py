"""数字乡村云平台 三屏联动: one content of a village, on its committee's screen, on its televisions, on every phone."""

from zhili.base.procedure import Scenario
from zhili.scenarios.village_screens import procedures
from zhili.scenarios.village_screens.measures import MEASURES

scenario = Scenario(
    "village_screens",
    "数字乡村",
    procedures=(procedures.Notice, procedures.Disclosure, procedures.Motion, procedures.Question),
    params=procedures.PARAMS,
    measures=MEASURES,
    summary="村里的通知、公开、议事和路田小区：大屏、电视、手机看到的是同一份。",
)
