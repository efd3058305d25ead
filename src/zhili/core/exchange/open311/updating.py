"""A word from outside about a case becomes a step: which one is read off the declaration.

Only steps that need no more than a sentence can be taken this way. Closing takes one that answers or ends the matter,
a word on an answered matter one that reopens it, any other word one that leaves it where it is; refusing, withdrawing
and handing on are for people.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from zhili.base.procedure import Action, Final, Party
from zhili.core.cases import doors, permission, query, registry
from zhili.core.cases.doors import Acted
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.forms import Field
from zhili.core.people.actors import Actor

OPEN, CLOSED = "open", "closed"


def status_of(case: Case) -> str:
    """GeoReport knows two: a matter is closed once it is answered, though its reporter may still reopen it."""
    return CLOSED if case.answered_at is not None or case.closed_at is not None else OPEN


def tell(case: Case, actor: Actor, text: str, *, closing: bool, key: str | None = None) -> Acted:
    """Take the step that fits what was said. A repeat under the same key gives the first result.

    Raises Refused (403 for strangers to the case, 409 when nothing fits), FormErrors.
    """
    if not query.sees(actor, case):  # everybody may read it, perhaps; speaking is for those concerned
        raise Refused("forbidden", _("这件事项不由您的账号上报或办理，不能对它说话。"), 403)
    for action, field in _fitting(case, actor, closing):
        return doors.act(case.pk, action.name, actor, {field.name: text}, key=key)
    raise Refused("nothing_fits", _("现在不能对这件事项补充说明，或您无权办理。"), 409)


def _fitting(case: Case, actor: Actor, closing: bool) -> list[tuple[Action, Field]]:
    """Steps this actor may take now with a sentence alone, the fittest first."""
    procedure = registry.procedures()[case.procedure]
    found = [
        (rank, action, field)
        for action in procedure.from_stage(case.stage)
        if (field := sentence_of(action)) is not None
        and (rank := _rank(action, case, closing=closing)) is not None
        and permission.may(action, case, actor)
    ]
    found.sort(key=lambda one: one[0])  # stable: as declared among equals
    return [(action, field) for _rank_, action, field in found]


def _rank(action: Action, case: Case, *, closing: bool) -> int | None:
    target, closed = action.move.target, status_of(case) == CLOSED
    if action.returns or action.hands is not None:
        return None
    if target is None:
        return 1 if action.public else 2
    if case.party:  # it waits for a word of exactly this party
        return 0 if Party(case.party) in action.by and not target.final else None
    if closing:
        return 0 if not closed and _ends_well(action, case) else None
    return 0 if closed and action.reopens else None


def _ends_well(action: Action, case: Case) -> bool:
    """Whether a step answers or ends the matter, and not by refusing it: nobody refuses by a status."""
    target = action.move.target
    if target is None or not (target.answers or target.final):
        return False
    if isinstance(target, Final):
        return target.outcome == "closed"
    ends = [one.move.target for one in registry.procedures()[case.procedure].from_stage(target.name)]
    return any(isinstance(end, Final) and end.outcome == "closed" for end in ends)


def sentence_of(action: Action) -> Field | None:
    """The question of a step that a sentence answers, if all else on its form may stay empty."""
    if action.form is None:
        return None
    texts = [one for one in action.form.fields() if one.type in ("longtext", "text")]
    needed = [
        one for one in action.form.fields() if one.required and one.when is None and one.default is None
    ]
    field: Field | None = next((one for one in texts if one.required), texts[0] if texts else None)
    return field if field is not None and all(one is field for one in needed) else None
