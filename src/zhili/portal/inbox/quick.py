"""What a post may begin from its desk: found and fixed in two taps, and what others may not begin at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from zhili.base.procedure import Anyone, Opening
from zhili.core.cases import present, query
from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree
from zhili.portal.submitted import new_key

OFTEN = 8
"""So many categories stand as buttons in the two-tap entry."""
LOOKED_BACK = 300
"""Over so many of the office's last finds to learn which categories come often."""


def entries(actor: Actor) -> list[Any]:
    """What this post may begin that others may not: on behalf of a caller, found on patrol."""
    return [
        (procedure, opening)
        for procedure, opening in present.openings_for(actor)
        if not any(isinstance(who, Anyone) for who in opening.by) and not _is_quick(opening)
    ]


@dataclass(frozen=True)
class Quick:
    """Found and fixed: one tap opens it, the second sends it."""

    title: str
    url: str
    field: str
    key: str
    choices: list[tuple[str, str]]


def quick(actor: Actor) -> Quick | None:
    """The opening that ends at once and asks for nothing but one choice, if the actor has one."""
    for procedure, opening in present.openings_for(actor):
        if _is_quick(opening):
            required = [one for one in opening.form.fields() if one.required]
            often = _often(actor, procedure.full_name(), required[0].offered())
            url = f"/new/{procedure.full_name()}/{opening.name}"
            return Quick(gettext(opening.title), url, required[0].name, new_key(), often)
    return None


def _is_quick(opening: Opening) -> bool:
    target, form = opening.move.target, opening.form
    if target is None or not target.final or form is None:
        return False
    return [one.type for one in form.fields() if one.required] == ["choice"]


def _often(actor: Actor, procedure: str, offered: Any) -> list[tuple[str, str]]:
    """The categories this office's ground sees most, filled up from the list."""
    seat = tree().nodes.get(actor.office_id or 0)
    cell = seat.cell_id if seat else None
    around = Case.objects.filter(query.served(), confidential=False)
    near = around.filter(cell_id=cell) if cell else around.filter(division=actor.division_id or 0)
    last = near.exclude(category="").order_by("-id").values_list("category", flat=True)[:LOOKED_BACK]
    tally: dict[str, int] = {}
    for category in last:
        tally[category] = tally.get(category, 0) + 1
    titles = {value: title for value, title, _group in offered}
    ranked = sorted((c for c in tally if c in titles), key=lambda c: -tally[c])
    rest = [value for value in titles if value not in tally]
    return [(value, gettext(titles[value])) for value in (ranked + rest)[:OFTEN]]
