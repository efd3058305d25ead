"""An item's chain of custody in lines: for a recipient's page, and for custody.json, each line as its leaf has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from zhili.core.cases import committing, present, registry
from zhili.core.cases.models import Case, Step
from zhili.core.people.actors import Actor
from zhili.core.trail.leaves import timestamp

WITHHELD = frozenset({"note"})
"""Steps whose words stay in the office: that they were taken is told, and what their leaf is; not what they say."""


@dataclass(frozen=True)
class Line:
    """A step as an outsider reads it."""

    seq: int
    at: datetime
    title: str
    who: str
    stage: str
    fields: list[tuple[str, str]]
    step: Step

    @property
    def withheld(self) -> bool:
        return self.step.action in WITHHELD


def lines(case: Case) -> list[Line]:
    """Every step, oldest first; personal values stay masked, internal notes unsaid."""
    reader = Actor(kind="post", office_id=case.office_id, label="")
    steps = {step.seq: step for step in Step.objects.filter(case=case).order_by("seq")}
    entries = {entry.seq: entry for entry in present.timeline(case, reader)}
    return [_line(step, entries.get(seq)) for seq, step in steps.items()]


def _line(step: Step, entry: present.Entry | None) -> Line:
    title = entry.title if entry else _("（本单位内部的一步）")
    who = entry.who if entry else ""
    stage = entry.stage if entry else step.to_stage
    fields: list[tuple[str, str]] = []
    if entry is not None and step.action not in WITHHELD:
        fields = [*entry.fields, *((one.label, one.masked or _("已清除")) for one in entry.personal)]
    return Line(step.seq, step.at, title, who, stage, fields, step)


def as_json(line: Line, index: int | None) -> dict[str, Any]:
    """A line of custody.json. What stands beside the words is exactly what the step's leaf shows and commits to."""
    columns = committing.columns_of(line.step)
    hidden = committing.private(columns)
    told = {"withheld": True} if line.withheld else {"data": hidden["data"], "why": hidden["why"]}
    return {
        "seq": line.seq,
        "at": timestamp(line.at),
        "action": line.step.action,
        "from": line.step.from_stage or None,
        "to": line.step.to_stage,
        "by": line.step.actor_kind,
        "index": index,
        "title": line.title,
        "who": line.who,
        "stage": line.stage,
        "words": [list(pair) for pair in line.fields],
        **told,
    }


def procedure_title(case: Case) -> str:
    procedure = registry.procedure(case.procedure)
    return _(procedure.title) if procedure else case.procedure
