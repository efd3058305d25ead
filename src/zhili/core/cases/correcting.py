"""更正: what an earlier step said wrong is put right by a later one. Nothing is altered: both stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from zhili.core.cases.changing import Change
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Step

if TYPE_CHECKING:
    from zhili.core.cases.present import Entry

CORRECT = "correct"


def correct(change: Change) -> None:
    """The step named must be an earlier one. What outsiders were not told is not corrected before them either."""
    seq = change.values["step"]
    earlier = Step.objects.filter(case=change.case, seq=seq).values_list("action", flat=True).first()
    if earlier is None:
        raise Refused("no_step", _("此事项没有第%(n)d步") % {"n": seq})
    procedure = change.procedure
    action = procedure.actions.get(earlier) or procedure.openings.get(earlier)
    if action is None or action.hidden or not action.public:
        change.cleaned.values["public"] = False


def corrections(steps: Iterable[Step]) -> dict[int, list[int]]:
    """By the number of the step corrected, the numbers of the steps that correct it."""
    found: dict[int, list[int]] = {}
    for one in steps:
        if one.action == CORRECT and isinstance(seq := one.data.get("step"), int):
            found.setdefault(seq, []).append(one.seq)
    return found


def marked(entries: list[Entry], steps: Iterable[Step], *, inside: bool) -> list[Entry]:
    """The entries of a timeline with 已更正 beside those put right later, as far as the reader knows of it."""
    found = corrections(s for s in steps if inside or s.data.get("public"))
    return (
        [replace(e, corrected=found[e.seq]) if e.seq in found else e for e in entries] if found else entries
    )
