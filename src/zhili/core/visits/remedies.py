"""What is done about a finding: a scenario declares how it opens a case of it, and pages offer that by one press.

Pages of visits know no scenario. One declares in its ``ready()``::

    remedies.declare(Remedy("inspections", _("责令改正"), open_order, may_order, page_of))

for findings under its own items (``Item.scenario``). The case that was opened stands in ``Finding.case``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree
from zhili.core.visits import rights
from zhili.core.visits.models import Finding


@dataclass(frozen=True)
class Remedy:
    """``begin(finding, actor)`` opens the case and gives its id; ``page(finding)``: a form of it to change first."""

    scenario: str
    title: Any
    begin: Callable[[Finding, Actor], int]
    may: Callable[[Actor], bool]
    page: Callable[[Finding], str] = lambda _finding: ""


_remedies: dict[str, Remedy] = {}


def declare(*declared: Remedy) -> None:
    """Have these offered. Said again for the same scenario, the later one stands."""
    for one in declared:
        _remedies[one.scenario] = one


def of(finding: Finding, actor: Actor) -> Remedy | None:
    """What this actor may do about a finding of its own body's item that has no case yet."""
    if finding.case_id is not None:
        return None
    found = _remedies.get(finding.item.scenario)
    return found if found is not None and found.may(actor) and _of_its_body(finding, actor) else None


def _of_its_body(finding: Finding, actor: Actor) -> bool:
    """Only the body whose item it is has the power: a post of it, of an office above it or of one below."""
    body = finding.item.body_id
    return rights.above(actor, body) or any(one.id == body for one in tree().chain(actor.office_id or 0))


@transaction.atomic
def begin(finding_id: int, actor: Actor) -> Case:
    """Open the case of a finding, once; a second press gives the first one's. Raises Refused, PermissionDenied."""
    finding = (
        Finding.objects.select_for_update(of=("self",)).select_related("item", "visit").get(pk=finding_id)
    )
    if not rights.visits(actor).filter(pk=finding.visit_id).exists():
        raise PermissionDenied(_("这次检查不归本单位。"))
    if finding.case_id is not None:
        return Case.objects.get(pk=finding.case_id)
    remedy = of(finding, actor)
    if remedy is None:
        raise Refused("no_remedy", _("这一项没有可办的后续，或不归您现在的岗位办理"), 409)
    case_id = remedy.begin(finding, actor)
    tie(finding, case_id)
    return Case.objects.get(pk=case_id)


def tie(finding: Finding, case_id: int) -> None:
    """Say which case a finding became."""
    finding.case_id = case_id
    finding.save(update_fields=["case"])
