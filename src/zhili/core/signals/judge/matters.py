"""New matters as readings: how many of a kind came in a place, never who reported them.

The subject is a category in a cell (``CategoryPlace``), so that a rule gathered by "category" can say: the same kind
again and again in one cell. Confidential matters, the justice zone's, and what one office asks of another are left out.
Nothing is counted while no rule in force reads it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, Final

from zhili.core import params
from zhili.core.cases.models import Case
from zhili.core.signals import registry
from zhili.core.signals.models import CategoryPlace
from zhili.core.signals.rules.kernel_rules import OPENED
from zhili.core.signals.store import storing
from zhili.core.streams import Consumer, Event

ZONES: Final = ("public", "government")


class Matters(Consumer):
    """Feeds one reading for each new matter that has a category and a place."""

    name: ClassVar[str] = "signals.matters"
    types: ClassVar[frozenset[str] | None] = frozenset({"step"})
    from_start: ClassVar[bool] = False

    def handle(self, events: list[Event]) -> None:
        new = [one for one in events if _counts(one)]
        if not new or not wanted():
            return
        rows = Case.objects.filter(pk__in={one.subject for one in new}, zone__in=ZONES, confidential=False)
        places = {
            pk: (scenario, category, division, cell)
            for pk, scenario, category, division, cell in rows.values_list(
                "pk", "scenario", "category", "division_id", "cell_id"
            )
            if division is not None
        }
        known = kept({place for place in places.values() if place[1]})
        fed = [
            (known[places[one.subject]], datetime.fromisoformat(one.payload["at"]))
            for one in new
            if one.subject in places and places[one.subject] in known
        ]
        storing.feed_many([("category", place, OPENED, at, None) for place, at in fed])


def wanted() -> bool:
    """Whether a rule in force reads it."""
    return any(
        OPENED in (rule.measures or ()) and params.in_force(rule.name) for rule in registry.rules().values()
    )


def _counts(event: Event) -> bool:
    what = event.payload
    return bool(
        what.get("first") and what.get("category") and not what.get("child") and not what.get("confidential")
    )


Place = tuple[str, str, int, int | None]


def kept(places: Iterable[Place]) -> dict[Place, int]:
    """The row of each, made when it is new."""
    wanted_ = set(places)
    if not wanted_:
        return {}
    found = _read(wanted_)
    if missing := wanted_ - set(found):
        CategoryPlace.objects.bulk_create(
            (
                CategoryPlace(scenario=scenario, category=category, division_id=division, cell_id=cell)
                for scenario, category, division, cell in sorted(missing, key=str)
            ),
            ignore_conflicts=True,
        )
        found = _read(wanted_)
    return found


def _read(places: set[Place]) -> dict[Place, int]:
    rows = CategoryPlace.objects.filter(
        category__in={one[1] for one in places}, division_id__in={one[2] for one in places}
    )
    columns = rows.values_list("scenario", "category", "division_id", "cell_id", "pk")
    return {(s, c, d, cell): pk for s, c, d, cell, pk in columns if (s, c, d, cell) in places}
