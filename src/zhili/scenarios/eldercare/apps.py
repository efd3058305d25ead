from zhili.core.cases import scenarios


class EldercareConfig(scenarios.ScenarioConfig):
    name = "zhili.scenarios.eldercare"
    label = "eldercare"
