"""What public displays show of warnings: the cell and the alarm, never who, where exactly, or what was measured."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from zhili.core.cases.query import under
from zhili.core.places.models import Cell
from zhili.core.places.tree import nodes as divisions
from zhili.core.signals import registry
from zhili.core.signals.models import Warning, WarningState

ZONES: Final = ("public", "government")
MOST: Final = 30
ORDER: Final = {"red": 0, "orange": 1, "yellow": 2, "blue": 3}


@dataclass(frozen=True, slots=True)
class Shown:
    """One open warning as a public display says it. ``state``: raised or accepted. ``id`` is the warning's."""

    level: str
    words: str
    cell_name: str
    since: datetime
    state: str
    id: int = 0
    rule: str = ""
    merged: int = 0


@dataclass(frozen=True, slots=True)
class Display:
    """A public display as a listener of /live (topic ``screen_warning``): which division's ground it shows."""

    division_id: int


def on_screen(division_id: int) -> list[Shown]:
    """What a display of a division shows now, the gravest first, then the newest. Two queries.

    Only rules that say a sentence for displays; what quiet hours hold back is not shown before they end.
    """
    rows = list(_open().filter(division_id__in=under(division_id)).order_by("-id")[:MOST])
    names = cell_names({one.cell_id for one in rows if one.cell_id is not None})
    found = [said for one in rows if (said := shown(one, names)) is not None]
    return sorted(found, key=lambda one: ORDER[one.level])


def shown(warning: Warning, names: dict[int, str]) -> Shown | None:
    """One warning for a display; None when its rule says nothing there."""
    rule = registry.rules().get(warning.rule)
    if rule is None or not rule.screen or warning.zone not in ZONES:
        return None
    name = names.get(warning.cell_id or 0) or _division(warning.division_id)
    return Shown(
        warning.level,
        _(rule.screen) % {"cell": name},
        name,
        warning.at,
        warning.state,
        warning.pk,
        warning.rule,
        warning.merged,
    )


def cell_names(ids: set[int]) -> dict[int, str]:
    return dict(Cell.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}


def _open() -> QuerySet[Warning]:
    speaking = [name for name, rule in registry.rules().items() if rule.screen]
    rows = Warning.objects.exclude(state=WarningState.CLOSED)
    return rows.filter(rule__in=speaking, told_at__isnull=False, zone__in=ZONES)


def _division(division_id: int | None) -> str:
    found = divisions().get(division_id or 0)
    return found.name if found else ""
