from zhili.core.cases import scenarios


class InspectionsConfig(scenarios.ScenarioConfig):
    name = "zhili.scenarios.inspections"
    label = "inspections"
