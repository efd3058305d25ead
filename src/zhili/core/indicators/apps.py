from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "zhili.core.indicators"
    label = "indicators"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from zhili.core.cases.loading import count_with
        from zhili.core.indicators.folding import Indicators, fold_bulk
        from zhili.core.streams import register

        register(Indicators())
        count_with(fold_bulk)
