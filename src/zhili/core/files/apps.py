from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "zhili.core.files"
    label = "files"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from zhili.core.files.limits import PARAMS, PUBLIC_AFTER_CHECK, QUOTAS
        from zhili.core.params import declare

        declare(*PARAMS, *QUOTAS, PUBLIC_AFTER_CHECK)
