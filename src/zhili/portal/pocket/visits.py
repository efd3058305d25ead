"""The visits an officer goes to, as the phone takes them along: questions, what was said, who signs, the codes.

Of the premises only what hangs over the door: name and address. Nothing of the firm's people, no officer's name.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext

from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree
from zhili.core.visits import answers, arrivals, checklists, explaining, signing
from zhili.core.visits.checklists import Question
from zhili.core.visits.combining import Said, Told, combine
from zhili.core.visits.models import Arrival, Officer, Signature, Visit, VisitAnswer, VisitState
from zhili.portal.receipts import qr

AHEAD: Final = timedelta(days=3)
BEHIND: Final = timedelta(days=14)
"""Those begun and not closed stay on the phone so long."""
MOST: Final = 30


def visits_of(actor: Actor, site: str) -> list[dict[str, Any]]:
    """The reader's visits of today and the next days, and those begun. ``site``: our address, for the codes.

    A fixed number of queries, however many visits.
    """
    if actor.kind != "post" or actor.account_id is None:
        return []
    today = timezone.localdate()
    own = Officer.objects.filter(inspector__account=actor.account_id).values("visit_id")
    rows = Visit.objects.filter(pk__in=own, date__range=(today - BEHIND, today + AHEAD)).exclude(
        state__in=(VisitState.DROPPED, VisitState.DONE)
    )
    found = list(rows.select_related("premises", "plan").order_by("date", "pk")[:MOST])
    if not found:
        return []
    along = _Along(found, actor)
    return [along.visit(one, site) for one in found]


class _Along:
    """Everything about some visits, asked for once."""

    def __init__(self, visits: list[Visit], actor: Actor) -> None:
        self.actor = actor
        self.items = answers.questions_of(visits)
        said: dict[int, list[Said]] = defaultdict(list)
        self.last: dict[int, int] = {}
        for row in VisitAnswer.objects.filter(visit__in=visits).order_by("id"):
            said[row.visit_id].append(answers.as_said(row))
            self.last[row.visit_id] = row.pk
        self.told = {visit: combine(rows) for visit, rows in said.items()}
        self.team = defaultdict(list)
        for one in (
            Officer.objects.filter(visit__in=visits)
            .select_related("inspector", "body")
            .order_by("body", "pk")
        ):
            self.team[one.visit_id].append(one)
        self.signed = defaultdict(list)
        for name in Signature.objects.filter(visit__in=visits).select_related("inspector"):
            self.signed[name.visit_id].append(name)
        self.came = defaultdict(list)
        for scan in Arrival.objects.filter(visit__in=visits).order_by("id"):
            self.came[scan.visit_id].append(scan)
        self.why = explaining.why(visits)

    def visit(self, one: Visit, site: str) -> dict[str, Any]:
        nodes = tree().nodes
        told = self.told.get(one.pk, {})
        address = f"{site}/visit/{one.pk}?g={arrivals.code_of(one)}"
        mine = next((o for o in self.team[one.pk] if o.inspector.account_id == self.actor.account_id), None)
        return {
            "id": one.pk,
            "name": one.premises.name,
            "address": one.premises.address,
            "date": one.date.isoformat(),
            "state": one.state,
            "plan": one.plan.title if one.plan else "",
            "bodies": [nodes[body].name for body in one.bodies if body in nodes],
            "officers": [
                {"id": o.inspector_id, "body": o.body.name, "number": o.inspector.certificate_number}
                for o in self.team[one.pk]
            ],
            "me": mine.inspector_id if mine else 0,
            "why": self.why.get(one.pk, []),
            "code": str(qr(address)),
            "link": address,
            "seen": self.last.get(one.pk, 0),
            "arrived": any(mine and scan.inspector_id == mine.inspector_id for scan in self.came[one.pk]),
            "confirmed": any(scan.side == "business" for scan in self.came[one.pk]),
            "items": [
                {
                    "id": item.pk,
                    "title": item.title,
                    "basis": item.basis,
                    "body": nodes[item.body_id].name if item.body_id in nodes else "",
                    "questions": [_question(q, told.get((item.pk, q.code))) for q in asked],
                }
                for item, asked in self.items[one.pk]
            ],
            "signed": [
                {"inspector": row.inspector_id or 0, "refused": row.file_id is None, "changed": n}
                for row in signing.last_of_each(self.signed[one.pk])
                for n in [signing.changed_since(row, told)]
            ],
        }


def _question(question: Question, told: Told | None) -> dict[str, Any]:
    """``said``: what stands, in everybody's words."""
    return {
        "code": question.code,
        "title": question.title,
        "kind": question.kind,
        "unit": question.unit,
        "low": question.low,
        "high": question.high,
        "choices": choices(question),
        "bad": [one for one, _title in choices(question) if checklists.is_bad(question, one)]
        if question.kind != "number"
        else [],
        "open": bool(told and not told.agreed),
        "said": [
            {
                "value": str(one.value),
                "words": answers.said_as(question, one.value),
                "note": one.note,
                "label": one.label,
                "at": one.made_at.isoformat(),
                "photos": len(one.photos),
            }
            for one in (told.standing if told else ())
        ],
    }


def choices(question: Question) -> list[tuple[str, str]]:
    """(value, words) of what may be picked; none for numbers and words."""
    if question.kind == "yes_no":
        return [("yes", gettext("是")), ("no", gettext("否")), ("na", gettext("不适用"))]
    if question.kind == "photo":
        return [("taken", gettext("已拍照")), ("none", gettext("没有拍照"))]
    return [(one, one) for one in question.choices]
