from zhili.core.cases import scenarios


class EldercareConfig(scenarios.ScenarioConfig):
    name = "zhili.scenarios.eldercare"
    label = "eldercare"

    def ready(self) -> None:
        super().ready()
        from zhili.core.signals import registry
        from zhili.scenarios.eldercare import home, rules
        from zhili.scenarios.eldercare.falls import deriving as falls

        registry.declare_zone(rules.HOME, home.zone_of)
        falls.register()
