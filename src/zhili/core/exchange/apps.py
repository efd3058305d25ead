from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "zhili.core.exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from zhili.core.cases import elsewhere, registry
        from zhili.core.exchange.handover import agreed, standing
        from zhili.core.exchange.handover.procedure import scenario
        from zhili.core.exchange.open311.choosing import Chooser
        from zhili.core.exchange.open311.partners import PARTNER_WORD
        from zhili.core.exchange.sites.telling import Teller
        from zhili.core.exchange.webhooks import keeping, warning
        from zhili.core.exchange.webhooks.choosing import Webhooks
        from zhili.core.params import declare
        from zhili.core.signals import registry as signals
        from zhili.core.streams import register

        register(Chooser())
        register(Teller())
        register(Webhooks())
        declare(keeping.PARAM)
        signals.declare(warning.MEASURE, warning.RULE)
        registry.add_standing(PARTNER_WORD, *standing.all_of_them())
        registry.register(scenario)
        elsewhere.called_by(agreed.title)
