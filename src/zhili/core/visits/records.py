"""The record of inspection (现场检查笔录): what stands on the paper, as one document whose digest is a leaf.

It is made when the visit is closed, and again, as the next number, when something came in later: a phone that was
away, a signature. What was given out before stays as it was.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree
from zhili.core.trail import leaves
from zhili.core.trail.leaves import timestamp
from zhili.core.visits import answers, officers, rights, signing, telling
from zhili.core.visits.answers import VisitRefused
from zhili.core.visits.checklists import Question
from zhili.core.visits.combining import Told
from zhili.core.visits.models import Officer, Side, Visit, VisitAnswer, VisitRecord, VisitState


def document(visit: Visit) -> dict[str, Any]:
    """All that the paper says, as JSON; the same visit gives the same. Officers by number, nobody on site by name."""
    told = answers.together(visit)
    nodes = tree().nodes
    team = Officer.objects.filter(visit=visit).select_related("inspector", "body").order_by("body", "pk")
    return {
        "visit": visit.pk,
        "date": visit.date.isoformat(),
        "premises": {
            "code": visit.premises.code,
            "name": visit.premises.name,
            "address": visit.premises.address,
        },
        "plan": visit.plan.title if visit.plan else "",
        "bodies": [nodes[one].name for one in visit.bodies if one in nodes],
        "officers": [[one.body.name, one.inspector.certificate_number] for one in team],
        "arrivals": _arrivals(visit),
        "items": [
            {
                "code": item.code,
                "title": item.title,
                "basis": item.basis,
                "body": nodes[item.body_id].name if item.body_id in nodes else "",
                "answers": [_answer(q, told.get((item.pk, q.code))) for q in asked],
            }
            for item, asked in answers.questions(visit)
        ],
        "findings": [
            [one.item.title, one.what] for one in visit.findings.select_related("item").order_by("id")
        ],
        "signatures": _signatures(visit, told),
    }


def _arrivals(visit: Visit) -> list[list[str]]:
    rows = visit.arrivals.select_related("inspector", "body").order_by("made_at", "id")
    return [
        [
            one.side,
            one.body.name if one.side == Side.OFFICER and one.body else "",
            one.inspector.certificate_number if one.inspector else "",
            timestamp(one.made_at),
        ]
        for one in rows
    ]


def _answer(question: Question, told: Told | None) -> dict[str, Any]:
    """The question and everybody's words that stand; more than one where they differ or both say the same."""
    return {
        "question": question.title,
        "said": [
            {
                "value": answers.said_as(question, one.value),
                "note": one.note,
                "by": one.label,
                "at": timestamp(one.made_at),
                "photos": list(told.photos_of(one)) if told else [],
            }
            for one in (told.standing if told else ())
        ],
        "open": bool(told and not told.agreed),
    }


def _signatures(visit: Visit, told: dict[tuple[int, str], Told]) -> list[dict[str, Any]]:
    rows = signing.last_of_each(list(visit.signatures.select_related("inspector")))
    return [
        {
            "who": signing.signer(one),
            "reason": one.reason,
            "picture": str(one.file_id) if one.file_id else "",
            "sha256": one.sha256,
            "at": timestamp(one.made_at),
            "changed": signing.changed_since(one, told),
        }
        for one in rows
    ]


@transaction.atomic
def make(visit_id: int, actor: Actor) -> VisitRecord:
    """The record of a visit that is done; the last one when nothing came in since.

    Raises VisitRefused, PermissionDenied.
    """
    visit = Visit.objects.select_for_update(of=("self",)).select_related("premises", "plan").get(pk=visit_id)
    if not rights.goes(actor, visit):
        raise PermissionDenied(_("笔录由派往这次检查的人员制作。"))
    if visit.state != VisitState.DONE:
        raise VisitRefused(_("检查办结后才有笔录"))
    content = document(visit)
    digest = officers.digest(content)
    last = newest(visit)
    if last is not None and last.digest == digest:
        return last
    row = VisitRecord(
        visit=visit, number=last.number + 1 if last else 1, document=content, digest=digest, at=timezone.now()
    )
    row.leaf_id = leaves.append("record", row.at, telling.record(row), {}, secrets.token_bytes(16)).pk
    row.save(force_insert=True)
    return row


def newest(visit: Visit) -> VisitRecord | None:
    """The last record of a visit, None before there is one."""
    return visit.records.order_by("-number").first()


def is_behind(visit: Visit, row: VisitRecord) -> bool:
    """Whether something came in since it was made."""
    return officers.digest(document(visit)) != row.digest


def leaves_of(row: VisitRecord) -> dict[int, str]:
    """Leaf id → what it is, in words, of all that went into a record, and its own last."""
    visit = row.visit
    said: dict[int, str] = {}
    for arrival in visit.arrivals.filter(at__lte=row.at).order_by("id"):
        said[arrival.leaf_id] = _("扫码入企")
    titles = {(i.pk, q.code): q.title for i, asked in answers.questions(visit) for q in asked}
    for one in VisitAnswer.objects.filter(visit=visit, at__lte=row.at).order_by("id"):
        said[one.leaf_id] = titles.get((one.item_id, one.question), one.question)
    for finding in visit.findings.filter(at__lte=row.at).order_by("id"):
        said[finding.leaf_id] = _("发现的问题")
    for signature in visit.signatures.filter(at__lte=row.at).select_related("inspector").order_by("id"):
        said[signature.leaf_id] = signing.signer(signature)
    said[row.leaf_id] = _("现场检查笔录第%(n)d版") % {"n": row.number}
    return said
