"""What makes a folder a scenario."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module

from django.apps import AppConfig


@dataclass(frozen=True)
class Regular:
    """What the worker does for a scenario again and again: a bounded batch, which tells how much it did."""

    name: str
    run: Callable[[], int]
    every: float
    """Seconds."""


class ScenarioConfig(AppConfig):
    """Base of every scenario's AppConfig: its ``scenario.py`` is read and registered, and that is all."""

    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from zhili.core.cases import registry

        registry.register(import_module(f"{self.name}.scenario").scenario)

    def duties(self) -> Iterable[Regular]:
        """Work that no step sets going. Most scenarios have none."""
        return ()
