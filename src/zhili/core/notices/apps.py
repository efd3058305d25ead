from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "zhili.core.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from zhili.core.notices.telling import Notices
        from zhili.core.streams import register

        register(Notices())
