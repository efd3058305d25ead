from zhili.core.cases import scenarios


class VillageScreensConfig(scenarios.ScenarioConfig):
    name = "zhili.scenarios.village_screens"
    label = "village_screens"

    def ready(self) -> None:
        super().ready()
        from zhili.core.streams import live
        from zhili.portal.live import doors
        from zhili.scenarios.village_screens.displays import telling

        live.register(frozenset({telling.WARNING, telling.STEP, telling.CHANGED}), telling.tell)
        doors.register(telling.DOOR)
