from collections.abc import Iterable

from zhili.core.cases import scenarios


class CateringConfig(scenarios.ScenarioConfig):
    name = "zhili.scenarios.catering"
    label = "catering"

    def ready(self) -> None:
        super().ready()
        from zhili.core.registers import tabs
        from zhili.scenarios.catering import tab

        tabs.declare(tab.TAB)

    def duties(self) -> Iterable[scenarios.Regular]:
        from zhili.scenarios.catering import licences

        return (scenarios.Regular("catering.licences", licences.run, every=6 * 3600),)
