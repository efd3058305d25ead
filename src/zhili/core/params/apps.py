from django.apps import AppConfig


class ParamsConfig(AppConfig):
    name = "zhili.core.params"
    label = "params"
    default_auto_field = "django.db.models.BigAutoField"
