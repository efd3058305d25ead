"""What a step tells everybody, in words."""

from __future__ import annotations

from zhili.base.procedure import Action
from zhili.core.cases import registry
from zhili.core.cases.models import Case, Step

FREE_TEXT = ("longtext", "text")


def declared(case: Case, step: Step) -> Action | None:
    """The declaration of a step; None for the kernel's own, which say nothing to outsiders."""
    procedure = registry.procedure(case.procedure)
    if procedure is None:
        return None
    return procedure.openings.get(step.action) or procedure.actions.get(step.action)


def words_of(case: Case, step: Step | None) -> str:
    """What a step tells everybody: the free text its form marks as public; personal parts are not in a step.

    One-line answers count only where there is no longer one.
    """
    action = declared(case, step) if step is not None else None
    if step is None or action is None or not action.public or action.form is None:
        return ""
    public = action.form.public_values(step.data)
    told = [one for one in action.form.fields() if one.type in FREE_TEXT and one.public]
    long_ones = [one for one in told if one.type == "longtext"]
    return "\n".join(str(public[one.name]) for one in long_ones or told if public.get(one.name))
