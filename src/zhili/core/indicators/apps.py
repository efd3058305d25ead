from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "zhili.core.indicators"
    label = "indicators"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from zhili.core.cases.loading import count_with
        from zhili.core.indicators.folding import Indicators, fold_bulk
        from zhili.core.params import Param, declare
        from zhili.core.streams import register

        register(Indicators())
        declare(
            Param(
                "statistics.licence", "CC BY 4.0（署名）", title="开放数据的许可", source="平台约定，城市可改"
            )
        )
        count_with(fold_bulk)
