"""What the outbox said of every step, told again from the steps themselves: for figures that are made anew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q

from zhili.core.cases import registry
from zhili.core.cases.changing import days_between
from zhili.core.cases.models import Step

CHUNK = 5_000
HISTORY = "history"
"""The kind of actor of steps brought in from elsewhere: no limit ran on them."""


def payloads(which: Q | None = None) -> Iterator[dict[str, Any]]:
    """The facts of every step that figures are made of, case by case in order. One query, read in chunks.

    ``which`` picks cases, by conditions on ``case__…``: always whole cases, never some of their steps.

    Equal, in what figures use, to what was put into the outbox when the step was taken (a test holds them equal).
    """
    steps = Step.objects.filter(which or Q()).select_related("case").order_by("case_id", "seq")
    answered: dict[int, datetime] = {}
    former: str | None = None
    for step in steps.iterator(chunk_size=CHUNK):
        if step.seq == 1:
            answered.clear()
            former = None
        yield _payload(step, answered, former)
        former = step.category


def _payload(step: Step, answered: dict[int, datetime], former: str | None) -> dict[str, Any]:
    case = step.case
    procedure = registry.procedures()[case.procedure]
    stage = procedure.stages.get(step.to_stage)
    action = procedure.actions.get(step.action)
    reopened = bool(action and action.reopens)
    if reopened:
        answered.pop(case.pk, None)
    final = bool(stage and stage.final) and (step.seq == 1 or step.from_stage != step.to_stage)
    first_answer = bool(stage and stage.answers) and case.pk not in answered
    if first_answer:
        answered[case.pk] = step.at
    return {
        "case": case.pk,
        "number": case.number,
        "scenario": case.scenario,
        "procedure": case.procedure,
        "seq": step.seq,
        "action": step.action,
        "to": step.to_stage,
        "office": step.office_id,
        "division": case.division_id,
        "category": step.category or None,
        "was": former if former not in (None, step.category) else None,
        "at": step.at.isoformat(),
        "opened_at": case.opened_at.isoformat(),
        "first": step.seq == 1,
        "child": case.parent_id is not None or not procedure.counted,
        "confidential": case.confidential,
        "final": final,
        "outcome": getattr(stage, "outcome", None),
        "answered": first_answer,
        "reopened": reopened,
        "returned": bool(action and action.returns),
        "late": step.late,
        "unclocked": step.actor_kind == HISTORY,
        "overdue": step.late,
        "rating": step.data.get("rating"),
        "days": days_between(case.opened_at, step.at) if final or first_answer else None,
    }
