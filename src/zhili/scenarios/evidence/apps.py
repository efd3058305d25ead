from zhili.core.cases import scenarios


class EvidenceConfig(scenarios.ScenarioConfig):
    name = "zhili.scenarios.evidence"
    label = "evidence"
