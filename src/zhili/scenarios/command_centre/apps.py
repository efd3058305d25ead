from collections.abc import Iterable

from zhili.core.cases import scenarios


class CommandCentreConfig(scenarios.ScenarioConfig):
    name = "zhili.scenarios.command_centre"
    label = "command_centre"

    def ready(self) -> None:
        super().ready()
        from zhili.core import streams
        from zhili.core.cases import registry
        from zhili.core.streams import live
        from zhili.scenarios.command_centre.alarms import raising, telling
        from zhili.scenarios.command_centre.procedures import INSTRUCT

        registry.add_standing(INSTRUCT)
        streams.register(raising.Alarming())
        live.register(frozenset({raising.EVENT}), telling.tell)

    def duties(self) -> Iterable[scenarios.Regular]:
        from zhili.scenarios.command_centre.alarms import raising, rising

        return (
            scenarios.Regular("late matters", raising.sweep, every=30),
            scenarios.Regular("sudden rises", rising.look, every=300),
        )
