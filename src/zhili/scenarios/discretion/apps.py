from zhili.core.cases import scenarios


class DiscretionConfig(scenarios.ScenarioConfig):
    name = "zhili.scenarios.discretion"
    label = "discretion"
