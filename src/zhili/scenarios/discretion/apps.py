from zhili.core.cases import scenarios


class DiscretionConfig(scenarios.ScenarioConfig):
    name = "zhili.scenarios.discretion"
    label = "discretion"

    def ready(self) -> None:
        super().ready()
        from zhili.core.registers import tabs
        from zhili.core.tables import checks, naming
        from zhili.scenarios.discretion import fitting, registered

        checks.declare(checks.Asker(naming.PREFIX, fitting.beyond, fitting.again))
        tabs.declare(*registered.TABS)
