from zhili.core.cases import scenarios


class CrossBorderConfig(scenarios.ScenarioConfig):
    name = "zhili.scenarios.cross_border"
    label = "cross_border"
