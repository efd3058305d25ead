"""Who goes when somebody calls, who hands out wristbands, and whose alarm or wearing an address is."""

from __future__ import annotations

from zhili.base.codes import parse_case_number
from zhili.core.cases import permission, query
from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree
from zhili.scenarios.eldercare.answering import ALARM
from zhili.scenarios.eldercare.kinds import RESPONDERS
from zhili.scenarios.eldercare.models import AlarmDetail, WearingDetail
from zhili.scenarios.eldercare.wearing import WEARING

GOING = ("grid", "village", "town")


def responds(actor: Actor) -> bool:
    """Posts of the grid, the village and the town: those near enough to go."""
    return _level(actor) in GOING and bool(actor.roles & set(RESPONDERS))


def keeps(actor: Actor) -> bool:
    """Posts that hand out wristbands: the village's, and the town's over it."""
    return _level(actor) in GOING[1:] and bool(actor.roles & {"handler", "leader"})


def any_post(actor: Actor) -> bool:
    return actor.kind == "post"


def _level(actor: Actor) -> str:
    seat = tree().nodes.get(actor.office_id or 0) if actor.kind == "post" else None
    return seat.level if seat is not None and seat.kind == "general" else ""


def alarm(number: str, actor: Actor) -> tuple[Case, AlarmDetail]:
    """An alarm the actor may see. Raises Refused (404)."""
    case = _seen(number, ALARM, actor)
    return case, AlarmDetail.objects.get(pk=case.pk)


def wearing(number: str, actor: Actor) -> tuple[Case, WearingDetail]:
    """A wearing of the actor's own, or of their office. Raises Refused (404)."""
    case = _seen(number, WEARING, actor)
    return case, WearingDetail.objects.get(pk=case.pk)


def _seen(number: str, procedure: str, actor: Actor) -> Case:
    rows = Case.objects.select_related("division", "cell").filter(procedure=procedure)
    found = rows.filter(number=parse_case_number(number)).first()
    return permission.refuse_unless_seen(found, actor)


def is_wearers(case: Case, actor: Actor) -> bool:
    """Whether the actor is the wearer (by account or by the code of the matter), not the office."""
    own_code = actor.kind == "grant" and actor.grant_case == case.pk and actor.grant_party == "reporter"
    own_account = actor.account_id is not None and actor.account_id == case.opener_id
    return own_code or (own_account and actor.kind != "post")


def visible(actor: Actor, procedure: str) -> list[Case]:
    """Those of a kind the actor may see and that are not over, newest first."""
    rows = query.visible(actor).filter(procedure=procedure, closed_at=None)
    return list(rows.select_related("cell", "division").order_by("-id")[:200])
