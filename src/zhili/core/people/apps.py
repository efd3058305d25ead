from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "zhili.core.people"
    label = "people"
    verbose_name = _("人员与单位")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db.models.signals import post_delete, post_save

        from zhili.core.params import Param, declare
        from zhili.core.people import offices

        declare(
            Param(
                offices.HOURS_PARAM,
                "08:30-12:00,13:30-17:30",
                "工作时间（单位未另设时）",
                source="本产品默认值，请按当地机关作息设置",
                confirmed=False,
            )
        )

        def changed(**_: Any) -> None:
            offices.forget()

        for signal in (post_save, post_delete):
            signal.connect(changed, sender="people.Office", weak=False, dispatch_uid=f"offices {id(signal)}")
