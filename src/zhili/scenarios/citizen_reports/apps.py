from zhili.core.cases.apps import ScenarioConfig


class CitizenReportsConfig(ScenarioConfig):
    name = "zhili.scenarios.citizen_reports"
    label = "citizen_reports"
