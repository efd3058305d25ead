"""A figure's sudden rise: what was reported today in a county about one thing, against the same day of past weeks."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from django.db.models import Sum
from django.utils import timezone

from zhili.core import params
from zhili.core.cases import routing
from zhili.core.indicators.measures import CHILD, CONFIDENTIAL
from zhili.core.indicators.models import Edition, Fact
from zhili.core.places.tree import nodes
from zhili.scenarios.command_centre.alarms import kinds
from zhili.scenarios.command_centre.alarms.raising import raise_once

WEEKS = 4


def look() -> int:
    """Raise an alarm for each county and category whose count today stands out; how many were new."""
    today = timezone.localdate()
    least = int(params.get(kinds.RISE_LEAST).text)
    percent = int(params.get(kinds.RISE_PERCENT).text)
    raised = 0
    for (division, scenario, category), days in counts(today).items():
        now = days.get(today, 0)
        before = max((count for day, count in days.items() if day != today), default=0)
        if now < least or now * 100 < before * percent:
            continue
        name = routing.directory().names.get((scenario, category), category)
        facts = {"place": nodes()[division].name, "category": name, "today": now, "before": before}
        key = f"rise:{division}:{scenario}/{category}:{today}"
        raised += raise_once(kinds.RISE, key, facts, None, division)
    return raised


def counts(today: date) -> dict[tuple[int, str, str], dict[date, int]]:
    """(county, scenario, category) -> opened on this weekday, today and in past weeks. From the roll-ups."""
    days = [today - timedelta(weeks=n) for n in range(WEEKS + 1)]
    counties = [node.id for node in nodes().values() if node.level == "county" and node.valid_to is None]
    rows = (
        Fact.objects.filter(
            generation=Edition.objects.values("generation")[:1],
            division_id__in=counties,
            grain="dc",
            period__in=days,
        )
        .exclude(category="")
        .values_list("division_id", "scenario", "category", "period")
        .annotate(n=Sum("opened"))
    )
    found: dict[tuple[int, str, str], dict[date, int]] = defaultdict(dict)
    for division, scenario, category, day, n in rows:
        if scenario[:1] not in (CONFIDENTIAL, CHILD):
            found[division, scenario, category][day] = n
    return found
