"""A visit's checklist: answers come in (also days later), are kept for good, are read together; the visit is closed."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.files import attaching
from zhili.core.files.models import File
from zhili.core.people.actors import Actor
from zhili.core.trail import changes, leaves
from zhili.core.visits import checklists, rights, telling
from zhili.core.visits.checklists import Question
from zhili.core.visits.combining import Said, Told, combine
from zhili.core.visits.models import DueCheck, Finding, Item, Officer, Visit, VisitAnswer, VisitState

VISIT: Final = "visit"
TICK: Final = timedelta(microseconds=1)


class VisitRefused(ValueError):
    """Why a visit takes no such step; ``wrong``: (item, question) → why, of answers that do not fit."""

    def __init__(self, message: str, wrong: Mapping[tuple[int, str], str] | None = None) -> None:
        super().__init__(message)
        self.wrong = dict(wrong or {})


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it comes in. ``made_at``: by the device; ``photos``: as `photos.claim` gave them."""

    item: int
    question: str
    value: Any
    made_at: datetime
    note: str = ""
    photos: tuple[File, ...] = ()


def questions(visit: Visit) -> list[tuple[Item, list[Question]]]:
    """What is asked at a visit: its items, in order of their codes, with their questions. One query."""
    return questions_of([visit])[visit.pk]


def questions_of(visits: Sequence[Visit]) -> dict[int, list[tuple[Item, list[Question]]]]:
    """The same of several, by visit. One query."""
    due = DueCheck.objects.filter(visit__in=visits).select_related("item").order_by("item__code", "pk")
    found: dict[int, dict[int, Item]] = {visit.pk: {} for visit in visits}
    for one in due:
        found[one.visit_id or 0].setdefault(one.item_id, one.item)
    return {
        visit: [(item, checklists.read(item.checklist)) for item in items.values()]
        for visit, items in found.items()
    }


@transaction.atomic
def keep(visit_id: int, given: Sequence[Given], actor: Actor, seen: int = 0) -> list[VisitAnswer]:
    """Keep answers of one of the visit's officers, all or none; those that are there already are not kept twice.

    ``seen``: the last answer to the visit that the author had before them (0 without signal). Taken after the visit
    was closed too: nobody's words are lost. Raises VisitRefused, PermissionDenied.
    """
    visit = Visit.objects.select_for_update().filter(pk=visit_id).first()
    if visit is None or visit.state == VisitState.DROPPED:
        raise VisitRefused(_("没有这次检查，或已取消"))
    if not rights.goes(actor, visit):
        raise PermissionDenied(_("检查表由派往这次检查的人员填写。"))
    fitted = _fitted(visit, given)
    now, kept = timezone.now(), []
    last = VisitAnswer.objects.filter(visit=visit).order_by("-id").values_list("id", flat=True).first() or 0
    mine = {
        (one.item_id, one.question, one.made_at): one
        for one in VisitAnswer.objects.filter(visit=visit, author_id=actor.account_id)
    }
    for one, value in fitted:
        row = _row(visit, one, value, actor, now, min(seen, last), mine)
        if row is not None:
            mine[row.item_id, row.question, row.made_at] = row
            kept.append(row)
    if kept and visit.state == VisitState.PLANNED:
        _turn(visit, VisitState.UNDER_WAY, actor)
    return kept


def _fitted(visit: Visit, given: Sequence[Given]) -> list[tuple[Given, Any]]:
    known = {(item.pk, q.code): q for item, own in questions(visit) for q in own}
    wrong: dict[tuple[int, str], str] = {}
    fitted: list[tuple[Given, Any]] = []
    for one in given:
        question = known.get((one.item, one.question))
        if question is None:
            wrong[one.item, one.question] = _("这次检查没有这个问题")
            continue
        value = "taken" if question.kind == "photo" and one.photos else one.value
        try:
            fitted.append((one, checklists.fit(question, value)))
        except ValueError as error:
            wrong[one.item, one.question] = str(error)
    if wrong:
        raise VisitRefused(_("有的答案填得不对，都没有保存"), wrong)
    return fitted


def _author(actor: Actor) -> int:
    """Whose words: `rights.goes` lets nobody through who has no account."""
    if actor.account_id is None:
        raise PermissionDenied
    return actor.account_id


def _row(
    visit: Visit,
    one: Given,
    value: Any,
    actor: Actor,
    now: datetime,
    seen: int,
    mine: Mapping[tuple[int, str, datetime], VisitAnswer],
) -> VisitAnswer | None:
    """The answer, stored; None when the very same is there. Another at the same moment is moved on by a tick."""
    made_at, note = min(one.made_at, now), one.note.strip()[: checklists.LONGEST]
    photos = [{"file": str(file.pk), "sha256": file.sha256} for file in one.photos]
    hashes = [file.sha256 for file in one.photos]
    while (there := mine.get((one.item, one.question, made_at))) is not None:
        if (there.value, there.note, [p["sha256"] for p in there.photos]) == (value, note, hashes):
            return None
        made_at += TICK
    row = VisitAnswer(
        visit=visit,
        item_id=one.item,
        question=one.question,
        value=value,
        note=note,
        photos=photos,
        author_id=_author(actor),
        label=actor.label[:180],
        made_at=made_at,
        seen=seen,
        at=now,
        salt=secrets.token_bytes(16),
    )
    attaching.hold(file for file in one.photos if file.expires_at is not None)
    shown, sealed = telling.answer(row)
    row.leaf_id = leaves.append("record", now, shown, sealed, bytes(row.salt)).pk
    row.save(force_insert=True)
    return row


def together(visit: Visit) -> dict[tuple[int, str], Told]:
    """By (item, question): all that was said, and what stands. One query."""
    return combine(as_said(row) for row in VisitAnswer.objects.filter(visit=visit).order_by("id"))


def as_said(row: VisitAnswer) -> Said:
    """A kept answer, as `combining` takes it."""
    photos = tuple(one["file"] for one in row.photos)
    key = (row.item_id, row.question)
    return Said(row.pk, key, row.value, row.author_id, row.made_at, row.seen, row.note, row.label, photos)


@transaction.atomic
def close(visit_id: int, actor: Actor, seen: int | None = None) -> Visit:
    """The visit is done: every question answered, none open, two officers of each body; what is bad becomes a finding.

    Raises VisitRefused, PermissionDenied, changes.Overtaken.
    """
    visit = Visit.objects.select_for_update().filter(pk=visit_id).first()
    if visit is None or visit.state != VisitState.UNDER_WAY:
        raise VisitRefused(_("这次检查不在进行中"))
    if not rights.goes(actor, visit):
        raise PermissionDenied(_("由派往这次检查的人员办结。"))
    changes.begin(VISIT, visit_id, seen)
    told = together(visit)
    asked = [(item, q) for item, own in questions(visit) for q in own]
    if any((item.pk, q.code) not in told for item, q in asked):
        raise VisitRefused(_("还有问题没有填"))
    if open_ := [q.title for item, q in asked if not told[item.pk, q.code].agreed]:
        raise VisitRefused(_("两人填的不一致，请看过后再填一次：%(what)s") % {"what": "、".join(open_[:3])})
    _check_teams(visit)
    for item, question in asked:
        value = told[item.pk, question.code].value
        if checklists.is_bad(question, value):
            said = told[item.pk, question.code].standing[-1]
            words = f"{question.title}：{said_as(question, value)}"
            find(visit, item, f"{words}。{said.note}" if said.note else words, actor, question.code)
    return _turn(visit, VisitState.DONE, actor)


def _check_teams(visit: Visit) -> None:
    teams = list(Officer.objects.filter(visit=visit).values_list("body_id", flat=True))
    if any(teams.count(body) < 2 for body in visit.bodies):
        raise VisitRefused(_("每个单位应当有两名以上检查人员（行政处罚法第四十二条）"))


def find(visit: Visit, item: Item, what: str, actor: Actor, question: str = "") -> Finding:
    """Something wrong, kept with its leaf."""
    row = Finding(
        visit=visit,
        item=item,
        question=question,
        what=what,
        author_id=_author(actor),
        at=timezone.now(),
        salt=secrets.token_bytes(16),
    )
    shown, sealed = telling.finding(row)
    row.leaf_id = leaves.append("record", row.at, shown, sealed, bytes(row.salt)).pk
    row.save(force_insert=True)
    return row


def said_as(question: Question, value: Any) -> str:
    """An answer as people read it."""
    if question.kind == "yes_no":
        return {"yes": _("是"), "no": _("否"), "na": _("不适用")}.get(value, str(value))
    if question.kind == "photo":
        return _("没有拍照") if value == "none" else _("已拍照")
    return f"{value} {question.unit}".strip()


def _turn(visit: Visit, state: str, actor: Actor) -> Visit:
    before = visit.state
    visit.state = state
    visit.save(update_fields=["state"])
    changes.record(
        VISIT, state, actor, key=visit.pk, before={"state": before}, after={"state": state},
        facts={"visit": visit.pk},
    )  # fmt: skip
    return visit
