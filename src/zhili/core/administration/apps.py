from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AdministrationConfig(AppConfig):
    name = "zhili.core.administration"
    label = "administration"
    verbose_name = _("单位管理")
    default_auto_field = "django.db.models.BigAutoField"
