from collections.abc import Iterable

from zhili.core.cases import scenarios


class WagesConfig(scenarios.ScenarioConfig):
    name = "zhili.scenarios.wages"
    label = "wages"

    def ready(self) -> None:
        super().ready()
        from zhili.core import streams
        from zhili.core.people import keys
        from zhili.scenarios.wages import actions, photos
        from zhili.scenarios.wages.jobs import following
        from zhili.scenarios.wages.money import feeding, owing

        keys.hold(keys.Holder("证件照片", photos.uses, photos.reencrypt))
        streams.register(feeding.Figures())
        streams.register(following.Board())
        if owing.before_closing not in actions.CLOSING:
            actions.CLOSING.append(owing.before_closing)

    def duties(self) -> Iterable[scenarios.Regular]:
        from zhili.scenarios.wages import reminding
        from zhili.scenarios.wages.money import feeding

        return (
            scenarios.Regular("wages figures", feeding.tell_all, every=900),
            scenarios.Regular("wages reminders", reminding.remind, every=300),
        )

    def forgets(self) -> Iterable[scenarios.Forgetting]:
        from zhili.scenarios.wages import retention
        from zhili.scenarios.wages.jobs import forgetting

        return (retention.rule(), forgetting.rule())
