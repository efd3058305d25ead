"""Endpoints that scenarios bring along. Found by registry, like their pages: the portal knows no scenario by name.

A scenario with a module ``api`` has there ``router`` and ``bodies``: by operation, what its POST takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from ninja import Router
from pydantic import BaseModel

from zhili.core.cases.scenarios import ScenarioConfig


def routers() -> list[Router]:
    return [one.router for one in _modules()]


def bodies() -> dict[str, type[BaseModel]]:
    """What each operation of a scenario takes, for the description."""
    return {name: model for one in _modules() for name, model in one.bodies.items()}


def _modules() -> Iterator[Any]:
    for config in apps.get_app_configs():
        if isinstance(config, ScenarioConfig) and find_spec(f"{config.name}.api") is not None:
            yield import_module(f"{config.name}.api")
