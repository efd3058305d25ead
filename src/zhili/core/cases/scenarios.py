"""What makes a folder a scenario."""

from importlib import import_module

from django.apps import AppConfig


class ScenarioConfig(AppConfig):
    """Base of every scenario's AppConfig: its ``scenario.py`` is read and registered, and that is all."""

    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from zhili.core.cases import registry

        registry.register(import_module(f"{self.name}.scenario").scenario)
