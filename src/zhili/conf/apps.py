from django.apps import AppConfig

from zhili.conf.retention.declared import RULES
from zhili.core.params import Param, declare, declare_rules


class RuntimeConfig(AppConfig):
    name = "zhili.conf"
    label = "runtime"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from zhili.conf.migrating import draw_only_what_is_new
        from zhili.conf.retention import schedule
        from zhili.core.personal import forecast

        draw_only_what_is_new()
        forecast.provide(lambda: schedule.forecast())
        declare(
            Param("streams.keep_days", "30d", title="各方已处理的内部事件保存期", source="平台约定"),
            Param("notices.text_days", "365d", title="已送达消息正文保存期", source="平台约定"),
            Param(
                "archive.after_days",
                "730d",
                title="事项办结多久后归档",
                source="档案法",
                article="第十四条",
                confirmed=False,
            ),
        )
        declare_rules(*RULES)
