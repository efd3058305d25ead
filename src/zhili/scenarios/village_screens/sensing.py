"""What the screens read of sensors and alarms: the one place that asks ``core.signals``."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from zhili.core.signals import registry
from zhili.core.signals.models import Source
from zhili.core.signals.store.reading import history
from zhili.core.signals.warnings import showing


def values(
    sources: Collection[int], measures: Collection[str], since: datetime, until: datetime
) -> dict[tuple[int, str], list[tuple[datetime, float]]]:
    """(when, value) of sensors that are about themselves, by (source, measure), oldest first."""
    found: dict[tuple[int, str], list[tuple[datetime, float]]] = {}
    if not sources:
        return found
    for one in history("device", sorted(set(sources)), sorted(set(measures)), since, until):
        if one.value is not None:
            found.setdefault((one.source, one.measure), []).append((one.at, one.value))
    for known in found.values():
        known.sort()
    return found


def public(measure: str) -> bool:
    """Whether a measure may stand on a screen: a number that tells of no person."""
    known = registry.measures().get(measure)
    return known is not None and not known.personal and known.kind == "number"


def alarms(division_id: int) -> list[showing.Shown]:
    """What the village's screens say of its warnings: level, words, cell, since, state. No person, no address."""
    return list(showing.on_screen(division_id))


def source(number: str) -> int | None:
    """The id of a registered sensor that is in use; None for any other number."""
    found = Source.objects.filter(number=number.strip(), active=True).values_list("pk", flat=True)
    return found.first()
