from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SignalsConfig(AppConfig):
    name = "zhili.core.signals"
    label = "signals"
    verbose_name = _("感知数据")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from zhili.core import streams
        from zhili.core.params import declare
        from zhili.core.people import keys
        from zhili.core.signals import registry
        from zhili.core.signals.judge import matters
        from zhili.core.signals.rules import kernel_rules
        from zhili.core.signals.store import limits, rotating
        from zhili.core.signals.warnings import telling
        from zhili.core.streams import live

        declare(*limits.PARAMS, *kernel_rules.PARAMS)
        registry.declare(kernel_rules.CASE_OPENED, *kernel_rules.RULES)
        streams.register(matters.Matters())
        live.register(telling.TYPES, telling.tell)
        keys.hold(rotating.HOLDER)

        def prepare(**_: Any) -> None:
            from zhili.core.signals.store import keeping

            keeping.forget()  # emptied tables give out other numbers
            keeping.prepare()

        post_migrate.connect(prepare, sender=self, weak=False, dispatch_uid="signals prepare")
