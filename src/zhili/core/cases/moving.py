"""A change of a case, worked out: effects, stage, holder, clocks, publicity. ``carrying`` writes it."""

from __future__ import annotations

from datetime import datetime, timedelta

from zhili.base.procedure import Back, Chosen, Desk, Duty, Keep, Opener, Owner, Party, Up
from zhili.base.text import redact
from zhili.core import params
from zhili.core.cases import clocks, reasons, routing
from zhili.core.cases.changing import Change
from zhili.core.cases.models import Case, Step
from zhili.core.people.offices import tree as offices
from zhili.core.places.locate import locate


def move(change: Change) -> None:
    """Work out the step of a change on its locked case: effects, stage, holder, clocks, what the step keeps."""
    case, action = change.case, change.action
    case.seq += 1
    if change.actor.kind == "post":  # an office may put the place right; a reporter tells it in words
        place(change)
    for effect in action.effects:
        effect(change)
    if change.target is not None:
        case.stage = change.target.name
    if action.reopens:
        case.reopened += 1
        case.answered_at = None
        case.lead_id = None  # whoever asks for more is no longer answered with another
    if action.returns:
        case.returns += 1
    _publish(change)
    _hand(change)
    _mark(change)
    clocks.advance(change)
    change.seal(keep_until(change.at), case.opener_id)


def place(change: Change) -> None:
    """Where it is: the place given, else the ground of the office that opens it. A later step may put it right."""
    case, given = change.case, change.cleaned
    if given.address:
        case.address = redact(given.address)
    if given.lon is not None and given.lat is not None:
        case.lon, case.lat = given.lon, given.lat
        found = locate(given.lon, given.lat)
        case.outside, case.cell_id, case.division_id = found.outside, found.cell_id, found.division_id
    elif change.first and case.parent_id is None and change.actor.kind == "post" and change.actor.office_id:
        seat = offices().nodes.get(change.actor.office_id)
        if seat is not None:
            case.cell_id, case.division_id = seat.cell_id, seat.division_id


def settle(change: Change) -> None:
    """Of a case being opened: who has it, whether it is public, and its clocks."""
    _publish(change)
    _hand(change)
    _mark(change)
    clocks.begin(change)


def keep_until(at: datetime) -> datetime:
    """Until when personal values given now are kept."""
    return at + timedelta(days=params.duration("cases.personal_days")[0].amount)


def _hand(change: Change) -> None:
    """Decide who holds the case after the step, and keep the reason."""
    case, action = change.case, change.action
    target = change.stage
    if target.final:
        case.party = ""
        return
    if change.target is None and action.hands is None and not action.returns and case.office_id is not None:
        return  # nothing moves: whoever has it, or is waited for, stays
    owner: Owner = action.hands or (target.owner if change.target is not None else None) or Keep()
    limit = int(params.get(change.procedure.returns_to_arbiter).text)
    if action.returns and case.returns >= limit and case.returns % limit == 0:
        owner = Desk("arbiter")
        change.why.append(reasons.RETURNED(n=case.returns))
    before = case.office_id
    match owner:
        case Party(name=name):
            if change.first and not (change.procedure.party_first or case.office_id):
                case.office_id = change.actor.office_id  # whoever referred it keeps it while it waits
            case.party = name
            return
        case Keep():
            if case.office_id is None:
                case.office_id = change.actor.office_id
            case.party = ""
            return
        case Duty() if change.first and case.outside and change.actor.kind == "site":
            # across the border: no line of our list knows the place, the office that takes in from there does
            case.party, case.office_id = "", change.actor.office_id
            return
        case Duty():
            route = routing.route(
                case.scenario, case.category, case.division_id, case.cell_id, outside=case.outside
            )
        case Up():
            route = routing.up(
                case.scenario, case.category, None if case.outside else case.division_id, before
            )
        case Back():
            route = routing.chosen(_former_holder(case, before))
        case Chosen(field=name):
            route = routing.chosen(int(change.values[name]))
        case Desk(kind=kind):
            route = routing.desk(kind)
        case Opener():
            route = routing.chosen(_opening_office(case) or before or 0)
    case.party = ""
    case.office_id = route.office_id
    change.why.extend(route.why)
    if case.parent_id is not None and not change.first and case.office_id is not None:
        change.take_part("assisting", office_id=case.office_id, case_id=case.parent_id)


def _former_holder(case: Case, now: int | None) -> int:
    """The office that had the case before the present one; the arbiter when nobody had."""
    before = Step.objects.filter(case=case, office_id__isnull=False).exclude(office_id=now).order_by("-seq")
    found = before.values_list("office_id", flat=True).first()
    return found if found is not None else routing.desk("arbiter").office_id


def _opening_office(case: Case) -> int | None:
    first = Step.objects.filter(case=case, seq=1).values_list("actor_office_id", flat=True).first()
    return first


def _publish(change: Change) -> None:
    """Public once an office has looked: a name in free text is not recognised by a machine. Never without a place.

    A child never is: its result is read on the parent.
    """
    case = change.case
    settled = case.public or case.confidential or case.parent_id is not None
    if (
        settled
        or not change.procedure.open_to_all
        or case.lon is None
        or case.outside
        or change.actor.kind != "post"
    ):
        return
    case.public = routing.directory().public.get((case.scenario, case.category), True)


def _mark(change: Change) -> None:
    """Set what follows from the stage: answered, closed."""
    case, stage = change.case, change.stage
    if stage.answers and case.answered_at is None:
        case.answered_at = change.at
    case.closed_at = (case.closed_at or change.at) if stage.final else None
    if stage.final:
        case.due_at = None
