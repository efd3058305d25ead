from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TablesConfig(AppConfig):
    name = "zhili.core.tables"
    label = "tables"
    verbose_name = _("裁量与判定表")
    default_auto_field = "django.db.models.BigAutoField"
