"""Steps of cases another site has a part in become messages to it, exactly once.

The consumer's position, the numbers of the messages and what a link has said stand in one transaction. Only what
everybody may read of a step leaves (``handover.public``), whatever the procedure of the case.

Our case of a matter that came from there: ``accept`` when it leaves its first stage, ``close`` when it is answered or
ends well, ``refuse`` when it is declined before it was accepted, ``return`` when it ends without a result afterwards,
``progress`` for any other public step. Our child of a matter that went there: ``withdraw`` when it was called back,
``progress`` for what we tell them and for the public steps of its parent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from zhili.base.exchange.shape import spelt
from zhili.base.procedure import Clock, Party, Procedure, Stage
from zhili.base.procedure import Final as FinalStage
from zhili.core.cases import registry
from zhili.core.cases.models import Case, Step
from zhili.core.exchange.handover import public
from zhili.core.exchange.handover.offering import HANDOVER
from zhili.core.exchange.models import Direction, Link
from zhili.core.exchange.open311.telling import declared
from zhili.core.exchange.sites import queueing
from zhili.core.exchange.sites.applying import ACCEPTED, CLOSED, OVER, REFUSED, RETURNED, WAITING, WITHDRAWN
from zhili.core.streams import Consumer, Event

SAID: Final = {
    "accept": ACCEPTED,
    "close": CLOSED,
    "refuse": REFUSED,
    "return": RETURNED,
    "withdraw": WITHDRAWN,
}
NO_REASON: Final = "没有写明理由"
OF_THEIRS: Final = frozenset({"site"})
ENDED: Final = Q(state__in=OVER) & ~Q(state=CLOSED, way=Direction.OUT)
"""Links of which nothing more is told. What they closed for us may wait to be confirmed here (joint handling), and
until then it can be called back, and they can be told something."""


class Teller(Consumer):
    """Puts messages in line; ``delivering`` sends them."""

    name = "exchange"
    types = frozenset({"step"})

    def handle(self, events: list[Event]) -> None:
        tell(events)


@dataclass
class _Known:
    """What is needed to judge a batch of steps. Two queries where none is shared, else five for any number."""

    links: dict[int, list[Link]] = field(default_factory=lambda: defaultdict(list))
    """By our own case of it."""
    of_parent: dict[int, list[Link]] = field(default_factory=lambda: defaultdict(list))
    steps: dict[tuple[int, int], Step] = field(default_factory=dict)
    files: dict[tuple[int, int], list[UUID]] = field(default_factory=dict)
    began: dict[int, str] = field(default_factory=dict)
    """The stage in which a case that waits to be accepted began."""


def tell(events: Iterable[Event]) -> int:
    """Queue what these steps say to other sites; how many messages."""
    steps = [(int(one.payload["case"]), int(one.payload["seq"]), one.payload) for one in events]
    known = _read({case for case, _seq, _payload in steps}, {(case, seq) for case, seq, _p in steps})
    drafts: list[queueing.Draft] = []
    for case_id, seq, payload in steps:
        step = known.steps.get((case_id, seq))
        if step is None:
            continue
        files = known.files.get((case_id, seq), [])
        for link in known.links.get(case_id, ()):
            drafts += _judged(link, step, payload, files, known.began.get(case_id, ""))
        for link in known.of_parent.get(case_id, ()):
            drafts += _of_parent(link, step, files)
    queueing.enqueue_many(drafts)
    moved = {one.link.pk: one.link for one in drafts if one.kind in SAID}
    if moved:
        Link.objects.bulk_update(moved.values(), ["state"])
    return len(drafts)


def _read(ids: set[int], wanted: set[tuple[int, int]]) -> _Known:
    known = _Known()
    # each by its own index: an OR over both would read all streams there ever were
    children = Case.objects.filter(parent_id__in=ids, procedure=HANDOVER, closed_at=None)
    near = Link.objects.filter(case_id__in={*ids, *children.values_list("pk", flat=True)}).exclude(ENDED)
    locked = list(near.select_related("case").select_for_update(of=("self",), no_key=True).order_by("pk"))
    for link in locked:
        if link.case is not None and link.case_id in ids:
            known.links[link.case.pk].append(link)
        if link.case is not None and link.way == Direction.OUT and link.case.parent_id in ids:
            known.of_parent[link.case.parent_id].append(link)
    concerned = {*known.links, *known.of_parent}
    if not concerned:
        return known
    for step in Step.objects.filter(
        case_id__in=concerned, seq__in={seq for case, seq in wanted if case in concerned}
    ).select_related("case"):
        if (step.case_id, step.seq) in wanted:
            known.steps[step.case_id, step.seq] = step
    waiting = [pk for pk, links in known.links.items() if any(link.state == WAITING for link in links)]
    known.began = dict(Step.objects.filter(case_id__in=waiting, seq=1).values_list("case_id", "to_stage"))
    known.files = dict(public.files(known.steps.values()))
    return known


def _judged(
    link: Link, step: Step, payload: dict[str, Any], files: list[UUID], began: str
) -> list[queueing.Draft]:
    """What a step of our own case of it says."""
    if step.actor_kind in OF_THEIRS:
        return []
    if link.way == Direction.OUT:
        return _of_child(link, step) if link.state not in OVER or link.state == CLOSED else []
    if link.state in OVER:
        return []
    return _of_incoming(link, step, payload, files, began)


# --- we have it: to whoever opened it ----------------------------------------------------------------------


def _of_incoming(
    link: Link, step: Step, payload: dict[str, Any], files: list[UUID], began: str
) -> list[queueing.Draft]:
    procedure = registry.procedure(step.case.procedure)
    stage = procedure.stages.get(step.to_stage) if procedure else None
    if procedure is None or stage is None or payload.get("first"):
        return []
    entered = step.to_stage != step.from_stage
    if entered and _declines(procedure, stage):
        kind = "refuse" if link.state == WAITING else "return"
        return [_draft(link, kind, _reason(step))]
    if payload.get("answered") or (entered and stage.final):
        return [*_accepted(link, step), _draft(link, "close", _result(step, stage), files)]
    # handed on within the city it is in the stage it began in still, and accepted by nobody
    if entered and link.state == WAITING and step.from_stage == began and not isinstance(stage.owner, Party):
        return _accepted(link, step)
    return _progress(link, step, files)


def _declines(procedure: type[Procedure], stage: Stage) -> bool:
    """An end without a result; or the stage before it, in which only time or an objection is waited for."""
    if isinstance(stage, FinalStage):
        return stage.outcome != "closed"
    ends = [a for a in procedure.from_stage(stage.name) if any(isinstance(who, Clock) for who in a.by)]
    return stage.answers and any(
        isinstance(a.move.target, FinalStage) and a.move.target.outcome != "closed" for a in ends
    )


def _accepted(link: Link, step: Step) -> list[queueing.Draft]:
    if link.state != WAITING:
        return []
    case = step.case
    body: dict[str, Any] = {
        "office": public.office(step.office_id),
        "reference": case.number,
        "at": spelt(step.at),
    }
    if case.due_at is not None:
        body["due_at"] = spelt(case.due_at)
    return [_draft(link, "accept", body)]


def _result(step: Step, stage: Stage) -> dict[str, Any]:
    return {
        "result": public.stage(step.case, stage.name),
        "words": _words(step),
        "office": _office(step),
        "at": spelt(step.at),
    }


def _reason(step: Step) -> dict[str, Any]:
    return {"reason": _words(step)[:2000] or NO_REASON, "office": _office(step), "at": spelt(step.at)}


# --- they have it: from our child and its parent ------------------------------------------------------------


def _of_child(link: Link, step: Step) -> list[queueing.Draft]:
    if step.to_stage == "withdrawn":
        return [_draft(link, "withdraw", _reason(step))]
    if step.action == "tell":
        return _progress(link, step, [], stage=_parent_stage(step.case))
    return []


def _of_parent(link: Link, step: Step, files: list[UUID]) -> list[queueing.Draft]:
    """A public step of the parent since it was handed over; what comes back of children they know already."""
    case = link.case
    if case is None or link.state in OVER or step.at <= case.opened_at:
        return []
    if step.action == "returned" and step.data.get("procedure") == HANDOVER:
        return []
    return _progress(link, step, files)


def _parent_stage(child: Case) -> str:
    return public.stage(child.parent, child.parent.stage) if child.parent is not None else ""


# --- both ---------------------------------------------------------------------------------------------------


def _progress(link: Link, step: Step, files: list[UUID], stage: str | None = None) -> list[queueing.Draft]:
    action = declared(step.case, step)
    words = _words(step) if public.told(action) else ""
    moved = step.to_stage != step.from_stage
    if not public.told(action) or not (words or moved or files):
        return []
    body = {
        "stage": public.stage(step.case, step.to_stage) if stage is None else stage,
        "words": words or (action.title if action is not None else ""),
        "office": _office(step),
        "at": spelt(step.at),
    }
    return [_draft(link, "progress", body, files)]


def _draft(link: Link, kind: str, body: dict[str, Any], files: Iterable[UUID] = ()) -> queueing.Draft:
    link.state = SAID.get(kind, link.state)
    return queueing.Draft(link, kind, body, files=tuple(files))


def _words(step: Step) -> str:
    return public.words(step.case, step)


def _office(step: Step) -> str:
    return public.office(step.actor_office_id or step.office_id)
