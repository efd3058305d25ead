"""Instructions as their giver sees them, and giving one to several offices at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhili.core import params
from zhili.core.cases import doors, present
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree
from zhili.scenarios.command_centre.actions import INSTRUCTION, MOST
from zhili.scenarios.command_centre.models import InstructionDetail

OFFERED = {
    "city": ("city", "county", "town"),
    "county": ("county", "town", "village"),
    "town": ("town", "village", "grid"),
    "village": ("grid",),
}
"""Whom an office of each level instructs: those near enough to it. A city has thousands of grids."""


@dataclass(frozen=True)
class Given:
    """An instruction in a line."""

    number: str
    title: str
    office_name: str
    stage: str
    stage_title: str
    at: datetime
    due: datetime | None
    overdue: bool
    urgent: bool
    receipted_at: datetime | None
    replied_at: datetime | None
    closed: bool
    url: str


def open_given(actor: Actor, limit: int = 20) -> list[Given]:
    """What the actor's office instructed and is not over, due first."""
    return given(actor, limit, open=True)


def given(actor: Actor, limit: int = 100, *, open: bool = False) -> list[Given]:
    """What the actor's office instructed: what is open due first, then what is over, newest first. One query."""
    rows = InstructionDetail.objects.filter(giver_id=actor.office_id or 0).select_related("case")
    if open:
        rows = rows.filter(case__closed_at=None)
    ordered = sorted(rows.order_by("-case_id")[: max(limit, 200)], key=_in_line)
    return [line(one) for one in ordered[:limit]]


def _in_line(one: InstructionDetail) -> tuple[bool, float]:
    case = one.case
    if case.closed_at is not None:
        return True, -case.closed_at.timestamp()
    return False, case.due_at.timestamp() if case.due_at else float("inf")


def line(one: InstructionDetail) -> Given:
    case = one.case
    target = tree().nodes.get(one.target_id)
    return Given(
        number=case.number,
        title=case.title,
        office_name=target.name if target else "",
        stage=case.stage,
        stage_title=present.stage_title(case),
        at=case.opened_at,
        due=case.due_at,
        overdue=case.overdue,
        urgent=one.urgent,
        receipted_at=one.receipted_at,
        replied_at=one.replied_at,
        closed=case.closed_at is not None,
        url=f"/desk/c/{case.number}",
    )


def offices_below(actor: Actor, also: int | None = None) -> list[tuple[str, list[tuple[str, str]]]]:
    """Offices the actor may instruct, grouped by the office over them; ``also`` one further down, if it is below."""
    known = tree()
    own = actor.office_id or 0
    levels = OFFERED.get(known.nodes[own].level, ()) if own in known.nodes else ()
    groups: dict[str, list[tuple[str, str]]] = {}
    for each in known.under(own):
        node = known.nodes[each]
        if each == own or not node.in_force or (node.level not in levels and each != also):
            continue
        over = known.nodes.get(node.parent_id or 0)
        if node.kind != "general":
            group = _("部门：%(over)s") % {"over": over.name if over else ""}
        else:
            group = over.name if over else ""
        groups.setdefault(group, []).append((str(each), node.name))
    return list(groups.items())


def give(actor: Actor, data: dict[str, Any], number: str, key: str) -> list[str]:
    """One instruction to each office named, all or none; their numbers. About a matter when ``number`` names one.

    Raises Refused or FormErrors; then nothing was given.
    """
    if number:
        acted = doors.act(number, "instruct", actor, data, key=key)
        children = Case.objects.filter(parent_id=acted.case_id, procedure=INSTRUCTION)
        return list(children.order_by("-id").values_list("number", flat=True)[: len(data["offices"])])
    offices = list(dict.fromkeys(data["offices"]))
    most = int(params.get(MOST).text)
    if len(offices) > most:
        raise Refused("too_many", _("一次最多给%(most)d个单位下达") % {"most": most})
    shared = {name: value for name, value in data.items() if name != "offices"}
    with transaction.atomic():
        opened = [
            doors.open_case(INSTRUCTION, "give", actor, {**shared, "office": office}, key=f"{key}-{office}")
            for office in offices
        ]
    return [one.number for one in opened]
