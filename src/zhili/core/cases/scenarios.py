"""What makes a folder a scenario."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.apps import AppConfig

from zhili.core import params


@dataclass(frozen=True)
class Regular:
    """What the worker does for a scenario again and again: a bounded batch, which tells how much it did."""

    name: str
    run: Callable[[], int]
    every: float
    """Seconds."""


@dataclass(frozen=True)
class Forgetting:
    """What of a scenario's own goes once its time has run; the nightly round of ``conf.retention`` calls it.

    ``due()``: (how many would go, how many are kept though due). ``batch(after)``: in a transaction, (how many went,
    where it stopped as JSON or None at the end). ``param``: the parameter with the time and its law.
    """

    name: str
    title: str
    param: str
    due: Callable[[], tuple[int, int]]
    batch: Callable[[list[Any] | None], tuple[int, list[Any] | None]]

    def ground(self) -> str:
        """The parameter, its value and its article, as kept with what went."""
        value = params.get(self.param)
        return " ".join(part for part in (self.param, value.text, value.source, value.article) if part)


class ScenarioConfig(AppConfig):
    """Base of every scenario's AppConfig: its ``scenario.py`` is read and registered, and that is all."""

    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from zhili.core.cases import registry

        registry.register(import_module(f"{self.name}.scenario").scenario)

    def duties(self) -> Iterable[Regular]:
        """Work that no step sets going. Most scenarios have none."""
        return ()

    def forgets(self) -> Iterable[Forgetting]:
        """What goes by schedule beside personal values with an end of their own. Most scenarios have none."""
        return ()
