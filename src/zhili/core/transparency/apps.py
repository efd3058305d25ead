from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from zhili.core.params import Param, declare


class TransparencyConfig(AppConfig):
    name = "zhili.core.transparency"
    label = "transparency"
    verbose_name = _("公开登记")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        declare(
            Param(
                "register.owner",
                "平台运行单位",
                title="公开登记：规则和数据的责任单位",
                source="平台约定，城市可改",
            )
        )
