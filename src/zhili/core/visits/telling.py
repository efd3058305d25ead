"""What of visits goes into the trail: what its leaf shows, and what it only commits to."""

from __future__ import annotations

from typing import Any

from zhili.core.trail.leaves import timestamp
from zhili.core.visits.models import (
    Arrival,
    Assignment,
    Finding,
    Plan,
    Signature,
    VisitAnswer,
    VisitRecord,
)

PLANNED, ASSIGNED, ANSWERED, FOUND = "visits.planned", "visits.officers", "visits.answered", "visits.found"
ARRIVED, SIGNED, RECORDED = "visits.arrived", "visits.signed", "visits.record"


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
    if row.photos:
        sealed["photos"] = row.photos
    return shown, sealed


def finding(row: Finding) -> tuple[dict[str, Any], dict[str, Any]]:
    """(shown, committed to): at which visit and item; what, and by whom."""
    shown = {"record": FOUND, "visit": row.visit_id, "item": row.item_id, "question": row.question}
    return shown, {"what": row.what, "author": row.author_id}


def arrival(row: Arrival) -> dict[str, Any]:
    """All of it: which side scanned, for which body under which number, when by the officer's device."""
    return {
        "record": ARRIVED,
        "visit": row.visit_id,
        "side": row.side,
        "inspector": row.inspector_id,
        "body": row.body_id,
        "made_at": timestamp(row.made_at),
    }


def signature(row: Signature) -> tuple[dict[str, Any], dict[str, Any]]:
    """(shown, committed to): under which answers and whether; the picture, as what, why not, and who took it in."""
    shown = {"record": SIGNED, "visit": row.visit_id, "inspector": row.inspector_id, "digest": row.digest}
    sealed = {
        "capacity": row.capacity,
        "reason": row.reason,
        "file": str(row.file_id or ""),
        "sha256": row.sha256,
        "author": row.author_id,
        "label": row.label,
        "made_at": timestamp(row.made_at),
    }
    return shown, sealed


def record(row: VisitRecord) -> dict[str, Any]:
    """The digest of what stands on the paper."""
    return {"record": RECORDED, "visit": row.visit_id, "number": row.number, "sha256": row.digest}
