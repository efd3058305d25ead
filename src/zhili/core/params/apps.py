from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ParamsConfig(AppConfig):
    name = "zhili.core.params"
    label = "params"
    verbose_name = _("参数与工作日历")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db import transaction
        from django.db.models.signals import post_delete, post_save

        from zhili.core.params.cache import forget
        from zhili.core.params.models import CalendarDay

        def changed(**_: Any) -> None:
            forget()
            transaction.on_commit(forget)

        for signal in (post_save, post_delete):
            signal.connect(changed, sender=CalendarDay, weak=False, dispatch_uid=f"params-{id(signal)}")
