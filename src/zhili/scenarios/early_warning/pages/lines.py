"""A warning as a line of the list and as the head of its page: in words, with what may be done about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext, ngettext

from zhili.core.cases import query
from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree
from zhili.core.places.tree import nodes
from zhili.core.signals import registry
from zhili.core.signals.models import Source, Warning
from zhili.core.signals.warnings import handling, wording
from zhili.scenarios.early_warning import levels
from zhili.scenarios.early_warning.pages.who import acts

STATES = {
    "raised": ("circle-dot", "over"),
    "accepted": ("hand", "lake"),
    "closed": ("check", "done"),
}


@dataclass(frozen=True)
class Line:
    """What a row says. ``count``: how often it came, so that a row that changed is drawn anew."""

    id: int
    url: str
    level: levels.Shown
    rule: str
    rule_title: str
    reason: str
    place: str
    thing: str
    at: datetime
    count: int
    merged: str
    escalated: str
    state: str
    state_title: str
    icon: str
    css: str
    feedback: str
    feedback_title: str
    trial: bool
    closed: bool
    may_accept: bool
    of_case: bool
    """Taken and closed through the case it opened. ``case``: its number, for whoever may see it."""
    case: str = ""
    until: str = ""


def lines(found: Iterable[Warning], actor: Actor) -> list[Line]:
    """One query for the names of all their sources, and one for the cases of them the actor may see."""
    rows = list(found)
    names = dict(
        Source.objects.filter(pk__in={one.source for one in rows if one.source}).values_list("pk", "title")
    )
    ids = {one.case_id for one in rows if one.case_id is not None}
    seen = Case.objects.filter(query.scope(actor), pk__in=ids).values_list("pk", "number") if ids else ()
    cases = dict(seen)
    return [line(one, actor, names.get(one.source or 0, ""), cases.get(one.case_id or 0, "")) for one in rows]


def line(one: Warning, actor: Actor, thing: str, case: str = "") -> Line:
    of_case = handling.of_case(one) and one.state != "closed"
    rule = registry.rules().get(one.rule)
    icon, css = STATES[one.state]
    title = one.get_state_display()
    if one.state == "closed":
        title = one.get_feedback_display() if one.feedback else title
        icon, css = ("circle-x", "") if one.feedback == "false" else (icon, css)
    elif one.state == "accepted":
        node = tree().nodes.get(one.accepted_office or 0)
        title = gettext("%(office)s在处置") % {"office": node.name} if node else title
    return Line(
        id=one.pk,
        url=f"/desk/warnings/{one.pk}",
        level=levels.shown(one.level),
        rule=one.rule,
        rule_title=gettext(rule.about.title) if rule else one.rule,
        reason=wording.sentence(rule, one.facts) if rule else one.rule,
        place=place_of(one),
        thing=thing,
        at=one.at,
        count=one.merged,
        merged=ngettext("共 %(n)s 次", "共 %(n)s 次", one.merged + 1) % {"n": one.merged + 1}
        if one.merged
        else "",
        escalated=escalated(one),
        state=one.state,
        state_title=str(title),
        icon=icon,
        css=css,
        feedback=one.feedback,
        feedback_title=str(one.get_feedback_display()) if one.feedback else "",
        trial=one.trial,
        closed=one.state == "closed",
        may_accept=one.state == "raised" and acts(actor) and not of_case,
        of_case=of_case,
        case=case,
    )


def place_of(one: Warning) -> str:
    """The village's name and the cell's."""
    ground = nodes().get(one.division_id or 0)
    names = (ground.name if ground else "", one.cell.name if one.cell_id is not None and one.cell else "")
    return " ".join(name for name in names if name)


def escalated(one: Warning) -> str:
    """Whom it was taken up to when nobody accepted."""
    if not one.rung:
        return ""
    node = tree().nodes.get(one.office_id or 0)
    return gettext("已报到%(office)s") % {"office": node.name} if node else gettext("已往上报")
