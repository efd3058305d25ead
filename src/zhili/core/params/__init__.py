"""Dated parameters with their legal source, and the working calendar.

Declared in code (`declare`), read without a query when warm (`get`, `duration`, `calendar`), changed by date
(`set_value`). Nothing here touches a model when imported, so that every app may declare from its AppConfig.
"""

from typing import TYPE_CHECKING, Any

from zhili.core.params.cache import Value, forget
from zhili.core.params.declarations import Param, declare, declared, office_key, split_key
from zhili.core.params.rules import declare_rules, declare_signals, in_force
from zhili.core.params.values import (
    ParamMissing,
    ParamUnreadable,
    calendar,
    calendar_gaps,
    duration,
    get,
)

if TYPE_CHECKING:
    from zhili.core.params.writing import ParamRefused, set_value, sync

__all__ = [
    "Param",
    "ParamMissing",
    "ParamRefused",
    "ParamUnreadable",
    "Value",
    "calendar",
    "calendar_gaps",
    "declare",
    "declare_rules",
    "declare_signals",
    "declared",
    "duration",
    "forget",
    "get",
    "in_force",
    "office_key",
    "set_value",
    "split_key",
    "sync",
]


def __getattr__(name: str) -> Any:
    if name in ("ParamRefused", "set_value", "sync"):  # they need the models
        from zhili.core.params import writing

        return getattr(writing, name)
    raise AttributeError(name)
