from django.apps import AppConfig


class RuntimeConfig(AppConfig):
    name = "zhili.conf"
    label = "runtime"
    default_auto_field = "django.db.models.BigAutoField"
