from zhili.core.cases import scenarios


class CitizenReportsConfig(scenarios.ScenarioConfig):
    name = "zhili.scenarios.citizen_reports"
    label = "citizen_reports"

    def ready(self) -> None:
        super().ready()
        from zhili.core.draws import kinds
        from zhili.core.indicators import estimates
        from zhili.scenarios.citizen_reports import fixed_rate, lottery

        kinds.register(lottery.KIND)
        estimates.register("citizen_reports", fixed_rate.latest)
