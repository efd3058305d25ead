from collections.abc import Iterable

from zhili.core.cases import scenarios


class CrossBorderConfig(scenarios.ScenarioConfig):
    name = "zhili.scenarios.cross_border"
    label = "cross_border"

    def ready(self) -> None:
        from zhili.core.exchange.handover import naming
        from zhili.scenarios.cross_border.kinds import TOPICS

        super().ready()
        naming.declare_topics(TOPICS)

    def duties(self) -> Iterable[scenarios.Regular]:
        from zhili.scenarios.cross_border import regular

        return regular.DUTIES
