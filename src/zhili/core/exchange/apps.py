from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "zhili.core.exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from zhili.core.cases import registry
        from zhili.core.exchange.open311.choosing import Chooser
        from zhili.core.exchange.open311.partners import PARTNER_WORD
        from zhili.core.streams import register

        register(Chooser())
        registry.add_standing(PARTNER_WORD)
