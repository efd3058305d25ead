"""A case as one line of a list: what, where, how long left, whose."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from zhili.base.procedure import Final, Holder
from zhili.core.cases import registry
from zhili.core.cases.models import Case
from zhili.core.cases.present import office_name, stage_title
from zhili.core.cases.routing import directory
from zhili.core.places.tree import nodes


@dataclass(frozen=True)
class Row:
    """What a list shows of a case; no query is needed to make one."""

    number: str
    title: str
    stage: str
    final: bool
    good: bool
    place: str
    category: str
    kind: str
    office: str
    due_at: datetime | None
    closed_at: datetime | None
    opened_at: datetime
    waiting: bool
    url: str
    next_title: str = ""
    next_url: str = ""
    joined: int = 0


def rows(
    cases: Iterable[Case],
    *,
    desk: bool,
    roles: frozenset[str] | None = None,
    own_office: int | None = None,
    own: bool = True,
) -> list[Row]:
    """Lines for a list. ``desk``: for an office, linked to the workbench; else plain words, ``own``: to the reporter.

    With ``roles`` each open line offers its next step; ``own_office`` is not named on its own desk.
    """
    return [row(case, desk=desk, roles=roles, own_office=own_office, own=own) for case in cases]


def row(
    case: Case,
    *,
    desk: bool,
    roles: frozenset[str] | None = None,
    own_office: int | None = None,
    own: bool = True,
) -> Row:
    url = f"/desk/c/{case.number}" if desk else f"/c/{case.number}"
    procedure = registry.procedure(case.procedure)
    stage = procedure.stages.get(case.stage) if procedure else None
    final = case.closed_at is not None
    first = _first_action(case, roles) if desk and roles is not None and not final else None
    return Row(
        case.number,
        case.title,
        stage_title(case, plain=not desk, own=own),
        final,
        final and getattr(stage, "outcome", "closed") == "closed" if isinstance(stage, Final) else final,
        place_name(case),
        category_name(case),
        procedure.title if procedure else "",
        "" if own_office is not None and case.office_id == own_office else office_name(case.office_id),
        case.due_at,
        case.closed_at,
        case.opened_at,
        bool(case.party),
        url,
        first.title if first else "",
        f"{url}#act-{first.name}" if first else "",
        case.joined,
    )


def _first_action(case: Case, roles: frozenset[str] | None) -> Any:
    """The first declared action the holder's roles allow: what a row offers. The page decides again."""
    procedure = registry.procedure(case.procedure)
    for action in procedure.from_stage(case.stage) if procedure else ():
        for who in action.by if not action.standing else ():
            if isinstance(who, Holder) and (not who.roles or set(who.roles) & (roles or frozenset())):
                return action
    return None


def place_name(case: Case) -> str:
    """The address as given, else the names of town and village."""
    if case.address:
        return case.address
    if case.outside or case.division_id is None:
        return ""
    known = nodes()
    found = known.get(case.division_id)
    if found is None:
        return ""
    names = [known[d].name for d in found.line if known[d].level in ("county", "town", "village")]
    return "".join(names[-2:])


def category_name(case: Case) -> str:
    return gettext(name) if (name := directory().names.get((case.scenario, case.category), "")) else ""
