from collections.abc import Iterable

from zhili.core.cases import scenarios


class CrossBorderConfig(scenarios.ScenarioConfig):
    name = "zhili.scenarios.cross_border"
    label = "cross_border"

    def duties(self) -> Iterable[scenarios.Regular]:
        from zhili.scenarios.cross_border import regular

        return regular.DUTIES
