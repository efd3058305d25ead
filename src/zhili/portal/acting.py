"""A case page and its action forms, the same for residents and offices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext

from zhili.base.procedure import Action, Final
from zhili.core import params
from zhili.core.cases import doors, present, reasons, registry
from zhili.core.cases.doors import Acted
from zhili.core.cases.models import Case
from zhili.core.cases.present import Deadline, Entry, Offer
from zhili.core.files.models import File
from zhili.core.people.actors import Actor
from zhili.portal.attachments import for_everybody
from zhili.portal.choosing import choices_for
from zhili.portal.errors import Trouble, attempt
from zhili.portal.hints import GIVEN, Hint, answers_given, hint_for
from zhili.portal.rights import Right, first_sentence, rights_of
from zhili.portal.rows import category_name, place_name
from zhili.portal.submitted import Submission, new_key

Tried = tuple[str, Submission, Trouble]
SURE = "_sure"
"""The box that must be ticked before a tap that cannot be undone."""


@dataclass(frozen=True)
class Choice:
    """An action with its form, ready to draw. ``open``: unfolded: the likeliest step, or just tried.

    ``sure``: it ends the matter at one tap, so the box "I am sure" must be ticked first.
    """

    offer: Offer
    bound: Any
    url: str
    key: str
    open: bool
    trouble: Trouble | None = None
    sure: bool = False
    hint: Hint | None = None
    standing: bool = False
    """One of those every matter has: folded away under the declared ones."""
    later: str = ""
    """Where its form is to be had, when it is drawn only once it is opened."""
    filled: str = ""
    """The page with its form opened, for whoever has no scripts."""


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
    rights: list[Right] = field(default_factory=list)
    for_another: list[str] = field(default_factory=list)
    """Actions that wait for a second person, this one having taken the step before them."""

    @property
    def declared(self) -> list[Choice]:
        """The steps of this kind of matter."""
        return [one for one in self.choices if not one.standing]

    @property
    def standing(self) -> list[Choice]:
        """What may be done with any matter."""
        return [one for one in self.choices if one.standing]

    @property
    def unfolded(self) -> bool:
        """Whether one of the folded steps was just tried, or is to be filled in."""
        return any(one.open for one in self.standing)

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
    fill: str = "",
    given: Mapping[str, str] | None = None,
) -> View:
    """What this actor sees of the case. ``tried``: an action that was refused, to be drawn again as typed.

    ``fill``: an action whose form is opened with its first sentence written, or with what is ``given`` for it.
    """
    procedure = registry.procedures()[case.procedure]
    stage = procedure.stages.get(case.stage)
    entries = present.timeline(case, actor)
    offers = present.actions_for(case, actor) if own else []
    # Offices are here to take the next step; residents only when it is their turn.
    first = offers[0] if offers and (desk or case.party or case.answered_at) else None
    # what may still be done to a matter that has ended (a document revoked) is not put before anybody
    first = None if first is None or first.standing or case.closed_at is not None else first
    deadlines = present.deadlines(case) if own else []
    draw = _Drawing(case, procedure, base, grant, deadlines, tried, fill, given or {}, desk)
    return View(
        case,
        own,
        base,
        grant,
        present.stage_title(case, plain=not desk, own=own),
        case.closed_at is not None,
        isinstance(stage, Final) and stage.outcome == "closed",
        procedure.title,
        place_name(case),
        category_name(case),
        present.office_name(case.office_id),
        entries,
        _files(entries, case, own=own),
        [draw.choice(offer, offer is first) for offer in offers],
        deadlines,
        next((entry.why for entry in reversed(entries) if entry.why), []) if own else [],
        _sources(procedure) if own else [],
        opened or {},
        rights_of(case, procedure, deadlines, offers, base, grant) if own and not desk else [],
        present.needing_another(case, actor) if own and desk else [],
    )


@dataclass(frozen=True)
class _Drawing:
    """What every action form of one page shares."""

    case: Case
    procedure: Any
    base: str
    grant: str
    deadlines: list[Deadline]
    tried: Tried | None
    fill: str
    given: Mapping[str, str]
    desk: bool

    def choice(self, offer: Offer, likely: bool) -> Choice:
        mine = self.tried if self.tried and self.tried[0] == offer.name else None
        filled = not self.tried and self.fill == offer.name
        unfolded = mine is not None or filled or (likely and not self.tried)
        if self.desk and not unfolded and self._costly(offer):
            return self._later(offer)
        return self.drawn(offer, mine, filled=filled, unfolded=unfolded)

    def _costly(self, offer: Offer) -> bool:
        """A form to fill in: on the desk a matter has a dozen of them, and one or two are ever opened."""
        return offer.form is not None and not getattr(offer.form, "own_page", "")

    def _later(self, offer: Offer) -> Choice:
        form = f"{self.base}/form/{offer.name}?seen={self.case.seq}"
        filled = f"{self.base}?{urlencode({'fill': offer.name})}#act-{offer.name}"
        return Choice(offer, None, "", "", False, standing=offer.standing, later=form, filled=filled)

    def drawn(self, offer: Offer, mine: Tried | None, *, filled: bool, unfolded: bool) -> Choice:
        """The action with its form; ``mine``: as it was sent and refused."""
        sent, trouble = (mine[1], mine[2]) if mine else (None, None)
        action = self.procedure.actions[offer.name]
        bound = None
        if offer.form is not None:
            written = {**self._begun(action), **(self._written(action) if filled else {})}
            bound = offer.form.bind(
                sent.data if sent else written or None,
                trouble.errors if trouble else None,
                choices=choices_for(offer.form, self.case),
                file_names=sent.names if sent else None,
                prefix=offer.name,
            )
        key = sent.key if sent and trouble and trouble.errors else new_key()
        url = f"{self.base}/act/{offer.name}{self.grant}"
        hint = hint_for(action, self.case, self.base, self.given if filled else {}) if self.desk else None
        sure = ends_at_a_tap(action)
        return Choice(offer, bound, url, key, unfolded, trouble, sure, hint, action.standing)

    def _begun(self, action: Action) -> dict[str, Any]:
        """What the last step of ``begins_as`` said, for the person who now answers for it. One query where declared."""
        if not action.begins_as:
            return {}
        last = self.case.steps.filter(action=action.begins_as).order_by("-seq").first()
        names = {field.name for field in action.form.fields() if field.type in GIVEN}
        return {name: last.data[name] for name in sorted(names) if last is not None and last.data.get(name)}

    def _written(self, action: Action) -> dict[str, Any]:
        if self.desk:
            return answers_given(action.form, self.given)
        return first_sentence(action, self.case, self.deadlines)


def form_of(case: Case, actor: Actor, base: str, action: str) -> Choice | None:
    """One action of the desk with its form, drawn when it is opened; None when it can no longer be taken."""
    offer = next((one for one in present.actions_for(case, actor) if one.name == action), None)
    if offer is None:
        return None
    procedure = registry.procedures()[case.procedure]
    draw = _Drawing(case, procedure, base, "", [], None, "", {}, True)
    return draw.drawn(offer, None, filled=False, unfolded=True)


def ends_at_a_tap(action: Action) -> bool:
    """Whether one tap, with nothing to fill in, would end the matter for good."""
    return action.form is None and isinstance(action.move.target, Final)


def take(request: HttpRequest, case: Case, action: str, actor: Actor) -> tuple[Submission, Trouble | None]:
    """Do what a sent form asks. The trouble, if any, is for ``view_of`` to draw the form again with."""
    procedure = registry.procedures()[case.procedure]
    declared = procedure.actions.get(action)
    sent = Submission(request, declared.form if declared else None, actor)
    if declared and ends_at_a_tap(declared) and request.POST.get(SURE) != "1":
        return sent, Trouble(422, gettext("还没有办。请先勾选“确定”，再按一次。"))

    def send() -> Acted:
        sent.raise_faults()
        return doors.act(case.pk, action, actor, sent.data, key=sent.key, seen=sent.seen)

    _acted, trouble = attempt(send)
    return sent, trouble


def _files(entries: list[Entry], case: Case, *, own: bool) -> dict[str, File]:
    ids = [UUID(one) for entry in entries for one in entry.files]
    found = list(File.objects.filter(pk__in=ids)) if ids else []
    fit = set(found) if own else for_everybody(found, case.scenario)
    return {str(one.pk): one for one in found if one in fit}


def _sources(procedure: Any) -> list[tuple[str, str]]:
    """(what is limited, where the limit comes from) of the procedure's clocks."""
    found = []
    for clock in procedure.clocks.values():
        value = params.get(clock.limit.param)
        if where := reasons.basis(value.source, value.article):
            found.append((gettext(clock.title), where))
    return found
