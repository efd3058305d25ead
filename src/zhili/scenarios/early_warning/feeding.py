"""What the platform itself measures: how many matters of an office end within a day. Nothing of who handles them."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from zhili.core.cases.models import Case
from zhili.core.cases.watching import ZONES
from zhili.core.signals.models import Source
from zhili.core.signals.store import storing

SOON = timedelta(days=1)
LEAST = 3
"""An office with fewer is not told of: that cannot be many."""


def count_due() -> int:
    """Said of each office that has several; of one that had, also when it has none any more."""
    now = timezone.now()
    rows = Case.objects.filter(confidential=False, zone__in=ZONES, closed_at=None, party="")
    rows = rows.filter(due_at__gt=now, due_at__lte=now + SOON, office__isnull=False)
    counted: dict[int, int] = dict(
        rows.order_by().values_list("office_id").annotate(n=Count("pk")).filter(n__gte=LEAST)
    )
    before = Source.objects.filter(protocol="internal", subject_kind="office", last_seen_at__gte=now - SOON)
    for office in before.values_list("subject_id", flat=True):
        counted.setdefault(int(office or 0), 0)
    storing.feed_many([("office", office, "near_due", now, float(many)) for office, many in counted.items()])
    return len(counted)
