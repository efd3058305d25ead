from collections.abc import Iterable

from zhili.core.cases import scenarios


class EarlyWarningConfig(scenarios.ScenarioConfig):
    name = "zhili.scenarios.early_warning"
    label = "early_warning"

    def duties(self) -> Iterable[scenarios.Regular]:
        from zhili.scenarios.early_warning import backtesting, feeding

        return (
            scenarios.Regular("near due", feeding.count_due, every=300),
            scenarios.Regular("back-tests", backtesting.turn, every=0.5),
        )
