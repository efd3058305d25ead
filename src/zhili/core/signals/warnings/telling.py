"""Warnings on the screens that are open now: to posts that see them and, without the reason, to public displays."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from zhili.core.cases.models import Case
from zhili.core.cases.query import zones
from zhili.core.cases.watching import Seat, over
from zhili.core.people.offices import tree
from zhili.core.places.tree import nodes as divisions
from zhili.core.signals import registry
from zhili.core.signals.models import Level, Warning, WarningState
from zhili.core.signals.warnings import keeping_steps, showing, wording
from zhili.core.signals.warnings.showing import Display
from zhili.core.streams.live import Row, Told

TOPIC: Final = "warning"
SCREEN_TOPIC: Final = "screen_warning"
TYPES: Final = frozenset({keeping_steps.EVENT})


@dataclass(frozen=True, slots=True)
class Posts:
    """The posts that may see a warning; see ``warnings.visible``."""

    offices: frozenset[int]
    over: frozenset[int]
    cell_id: int | None

    def admits(self, who: Any) -> bool:
        if not isinstance(who, Seat):
            return False
        if who.office_id in self.offices or who.everywhere:
            return True
        if who.cell_id is not None:
            return who.cell_id == self.cell_id
        return who.division_id is not None and who.division_id in self.over


@dataclass(frozen=True, slots=True)
class Displays:
    """Public displays of this ground."""

    over: frozenset[int]

    def admits(self, who: Any) -> bool:
        return isinstance(who, Display) and who.division_id in self.over


def tell(rows: list[Row]) -> Iterable[Told]:
    """Warnings raised, accepted, escalated, closed. Three queries for all of them."""
    ids = {row.payload["warning"] for row in rows}
    known = {one.pk: one for one in Warning.objects.filter(pk__in=ids, zone__in=zones())}
    numbers = dict(
        Case.objects.filter(pk__in={one.case_id for one in known.values() if one.case_id}).values_list(
            "pk", "number"
        )
    )
    names = showing.cell_names({one.cell_id for one in known.values() if one.cell_id is not None})
    for row in rows:
        warning = known.get(row.payload["warning"])
        if warning is None or warning.zone == "justice":
            continue
        ground = over(warning.division_id)
        told = frozenset(warning.offices)
        data, screen = {}, {}
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                data[language] = json.dumps(
                    said(row, warning, numbers.get(warning.case_id or 0), names), ensure_ascii=False
                )
                if shown := _on_display(row, warning, names):
                    screen[language] = json.dumps(shown, ensure_ascii=False)
        yield Told(row, "warning", frozenset({TOPIC}), Posts(told, ground, warning.cell_id), data)
        if screen:
            yield Told(row, "screen_warning", frozenset({SCREEN_TOPIC}), Displays(ground), screen)


def said(row: Row, warning: Warning, number: str | None, names: dict[int, str]) -> dict[str, Any]:
    """What a post's screen is told. Personal values stand as ＊＊."""
    rule = registry.rules().get(warning.rule)
    office = tree().nodes.get(warning.office_id or 0)
    ground = divisions().get(warning.division_id or 0)
    return {
        "id": row.id,
        "warning": warning.pk,
        "kind": row.payload["kind"],
        "at": row.payload["at"],
        "rule": warning.rule,
        "title": wording.title(warning.rule),
        "level": warning.level,
        "level_title": str(Level(warning.level).label),
        "state": warning.state,
        "trial": warning.trial,
        "state_title": str(WarningState(warning.state).label),
        "text": wording.sentence(rule, warning.facts) if rule else "",
        "merged": warning.merged,
        "office": warning.office_id,
        "office_name": office.name if office else "",
        "division": warning.division_id,
        "divisions": list(ground.line) if ground else [],
        "place": names.get(warning.cell_id or 0) or (ground.name if ground else ""),
        "cell": warning.cell_id,
        "number": number,
    }


def _on_display(row: Row, warning: Warning, names: dict[int, str]) -> dict[str, Any] | None:
    if warning.told_at is None:
        return None
    one = showing.shown(warning, names)
    if one is None:
        return None
    return {
        "id": row.id,
        "warning": one.id,
        "kind": row.payload["kind"],
        "level": one.level,
        "words": one.words,
        "cell": one.cell_name,
        "since": one.since.isoformat(),
        "state": one.state,
        "state_title": _("处置中") if one.state == WarningState.ACCEPTED else "",
    }
