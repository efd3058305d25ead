"""A case page and its action forms, the same for residents and offices."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext

from zhili.base.procedure import Final
from zhili.core import params
from zhili.core.cases import doors, present, reasons, registry
from zhili.core.cases.doors import Acted
from zhili.core.cases.models import Case
from zhili.core.cases.present import Deadline, Entry, Offer
from zhili.core.files.models import File
from zhili.core.people.actors import Actor
from zhili.portal.choosing import choices_for
from zhili.portal.errors import Trouble, attempt
from zhili.portal.rows import category_name, place_name
from zhili.portal.submitted import Submission, new_key

Tried = tuple[str, Submission, Trouble]


@dataclass(frozen=True)
class Choice:
    """An action with its form, ready to draw. ``open``: unfolded: the likeliest step, or just tried."""

    offer: Offer
    bound: Any
    url: str
    key: str
    open: bool
    trouble: Trouble | None = None


@dataclass(frozen=True)
class View:
    """Everything a case page shows."""

    case: Case
    own: bool
    base: str
    grant: str
    stage: str
    final: bool
    good: bool
    procedure_title: str
    place: str
    category: str
    office: str
    entries: list[Entry]
    files: dict[str, File]
    choices: list[Choice]
    deadlines: list[Deadline]
    reasons: list[str]
    sources: list[tuple[str, str]] = field(default_factory=list)
    opened: dict[str, str] = field(default_factory=dict)

    @property
    def personal(self) -> list[Any]:
        return [one for entry in self.entries for one in entry.personal]


def view_of(
    case: Case,
    actor: Actor,
    *,
    own: bool,
    base: str,
    grant: str = "",
    desk: bool = False,
    tried: Tried | None = None,
    opened: dict[str, str] | None = None,
) -> View:
    """What this actor sees of the case. ``tried``: an action that was refused, to be drawn again as typed."""
    procedure = registry.procedures()[case.procedure]
    stage = procedure.stages.get(case.stage)
    entries = present.timeline(case, actor)
    offers = present.actions_for(case, actor) if own else []
    # Offices are here to take the next step; residents only when it is their turn.
    first = offers[0] if offers and (desk or case.party or case.answered_at) else None
    return View(
        case,
        own,
        base,
        grant,
        present.stage_title(case, plain=not desk),
        case.closed_at is not None,
        isinstance(stage, Final) and stage.outcome == "closed",
        procedure.title,
        place_name(case),
        category_name(case),
        present.office_name(case.office_id),
        entries,
        _files(entries),
        [_choice(offer, case, base, grant, offer is first, tried) for offer in offers],
        present.deadlines(case) if own else [],
        present.why_here(case) if own else [],
        _sources(procedure) if own else [],
        opened or {},
    )


def _choice(offer: Offer, case: Case, base: str, grant: str, likely: bool, tried: Tried | None) -> Choice:
    mine = tried if tried and tried[0] == offer.name else None
    sent, trouble = (mine[1], mine[2]) if mine else (None, None)
    bound = None
    if offer.form is not None:
        bound = offer.form.bind(
            sent.data if sent else None,
            trouble.errors if trouble else None,
            choices=choices_for(offer.form, case),
            file_names=sent.names if sent else None,
            prefix=offer.name,
        )
    unfolded = mine is not None or (likely and not tried)
    key = sent.key if sent and trouble and trouble.errors else new_key()
    return Choice(offer, bound, f"{base}/act/{offer.name}{grant}", key, unfolded, trouble)


def take(request: HttpRequest, case: Case, action: str, actor: Actor) -> tuple[Submission, Trouble | None]:
    """Do what a sent form asks. The trouble, if any, is for ``view_of`` to draw the form again with."""
    procedure = registry.procedures()[case.procedure]
    declared = procedure.actions.get(action)
    sent = Submission(request, declared.form if declared else None, actor)

    def send() -> Acted:
        sent.raise_faults()
        return doors.act(case.pk, action, actor, sent.data, key=sent.key, seen=sent.seen)

    _acted, trouble = attempt(send)
    return sent, trouble


def _files(entries: list[Entry]) -> dict[str, File]:
    ids = [UUID(one) for entry in entries for one in entry.files]
    return {str(f.pk): f for f in File.objects.filter(pk__in=ids)} if ids else {}


def _sources(procedure: Any) -> list[tuple[str, str]]:
    """(what is limited, where the limit comes from) of the procedure's clocks."""
    found = []
    for clock in procedure.clocks.values():
        value = params.get(clock.limit.param)
        if where := reasons.basis(value.source, value.article):
            found.append((gettext(clock.title), where))
    return found
