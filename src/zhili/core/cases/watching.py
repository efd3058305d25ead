"""Steps on the screens that are open now: what is said of each, and which posts may hear it.

The same sight as ``query.visible``, decided without a query for each screen: the few things it depends on are read for
all events of a moment together. Participation and confidentiality are those of now, so that nobody is told of a case
that has been closed to them since. Nothing of the justice zone is ever told; a confidential case is never named.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.postgres.aggregates import ArrayAgg
from django.utils import translation
from django.utils.translation import gettext as _

from zhili.base.procedure import Action
from zhili.core.cases import registry, routing
from zhili.core.cases.models import Case, Participation
from zhili.core.cases.query import SUBTREE_KINDS, zones
from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree as offices
from zhili.core.places.edition import Cached
from zhili.core.places.models import DivisionClosure
from zhili.core.places.tree import nodes as divisions
from zhili.core.streams.live import Row, Told

STEP, DUE_SOON = "step", "due_soon"
MATTERS = "matters"
ZONES = frozenset({"public", "government"})
"""Whose cases are shown live. Files of the justice zone are not."""


@dataclass(frozen=True)
class Seat:
    """A post in front of a screen: what its sight depends on."""

    office_id: int
    division_id: int | None
    """Of an office that looks after an area."""
    cell_id: int | None
    everywhere: bool
    roles: frozenset[str]


def seat_of(actor: Actor) -> Seat | None:
    """None for whoever acts in no post: they are shown nothing live."""
    node = offices().nodes.get(actor.office_id or 0)
    if actor.kind != "post" or node is None:
        return None
    area = node.kind in SUBTREE_KINDS
    return Seat(
        office_id=node.id,
        division_id=node.division_id if area and node.cell_id is None else None,
        cell_id=node.cell_id if area else None,
        everywhere=area and node.cell_id is None and node.level == "city",
        roles=actor.roles,
    )


@dataclass(frozen=True, slots=True)
class Sight:
    """Which posts may see a case."""

    offices: frozenset[int]
    """Who has it, and who takes part."""
    over: frozenset[int] = frozenset()
    """The divisions over its ground, former ones and successors too."""
    cell_id: int | None = None
    confidential: bool = False

    def admits(self, who: Seat) -> bool:
        if who.office_id in self.offices:
            return True
        if self.confidential:
            return False
        if who.everywhere:
            return True
        if who.cell_id is not None:
            return who.cell_id == self.cell_id
        return who.division_id is not None and who.division_id in self.over


_known_over: Cached[dict[int, frozenset[int]]] = Cached(dict)


def over(division_id: int | None) -> frozenset[int]:
    """Every division whose offices look after this one; kept until places change."""
    if division_id is None:
        return frozenset()
    known = _known_over.get()
    if division_id not in known:
        above = DivisionClosure.objects.filter(descendant_id=division_id)
        known[division_id] = frozenset(above.values_list("ancestor_id", flat=True))
    return known[division_id]


def sights(case_ids: Iterable[int]) -> dict[int, tuple[Case, Sight]]:
    """The cases that may be shown live, each with who may see it. Two queries."""
    ids = set(case_ids)
    taking = Participation.objects.filter(case_id__in=ids, office_id__isnull=False).values_list("case_id")
    parts = dict(taking.annotate(all=ArrayAgg("office_id")).order_by())
    found = {}
    for case in Case.objects.filter(pk__in=ids, zone__in=ZONES & zones()):
        inside = frozenset([*parts.get(case.pk, ()), *([case.office_id] if case.office_id else ())])
        found[case.pk] = (case, Sight(inside, over(case.division_id), case.cell_id, case.confidential))
    return found


def tell(rows: list[Row]) -> Iterable[Told]:
    """Steps and limits about to run out, in words."""
    known = sights(row.subject for row in rows if row.subject is not None)
    for row in rows:
        if row.subject not in known:
            continue
        case, sight = known[row.subject]
        if row.payload.get("confidential") and not sight.confidential:
            sight = Sight(sight.offices, confidential=True)  # what was secret when it happened stays so
        data = {}
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                data[language] = json.dumps(_said(row, case, sight), ensure_ascii=False)
        yield Told(row, "matter", frozenset({MATTERS, f"case:{case.number}"}), sight, data)


def _said(row: Row, case: Case, sight: Sight) -> dict[str, Any]:
    what = row.payload
    procedure = registry.procedure(case.procedure)
    stage = procedure.stages.get(what.get("to") or case.stage) if procedure else None
    action = _action(procedure, str(what.get("action", "")))
    office = offices().nodes.get(what.get("office") or 0)
    category = what.get("category") or ""
    ground = divisions().get(case.division_id or 0)
    return {
        "id": row.id,
        "kind": _kind(row.type, what),
        "at": what["at"],
        "number": case.number,
        "scenario": case.scenario,
        "procedure": case.procedure,
        "procedure_title": _(procedure.title) if procedure else case.procedure,
        "action": what.get("action"),
        "action_title": _(action.title) if action else "",
        "category": category or None,
        "category_title": _(routing.directory().names.get((case.scenario, category), "")) if category else "",
        "title": None if sight.confidential else case.title,
        "stage": what.get("to") or case.stage,
        "stage_title": _(stage.title) if stage else "",
        "from": what.get("from"),
        "divisions": list(ground.line) if ground else [],
        "cell": case.cell_id,
        "lon": case.lon,
        "lat": case.lat,
        "office": office.id if office else None,
        "office_name": office.name if office else "",
        "due": what.get("due"),
        "overdue": bool(what.get("overdue", case.overdue)),
        "child": case.parent_id is not None or not (procedure is None or procedure.counted),
        "closed": bool(what.get("final")),
        "url": f"/desk/c/{case.number}",
    }


def _action(procedure: Any, name: str) -> Action | None:
    return {**procedure.openings, **procedure.actions}.get(name) if procedure else None


def _kind(type: str, what: Mapping[str, Any]) -> str:
    """What happened, in one word for programs."""
    if type == DUE_SOON:
        return "due_soon"
    for kind, holds in (
        ("opened", what.get("first")),
        ("overdue", what.get("action") == "overdue"),
        ("reopened", what.get("reopened")),
        ("closed", what.get("final")),
        ("answered", what.get("answered")),
        ("returned", what.get("returned")),
        ("moved", what.get("from") != what.get("to")),
    ):
        if holds:
            return kind
    return "told"
