from django.apps import AppConfig


class DrawsConfig(AppConfig):
    name = "zhili.core.draws"
    label = "draws"
    default_auto_field = "django.db.models.BigAutoField"
