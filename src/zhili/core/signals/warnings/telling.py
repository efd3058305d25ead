"""Warnings on the screens that are open now: to posts that see them and, without the reason, to public displays."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from zhili.base.signals.rules import WEARER
from zhili.core.cases.models import Case
from zhili.core.cases.query import zones
from zhili.core.cases.watching import Seat, over
from zhili.core.people.offices import tree
from zhili.core.places.tree import nodes as divisions
from zhili.core.signals import registry
from zhili.core.signals.models import Level, Warning, WarningState
from zhili.core.signals.warnings import handling, keeping_steps, showing, wording
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
    near: bool = False
    """Of a wearer: told to nobody above the town."""

    def admits(self, who: Any) -> bool:
        if not isinstance(who, Seat):
            return False
        if who.office_id in self.offices or (who.everywhere and not self.near):
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
    cases = Case.objects.filter(pk__in={one.case_id for one in known.values() if one.case_id})
    rows_of = list(cases.values_list("pk", "number", "office_id"))
    numbers = {pk: number for pk, number, _office in rows_of}
    holders = {pk: office for pk, _number, office in rows_of}
    names = showing.cell_names({one.cell_id for one in known.values() if one.cell_id is not None})
    for row in rows:
        warning = known.get(row.payload["warning"])
        if warning is None or warning.zone == "justice":
            continue
        ground = over(warning.division_id)
        audience = _audience(warning, ground, holders.get(warning.case_id or 0))
        data, screen = {}, {}
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                data[language] = json.dumps(
                    said(row, warning, numbers.get(warning.case_id or 0), names), ensure_ascii=False
                )
                if shown := _on_display(row, warning, names):
                    screen[language] = json.dumps(shown, ensure_ascii=False)
        yield Told(row, "warning", frozenset({TOPIC}), audience, data)
        if screen:
            yield Told(row, "screen_warning", frozenset({SCREEN_TOPIC}), Displays(ground), screen)


def _audience(warning: Warning, ground: frozenset[int], holder: int | None) -> Posts:
    """As ``handling.visible`` has it. ``holder``: the office that has its case."""
    if warning.subject_kind != WEARER:
        return Posts(frozenset(warning.offices), ground, warning.cell_id)
    known = tree().nodes
    near = handling.NEAR | {"town"}
    told = {one for one in (*warning.offices, holder or 0) if one in known and known[one].level in near}
    places = divisions()
    villages = {one for one in ground if one in places and places[one].level in handling.NEAR}
    return Posts(frozenset(told), frozenset(villages), warning.cell_id, near=True)


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
