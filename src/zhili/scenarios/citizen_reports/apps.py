from zhili.core.cases import scenarios


class CitizenReportsConfig(scenarios.ScenarioConfig):
    name = "zhili.scenarios.citizen_reports"
    label = "citizen_reports"
