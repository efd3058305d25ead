from zhili.core.cases import scenarios


class InspectionsConfig(scenarios.ScenarioConfig):
    name = "zhili.scenarios.inspections"
    label = "inspections"

    def ready(self) -> None:
        super().ready()
        from zhili.scenarios.inspections import remedying

        remedying.declare()
