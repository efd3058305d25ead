"""The yearly cap: how many counted visits a business has had in a year, over all its premises, and may still have."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Count

from zhili.core import params
from zhili.core.visits.models import Visit, VisitState


def cap(year: int | None = None) -> int:
    """Visits a year to one business."""
    return int(float(params.get("visits.yearly_cap").text))


def used(year: int, firms: Collection[int] | None = None) -> dict[int, int]:
    """Counted visits by firm id, planned or made; those dropped are none. ``firms`` None: of all. One query."""
    rows = Visit.objects.filter(counted=True, date__year=year).exclude(state=VisitState.DROPPED)
    if firms is not None:
        rows = rows.filter(premises__firm__in=firms)
    return dict(rows.values_list("premises__firm").annotate(n=Count("pk")))


def left(year: int, firms: Collection[int]) -> dict[int, int]:
    """How many visits each of these firms may still have in a year; 0 when it has had them all."""
    most, had = cap(), used(year, firms)
    return {one: max(0, most - had.get(one, 0)) for one in firms}
