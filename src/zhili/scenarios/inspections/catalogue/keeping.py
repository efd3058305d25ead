"""The catalogue as kept: a version drafted by one person, in force once another confirmed it; each change a leaf."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor
from zhili.core.trail import changes
from zhili.scenarios.inspections.catalogue import reading
from zhili.scenarios.inspections.catalogue.kinds import CHECKED_WELL, CLASSES, HUMAN
from zhili.scenarios.inspections.catalogue.lines import Line
from zhili.scenarios.inspections.models import Entry, Scene

ITEM: Final = "inspection_item"
SCENE: Final = "inspection_scene"
SEEDED: Final = "平台起始目录"
MOST_ITEMS: Final = 20
"""Items of one scenario: more is no longer one visit."""


def in_force(codes: Iterable[str] | None = None) -> dict[str, Entry]:
    """The items in force by code, all or those named. One query."""
    found = Entry.objects.filter(state="in_force")
    if codes is not None:
        found = found.filter(code__in=list(codes))
    return {one.code: one for one in found.order_by("code")}


def propose(actor: Actor, line: Line, reason: str = "", source: str = "") -> Entry:
    """A new item, or a new version of one. It waits for a second person. Raises Refused (409, 422)."""
    with transaction.atomic():
        changes.begin(ITEM, line.code)
        if Entry.objects.filter(code=line.code, state="draft").exists():
            raise Refused("waiting", _("%s 已有一份待确认的改动，请先确认或退回它") % line.code, 409)
        now = Entry.objects.filter(code=line.code, state="in_force").first()
        if now is not None and now.line() == line:
            raise Refused("same", _("%s 与现行的完全一样，没有要改的") % line.code, 422)
        made = Entry.objects.create(
            **line.as_json(),
            number=_next(line.code),
            source=source,
            reason=reason,
            drafted_at=timezone.now(),
            drafted_by=actor.account_id,
            drafted_office=actor.office_id,
        )
        before = now.line().as_json() if now else {}
        _record(actor, "proposed", made, before=before, after=line.as_json(), reason=reason)
    return made


def confirm(actor: Actor, entry_id: int, *, read: bool = False) -> Entry:
    """Put a draft in force, by a second person; ``read``: they compared the basis with the text themselves.

    Raises Refused: 403 for whoever drafted it, 409 when it waits no more, 422 when nobody has read its basis.
    """
    with transaction.atomic():
        draft = _draft(entry_id)
        if draft.drafted_by is not None and draft.drafted_by == actor.account_id:
            raise Refused("second_person", _("这是您自己起草的，须由另一人确认"), 403)
        if not draft.confirmed and not read:
            raise Refused(
                "not_read", _("这一项的依据还没有人核对过原文。请核对后勾选“已核对”，再确认。"), 422
            )
        before = Entry.objects.filter(code=draft.code, state="in_force").first()
        Entry.objects.filter(code=draft.code, state="in_force").update(state="replaced")
        draft.state, draft.confirmed_by, draft.confirmed_at = "in_force", actor.account_id, timezone.now()
        if not draft.confirmed:
            draft.checked = HUMAN
        draft.save()
        told = before.line().as_json() if before else {}
        _record(actor, "confirmed", draft, before=told, after=draft.line().as_json())
    return draft


def confirm_read(actor: Actor) -> int:
    """Put in force every draft whose basis was compared with the text and that somebody else drafted. How many."""
    waiting = Entry.objects.filter(state="draft", checked__in=CHECKED_WELL)
    others = waiting.filter(Q(drafted_by=None) | ~Q(drafted_by=actor.account_id))
    ids = list(others.order_by("code").values_list("pk", flat=True))
    with transaction.atomic():
        for pk in ids:
            confirm(actor, pk)
    return len(ids)


def refuse(actor: Actor, entry_id: int, reason: str) -> Entry:
    """Send a draft back; it stays readable. Its drafter may take it back themselves."""
    with transaction.atomic():
        draft = _draft(entry_id)
        draft.state, draft.reason = "refused", reason[:300]
        draft.save(update_fields=["state", "reason"])
        _record(actor, "refused", draft, reason=reason)
    return draft


def withdraw(actor: Actor, code: str, reason: str) -> None:
    """Take an item out of force at once: inspecting less needs no second person."""
    with transaction.atomic():
        changes.begin(ITEM, code)
        now = Entry.objects.select_for_update().filter(code=code, state="in_force").first()
        if now is None:
            raise Refused("not_in_force", _("这一项没有生效，不用停用"), 409)
        now.state, now.reason = "withdrawn", reason[:300]
        now.save(update_fields=["state", "reason"])
        _record(actor, "withdrawn", now, before=now.line().as_json(), reason=reason)


def load(actor: Actor, read: reading.Read, source: str) -> tuple[int, list[tuple[int, str]]]:
    """Propose every good line of a table; (how many, what was refused: row and why). Bad rows change nothing."""
    made, refused = 0, []
    for row, line in read.lines:
        try:
            propose(actor, line, source=source)
            made += 1
        except Refused as refusal:
            refused.append((row, refusal.message))
    return made, refused


def seed(actor: Actor) -> tuple[int, int]:
    """The platform's starting catalogue and scenarios, those that are not there: (items, scenarios).

    Items come as drafts nobody here wrote, so that one person of the city may confirm them.
    """
    known = set(Entry.objects.values_list("code", flat=True))
    at, items, scenes = timezone.now(), 0, 0
    with transaction.atomic():
        for line in reading.seeded():
            if line.code not in known:
                made = Entry.objects.create(**line.as_json(), number=1, source=SEEDED, drafted_at=at)
                _record(actor, "seeded", made, after=line.as_json())
                items += 1
        there = set(Scene.objects.values_list("code", flat=True))
        for row in seeded_scenes():
            if row["code"] not in there:
                told = {"group": row["class"], "title": row["title"], "items": row["items"].split()}
                Scene.objects.create(code=row["code"], own_design=True, updated_at=at, **told)
                changes.record(SCENE, "seeded", actor, key=row["code"], name=row["title"], after=told)
                scenes += 1
    return items, scenes


def seeded_scenes() -> list[dict[str, str]]:
    """The sixty scenarios as they stand in the release: code, class, title, items."""
    with (reading.SEEDED / "scenes.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def save_scene(actor: Actor, code: str, told: Mapping[str, Any], *, seen: int | None = None) -> Scene:
    """Add or change a scenario: class, title, items, in use. Raises Refused (422), changes.Overtaken."""
    items = list(dict.fromkeys(told["items"]))
    if told["group"] not in CLASSES:
        raise Refused("no_class", _("没有这一类，请从六类里选"), 422)
    if not 1 <= len(items) <= MOST_ITEMS:
        raise Refused("bad_items", _("一个场景要有 1 到 %d 个检查事项") % MOST_ITEMS, 422)
    known = set(Entry.objects.filter(code__in=items).values_list("code", flat=True))
    if unknown := [one for one in items if one not in known]:
        raise Refused("unknown_items", _("目录里没有这些事项：%s") % "、".join(unknown)[:200], 422)
    with transaction.atomic():
        changes.begin(SCENE, code, seen)
        old = Scene.objects.filter(code=code).first()
        after = {
            "group": told["group"],
            "title": told["title"],
            "items": items,
            "active": bool(told["active"]),
        }
        before = {name: getattr(old, name) for name in after} if old else {}
        defaults = {**after, "updated_at": timezone.now(), "own_design": False}
        made, _new = Scene.objects.update_or_create(code=code, defaults=defaults)
        done = "changed" if old else "added"
        changes.record(
            SCENE, done, actor, key=code, name=made.title, office=actor.office_id, before=before, after=after
        )
    return made


def _draft(entry_id: int) -> Entry:
    code = Entry.objects.filter(pk=entry_id).values_list("code", flat=True).first()
    if code is None:
        raise Refused("no_entry", _("没有这一项"), 404)
    changes.begin(ITEM, code)
    draft = Entry.objects.select_for_update().get(pk=entry_id)
    if draft.state != "draft":
        raise Refused("not_waiting", _("这一份已经处理过了，请看现在的样子"), 409)
    return draft


def _next(code: str) -> int:
    return (Entry.objects.filter(code=code).aggregate(last=Max("number"))["last"] or 0) + 1


def _record(
    actor: Actor,
    done: str,
    one: Entry,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    changes.record(
        ITEM,
        done,
        actor,
        key=one.code,
        name=str(one),
        office=actor.office_id,
        before=before,
        after=after,
        reason=reason,
    )
