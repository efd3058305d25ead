"""What follows from a step on the board by itself: full is closed, an end is told to all, the next in line moves up."""

from __future__ import annotations

import logging
from typing import ClassVar, Final

from zhili.core.cases import doors
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor
from zhili.core.streams import Consumer, Event
from zhili.scenarios.wages.jobs import replies
from zhili.scenarios.wages.models import Course, Reply, Vacancy

RULE: Final = Actor(kind="rule", label="招满、截止和候补")
ENDS: Final = {
    ("wages.vacancy", "filled"): (("sent", "invited"), "place_taken"),
    ("wages.vacancy", "ended"): (("sent", "invited"), "ended"),
    ("wages.vacancy", "lapsed"): (("sent", "invited"), "ended"),
    ("wages.vacancy", "taken_down"): (("sent", "invited"), "ended"),
    ("wages.course", "teaching"): (("waiting",), "not_placed"),
    ("wages.course", "cancelled"): (("enrolled", "waiting"), "called_off"),
    ("wages.course", "taken_down"): (("enrolled", "waiting"), "called_off"),
    ("wages.course", "finished"): (("enrolled",), "unmarked"),
}
"""What becomes of open answers when a posting comes to a stage."""
log = logging.getLogger("zhili.wages")


class Board(Consumer):
    """Reads the steps of postings and answers."""

    name: ClassVar[str] = "wages_board"
    types: ClassVar[frozenset[str] | None] = frozenset({"step"})
    from_start: ClassVar[bool] = False

    def handle(self, events: list[Event]) -> None:
        for one in events:
            what = one.payload
            procedure, case = what.get("procedure"), int(what.get("case") or 0)
            if procedure in ("wages.vacancy", "wages.course"):
                _posting(procedure, str(what["to"]), case)
                if what["action"] == "edit":
                    _moved(case)
            elif procedure in ("wages.application", "wages.enrolment"):
                found = Reply.objects.filter(pk=case).values_list("posting_id", flat=True).first()
                if found is not None:
                    _moved(found)


def _posting(procedure: str, stage: str, case: int) -> None:
    stages, action = ENDS.get((procedure, stage), ((), ""))
    for reply in Reply.objects.filter(posting_id=case, case__stage__in=stages).order_by("pk"):
        _do(reply.pk, action)


def _moved(posting: int) -> None:
    """Places of a posting were taken or given back."""
    case = Case.objects.get(pk=posting)
    if case.stage != "open":
        return
    if case.procedure == "wages.vacancy":
        if replies.taken(case) >= Vacancy.objects.get(pk=posting).wanted:
            _do(posting, "fill")
        return
    free = Course.objects.get(pk=posting).places - replies.taken(case)
    waiting = Reply.objects.filter(posting=case, case__stage="waiting").order_by("pk")
    for reply in waiting[: max(0, free)]:
        _do(reply.pk, "place")


def _do(case: int, action: str) -> None:
    """A person may have been quicker: then there is nothing left to do."""
    try:
        doors.act(case, action, RULE)
    except Refused as error:
        log.info("%s of case %s: %s", action, case, error.message)
