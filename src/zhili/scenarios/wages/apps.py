from zhili.core.cases import scenarios


class WagesConfig(scenarios.ScenarioConfig):
    name = "zhili.scenarios.wages"
    label = "wages"
