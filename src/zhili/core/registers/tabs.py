"""What other apps show of a firm or of premises: each declares a tab, and the register's pages draw its rows.

The register knows none of them by name. An app declares in its ``ready()``::

    tabs.declare(Tab("visits", _("检查"), "premises", rows_of))

``rows_of(premises, actor)`` gives what that actor may see, newest first; the page shows fifty.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from zhili.core.people.actors import Actor

FIRM: Final = "firm"
PREMISES: Final = "premises"


@dataclass(frozen=True)
class Row:
    """One line of a tab: a title with where it leads ("" nowhere), quiet words below, a state with its icon."""

    title: str
    url: str = ""
    words: tuple[str, ...] = ()
    state: str = ""
    icon: str = "circle-dot"


@dataclass(frozen=True)
class Tab:
    """``of``: firm or premises. ``rows(one, actor)``: what is shown; ``may(actor)``: whether the tab stands at all."""

    name: str
    title: Any
    of: str
    rows: Callable[[Any, Actor], Sequence[Row]]
    may: Callable[[Actor], bool] = lambda _actor: True
    empty: Any = ""
    """What the tab says when there is nothing."""


_tabs: dict[tuple[str, str], Tab] = {}


def declare(*tabs: Tab) -> None:
    """Have these shown. Said again under the same name, the later one stands."""
    for one in tabs:
        _tabs[one.of, one.name] = one


def tabs(of: str, actor: Actor) -> list[Tab]:
    """Those an actor is shown, in the order they were declared."""
    return [one for one in _tabs.values() if one.of == of and one.may(actor)]
