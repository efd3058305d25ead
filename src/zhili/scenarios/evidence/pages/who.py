"""Who may open the pages of evidence, and which item an address means."""

from __future__ import annotations

from django.http import Http404

from zhili.base.codes import parse_case_number
from zhili.core.cases import permission
from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree
from zhili.scenarios.evidence.models import ItemDetail

PROCEDURE = "evidence.item"
CUSTODIANS = frozenset({"handler", "leader"})


def custodian(actor: Actor) -> bool:
    """Posts that may take things in and keep them."""
    return actor.kind == "post" and bool(actor.roles & CUSTODIANS)


def has_a_store(actor: Actor) -> bool:
    """Custodians of a department: they are offered the pages; others may open them."""
    seat = tree().nodes.get(actor.office_id or 0)
    return custodian(actor) and seat is not None and seat.kind == "department"


def any_post(actor: Actor) -> bool:
    """Whoever acts for an office; what they see is decided item by item."""
    return actor.kind == "post"


def find(number: str, actor: Actor) -> tuple[Case, ItemDetail]:
    """An item the actor may see; else 404, the same as if there were none."""
    case = Case.objects.filter(number=parse_case_number(number), procedure=PROCEDURE).first()
    seen = permission.refuse_unless_seen(case, actor)
    detail = (
        ItemDetail.objects.select_related("slot__rack__room__store", "hand_in").filter(pk=seen.pk).first()
    )
    if detail is None:
        raise Http404
    return seen, detail
