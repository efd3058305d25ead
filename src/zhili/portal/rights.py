"""The rights panel: what is late or was answered, for how long, by what rule, and the next step ready to take."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from zhili.base.codes import show_case_number
from zhili.base.procedure import Action, Procedure
from zhili.core.cases.clocks import STAGE
from zhili.core.cases.models import Case
from zhili.core.cases.present import Deadline, Offer
from zhili.core.web import words

FILL = "fill"
"""The query parameter that names the action whose form is opened with its first sentence written."""


@dataclass(frozen=True)
class Right:
    """One thing the reporter may rely on now.

    ``why`` names the limit and its article; ``call`` is a sentence to read out to the hotline; ``url`` opens the
    form of ``action`` with its first sentence written.
    """

    kind: str
    title: str
    said: str
    why: str = ""
    call: str = ""
    url: str = ""
    action: str = ""


def rights_of(
    case: Case,
    procedure: type[Procedure],
    deadlines: Iterable[Deadline],
    offers: Iterable[Offer],
    base: str,
    grant: str = "",
) -> list[Right]:
    """What the reporter may do about this case now: first what is late, then what may be contested."""
    offered = {offer.name: offer for offer in offers}
    actions = {name: procedure.actions[name] for name in offered if name in procedure.actions}
    remind = next((name for name, one in actions.items() if one.move.target is None and one.form), "")
    contest = next((name for name, one in actions.items() if one.reopens), "")
    link = _Links(base, grant, offered)
    stage = procedure.stages.get(case.stage)
    # a window that closes (to rate, to contest, to add) is the resident's own time: its end is nobody's lateness
    residents_turn = bool(stage and stage.limit and stage.limit.then)
    found = []
    for one in deadlines:
        late = one.overdue and one.due_at is not None and not (one.name == STAGE and residents_turn)
        if late and one.due_at is not None:
            found.append(_late(case, one, one.due_at, link, remind))
    if contest and case.answered_at:
        limit = next((one for one in deadlines if one.name == STAGE and one.running), None)
        found.append(_contest(case.answered_at, limit, link, contest))
    return found


@dataclass(frozen=True)
class _Links:
    base: str
    grant: str
    offered: dict[str, Offer]

    def to(self, action: str) -> dict[str, str]:
        if not action:
            return {}
        sign = "&" if self.grant else "?"
        url = f"{self.base}{self.grant}{sign}{FILL}={action}#act-{action}"
        return {"url": url, "action": self.offered[action].title}


def _late(case: Case, one: Deadline, due: datetime, link: _Links, remind: str) -> Right:
    past = words.time_left(due)
    call = gettext("编号 %(number)s，“%(what)s”%(past)s，请督促办理。") % {
        "number": show_case_number(case.number),
        "what": gettext(one.title),
        "past": past,
    }
    return Right("over", gettext(one.title), past, one.why, call, **link.to(remind))


def _contest(at: datetime, limit: Deadline | None, link: _Links, action: str) -> Right:
    rest = ""
    if limit is not None and limit.due_at is not None:
        rest = gettext("答复至今 %(passed)s，%(left)s可以提出") % {
            "passed": words.span(timezone.now() - at),
            "left": words.time_left(limit.due_at),
        }
    return Right("soon", link.offered[action].title, rest, limit.why if limit else "", **link.to(action))


def first_sentence(action: Action, case: Case, deadlines: Iterable[Deadline]) -> dict[str, Any]:
    """What a link from the panel writes into the form: data for its one required text; {} when it has none."""
    name = next((f.name for f in action.form.fields() if f.required and f.type == "longtext"), "")
    if not name:
        return {}
    if action.reopens and case.answered_at:
        text = gettext("我对%(day)s的答复有异议，理由是：") % {"day": words.day(case.answered_at)}
        return {name: text}
    late = next((d for d in deadlines if d.overdue and d.due_at), None)
    if late is None or late.due_at is None:
        return {}
    past = words.time_left(late.due_at)
    return {name: gettext("“%(what)s”%(past)s，请尽快办理。") % {"what": gettext(late.title), "past": past}}
