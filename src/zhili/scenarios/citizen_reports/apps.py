from django.apps import AppConfig


class CitizenReportsConfig(AppConfig):
    name = "zhili.scenarios.citizen_reports"
    label = "citizen_reports"
    default_auto_field = "django.db.models.BigAutoField"
