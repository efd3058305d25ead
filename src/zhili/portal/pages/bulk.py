"""/desk/bulk: one step on many matters: chosen on the desk, or the whole desk lot by lot when an office moves.

Each matter is a transaction of its own with a key of its own: what is done stays done, what is refused is named with
its reason and stays chosen, and pressing the button twice changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from zhili.core.cases import doors, present, query, registry
from zhili.core.cases.errors import Refused, Stale
from zhili.core.cases.models import Case
from zhili.core.cases.present import Offer
from zhili.core.forms import FormErrors
from zhili.core.people.actors import Actor
from zhili.portal.choosing import choices_for
from zhili.portal.inbox.lens import Lens
from zhili.portal.rows import Row, rows
from zhili.portal.submitted import Submission, new_key

MOST = 200
"""So many matters at a time: a lot that one request carries through."""
SINGLE = frozenset({"files", "personal", "place"})
"""What is asked of one matter at a time; a form that needs it is not offered for many."""


@dataclass(frozen=True)
class BulkChoice:
    """An action all the chosen matters allow, with its form."""

    offer: Offer
    bound: Any
    open: bool


@dataclass(frozen=True)
class Result:
    """What became of one matter. ``why`` is empty when it was done."""

    row: Row
    seq: int
    why: str


def choose(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The matters chosen (``c``: numbers), or with ``all=1`` the first of the desk under its filters."""
    return _draw(request, actor, _chosen(request, actor))


@require_POST
def act(request: HttpRequest, actor: Actor, action: str) -> HttpResponse:
    """Take the step on each. The page that follows says what was done and what was not."""
    seen = dict(_pair(text) for text in request.POST.getlist("c")[:MOST])
    cases = list(query.visible(actor).filter(number__in=seen).order_by("id"))
    declared = next((d for c in cases if (d := registry.procedures()[c.procedure].actions.get(action))), None)
    if declared is None:
        return redirect("desk")
    sent = Submission(request, declared.form, actor)
    data = {name: value for name, value in sent.data.items() if name != "c"}
    try:
        if declared.form is not None:
            declared.form.validate(data)
    except FormErrors as error:
        return _draw(request, actor, cases, tried=action, data=data, errors=error.errors)
    results = [
        _one(case, action, actor, data, f"{sent.key}/{case.number}", seen[case.number]) for case in cases
    ]
    left = [one for one in results if one.why]
    context = {
        "done": [one for one in results if not one.why],
        "left": left,
        "title": gettext(declared.title),
        "again": "&".join(f"c={one.row.number}" for one in left),
        "rest": request.POST.get("_rest", ""),
    }
    return render(request, "portal/bulk_done.html", context)


def _one(case: Case, action: str, actor: Actor, data: dict[str, Any], key: str, seen: int | None) -> Result:
    why = ""
    try:
        doors.act(case.pk, action, actor, data, key=key, seen=seen)
        case.refresh_from_db()
    except Stale:
        why = gettext("刚才有了新的进展，请看过后再办。")
    except Refused as error:
        why = error.message
    except FormErrors as error:
        why = " ".join(text for found in error.errors.values() for text in found)
    return Result(rows([case], desk=True)[0], case.seq, why)


def _chosen(request: HttpRequest, actor: Actor) -> list[Case]:
    found: QuerySet[Case]
    if request.GET.get("all") == "1":
        found = Lens.of(actor, request.GET).cases()
    else:
        numbers = [_pair(text)[0] for text in request.GET.getlist("c")[:MOST]]
        found = query.visible(actor).filter(number__in=numbers).order_by("id")
    return list(found[:MOST])


def _pair(text: str) -> tuple[str, int | None]:
    """``number`` or ``number:last step seen``."""
    number, _, seq = text.partition(":")
    return number, int(seq) if seq.isascii() and seq.isdigit() and len(seq) < 9 else None


def _draw(
    request: HttpRequest,
    actor: Actor,
    cases: list[Case],
    *,
    tried: str = "",
    data: dict[str, Any] | None = None,
    errors: dict[str, list[str]] | None = None,
) -> HttpResponse:
    choices = []
    for offer in _in_common(cases, actor):
        mine = offer.name == tried
        bound = None
        if offer.form is not None:
            bound = offer.form.bind(
                data if mine else None,
                errors if mine else None,
                choices=choices_for(offer.form, cases[0]),
                prefix=offer.name,
            )
        choices.append(BulkChoice(offer, bound, mine))
    context = {
        "rows": rows(cases, desk=True),
        "picked": [f"{case.number}:{case.seq}" for case in cases],
        "choices": choices,
        "key": new_key(),
        "most": MOST,
        "rest": request.GET.urlencode() if request.GET.get("all") == "1" and len(cases) == MOST else "",
    }
    return render(request, "portal/bulk.html", context, status=422 if errors else 200)


def _in_common(cases: list[Case], actor: Actor) -> list[Offer]:
    """What may be done with every one of them. Cases of one kind in one stage are asked once."""
    kinds = {(c.procedure, c.stage, c.office_id, c.party, c.confidential): c for c in cases}
    offered = [{o.name: o for o in present.actions_for(c, actor)} for c in kinds.values()]
    if not offered:
        return []
    first, *others = offered
    return [o for name, o in first.items() if all(name in other for other in others) and _for_many(o)]


def _for_many(offer: Offer) -> bool:
    if offer.form is None:
        return True
    single = any(one.type in SINGLE and one.required for one in offer.form.fields())
    return not single and not getattr(offer.form, "own_page", "")
