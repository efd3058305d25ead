"""The warnings of a project as its contractor sees them: the same that the office is told, so that it may act."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.utils import timezone

from zhili.core.signals.models import Warning, WarningState
from zhili.core.signals.warnings import wording
from zhili.scenarios.wages.models import Project

SHOWN: Final = 20
BACK: Final = timedelta(days=60)
GRAVE: Final = ("red", "orange")


def of(project: Project) -> list[dict[str, Any]]:
    """Of the last sixty days, not closed, the newest first; none of a rule on trial. One query."""
    rows = Warning.objects.filter(
        subject_kind="project",
        subject_id=project.pk,
        rule__startswith="wages.",
        trial=False,
        last_at__gte=timezone.now() - BACK,
    )
    found = []
    for one in rows.exclude(state=WarningState.CLOSED).order_by("-last_at", "-id")[:SHOWN]:
        said = wording.explain(one)
        found.append({"one": one, "title": said.title, "reason": said.reason, "grave": one.level in GRAVE})
    return found
