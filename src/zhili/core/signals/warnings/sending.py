"""Whose office a warning is: by the duty list first, and who is told next when nobody accepts."""

from __future__ import annotations

from dataclasses import dataclass

from zhili.core.cases import routing
from zhili.core.cases.errors import Refused
from zhili.core.cases.reasons import Reason
from zhili.core.people.offices import LEVELS, tree
from zhili.core.places import tree as places

NAMED = Reason("设备登记的负责单位是%(office)s")
NOWHERE = Reason("对象没有所在区划，交裁定")
OVER = Reason("%(office)s是上级单位")
UNACCEPTED = Reason("无人接手，升级到%(office)s")


@dataclass(frozen=True, slots=True)
class Where:
    """Where something is, and which office answers for it as far as that was said."""

    division: int | None = None
    cell: int | None = None
    office: int | None = None


def scenario_of(rule: str) -> str:
    """The scenario of a rule: the first word of its name, as with parameters."""
    return rule.partition(".")[0]


def first(rule: str, where: Where, category: str = "", scenario: str = "") -> tuple[int | None, list[str]]:
    """The office that is told first, and why in words.

    The one named with the device; else the duty list's for the place; (None, reason) where nobody answers for it.
    """
    named = tree().nodes.get(where.office or 0)
    if named is not None and named.in_force:
        return named.id, [NAMED(office=named.name)]
    if where.division is None:
        return _top(NOWHERE())
    try:
        found = routing.route(scenario or scenario_of(rule), category, where.division, where.cell)
    except Refused as refused:
        return _top(refused.message)
    return found.office_id, found.why


def above(rule: str, where: Where, level: str, now: int | None) -> tuple[int | None, str]:
    """The office of a level that is told next, and why; (None, "") when that is the one told already or none.

    By the duty list's line for the scenario in the division of that level, else the general office there, else the
    nearest above it.
    """
    if level not in LEVELS:
        return None, ""
    told = tree().chain(now or 0)
    if where.division is None:
        rank = LEVELS.index(level)
        for node in told[1:]:
            if LEVELS.index(node.level) >= rank:
                return node.id, OVER(office=node.name)
        return None, ""
    by_level = {places.node(one).level: one for one in places.ancestors(where.division)}
    book, scenario = routing.directory(), scenario_of(rule)
    for rung in LEVELS[LEVELS.index(level) :]:
        division = by_level.get(rung)
        if division is None:
            continue
        seat = book.on_duty(scenario, "", division) or tree().by_division.get(division)
        if seat is not None and seat.id != now:
            return seat.id, UNACCEPTED(office=seat.name)
    return None, ""


def owner(rule: str) -> int | None:
    """The office a rule's own troubles are told to: the city's, by the duty list or its general office."""
    book = routing.directory()
    for node in tree().nodes.values():
        if node.level == "city" and node.kind == "general" and node.in_force:
            seat = book.on_duty(scenario_of(rule), "", node.division_id)
            return seat.id if seat else node.id
    return None


def _top(reason: str) -> tuple[int | None, list[str]]:
    seat = tree().of_kind("arbiter") or next(
        (node for node in tree().nodes.values() if node.level == "city" and node.in_force), None
    )
    return (seat.id if seat else None), [reason]
