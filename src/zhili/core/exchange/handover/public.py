"""What a step tells another site: what everybody may read of it, nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from zhili.base.exchange.shape import spelt
from zhili.base.procedure import Action
from zhili.base.text import redact
from zhili.core.cases import present, registry
from zhili.core.cases.models import Case, Step
from zhili.core.exchange.open311.telling import declared, words_of
from zhili.core.files.models import Attachment

WORDS, STAGE, OFFICE = 4_000, 100, 200
SILENT = frozenset({"hand_across", "word_across", "taken_back_across", "merged", "overdue", "moved"})
"""Steps that say nothing the other side does not know."""


def told(action: Action | None) -> bool:
    """Whether outsiders are told of such a step at all."""
    return action is not None and action.public and not action.hidden and action.name not in SILENT


def words(case: Case, step: Step) -> str:
    """Its public words, without what may be personal in them."""
    return redact(words_of(case, step))[:WORDS]


def stage(case: Case, name: str) -> str:
    """A stage of the case as offices call it."""
    procedure = registry.procedure(case.procedure)
    found = procedure.stages.get(name) if procedure else None
    return (found.title if found is not None else name)[:STAGE]


def office(office_id: int | None) -> str:
    return present.office_name(office_id)[:OFFICE]


def history(case: Case, most: int) -> list[dict[str, Any]]:
    """The last public steps, oldest first, as they travel. One query."""
    steps = list(Step.objects.filter(case=case).order_by("-seq")[: most * 2])
    lines = [line(case, step) for step in reversed(steps) if told(declared(case, step))]
    return lines[-most:]


def line(case: Case, step: Step) -> dict[str, Any]:
    """One step as another site reads it."""
    return {
        "at": spelt(step.at),
        "stage": stage(case, step.to_stage),
        "words": words(case, step),
        "office": office(step.actor_office_id if step.actor_kind == "post" else None),
    }


def files(steps: Iterable[Step]) -> Mapping[tuple[int, int], list[UUID]]:
    """Public files by (case, step). One query, none without files."""
    wanted = {step.case_id for step in steps if step.data.get("files")}
    found: dict[tuple[int, int], list[UUID]] = {}
    for one in Attachment.objects.filter(case_id__in=wanted, public=True) if wanted else ():
        found.setdefault((one.case_id, one.step_seq), []).append(one.file_id)
    return found


def labels(case: Case) -> dict[str, str]:
    """What the questions of the form it began with are called. One query."""
    procedure = registry.procedure(case.procedure)
    first = Step.objects.filter(case=case, seq=1).values_list("action", flat=True).first()
    begin = procedure.openings.get(first or "") if procedure else None
    return {one.name: one.title for one in begin.form.fields()} if begin is not None and begin.form else {}
