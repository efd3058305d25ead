"""What of visits goes into the trail: what its leaf shows, and what it only commits to."""

from __future__ import annotations

from typing import Any

from zhili.core.trail.leaves import timestamp
from zhili.core.visits.models import Assignment, Finding, Plan, VisitAnswer

PLANNED, ASSIGNED, ANSWERED, FOUND = "visits.planned", "visits.officers", "visits.answered", "visits.found"


def plan(row: Plan) -> dict[str, Any]:
    """All of it is public but the title and the terms, which stand in the digest."""
    return {
        "record": PLANNED,
        "plan": row.pk,
        "office": row.office_id,
        "first": row.first.isoformat(),
        "last": row.last.isoformat(),
        "method": row.method,
        "checks": row.checks,
        "placed": row.placed,
        "visits": row.visits_planned,
        "lower_bound": row.lower_bound,
        "minutes_saved": row.minutes_saved,
        "sha256": row.digest,
    }


def assignment(row: Assignment) -> dict[str, Any]:
    """The document's digest; who goes stands in the document, by number."""
    return {"record": ASSIGNED, "draw": row.draw_id, "plan": row.plan_id, "sha256": row.digest}


def answer(row: VisitAnswer) -> tuple[dict[str, Any], dict[str, Any]]:
    """(shown, committed to): which question of which visit; what was said, by whom and when."""
    shown = {"record": ANSWERED, "visit": row.visit_id, "item": row.item_id, "question": row.question}
    sealed = {
        "value": row.value,
        "note": row.note,
        "author": row.author_id,
        "label": row.label,
        "made_at": timestamp(row.made_at),
        "seen": row.seen,
    }
    return shown, sealed


def finding(row: Finding) -> tuple[dict[str, Any], dict[str, Any]]:
    """(shown, committed to): at which visit and item; what, and by whom."""
    shown = {"record": FOUND, "visit": row.visit_id, "item": row.item_id, "question": row.question}
    return shown, {"what": row.what, "author": row.author_id}
