"""What may be picked in a form here and now: the offices this case can be handed to."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext

from zhili.core.cases.models import Case
from zhili.core.forms import Form
from zhili.core.people.offices import tree
from zhili.core.places.tree import nodes

LEVEL_TITLES = {"city": "市级", "county": "县（市、区）", "town": "镇街", "village": "村社区", "grid": "网格"}


def choices_for(form: type[Form], case: Case) -> dict[str, Any]:
    """Choices for the form's office fields; other fields keep their own."""
    offices = ("office", "offices")
    wanted = [one.name for one in form.fields() if one.type in offices and getattr(one, "open", False)]
    return dict.fromkeys(wanted, offices_near(case)) if wanted else {}


def offices_near(case: Case) -> list[tuple[str, list[tuple[str, str]]]]:
    """Offices over the case's place, from the city down, departments too; grouped by level.

    Of a place outside the city, or unknown: those of the city and its counties.
    """
    known = nodes()
    here = known.get(case.division_id or 0)
    line = set(here.line) if here else set()
    groups: dict[str, list[tuple[str, str]]] = {level: [] for level in LEVEL_TITLES}
    for seat in tree().nodes.values():
        near = seat.division_id in line if line else seat.level in ("city", "county")
        if near and seat.in_force and seat.id != case.office_id:
            groups[seat.level].append((str(seat.id), seat.name))
    return [(gettext(LEVEL_TITLES[level]), found) for level, found in groups.items() if found]
