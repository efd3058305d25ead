from zhili.core.cases import scenarios


class CommandCentreConfig(scenarios.ScenarioConfig):
    name = "zhili.scenarios.command_centre"
    label = "command_centre"
