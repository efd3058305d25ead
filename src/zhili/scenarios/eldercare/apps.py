from zhili.core.cases import scenarios


class EldercareConfig(scenarios.ScenarioConfig):
    name = "zhili.scenarios.eldercare"
    label = "eldercare"

    def ready(self) -> None:
        super().ready()
        from zhili.core.signals import registry
        from zhili.scenarios.eldercare import home, rules

        registry.declare_zone(rules.HOME, home.zone_of)
