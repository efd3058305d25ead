"""Who is on duty: a dated register by office, of posts and duty telephones, and the log of the duty room."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base.text import redact
from zhili.core.cases import doors
from zhili.core.people.actors import Actor
from zhili.core.people.models import Post
from zhili.core.people.offices import Node, tree
from zhili.scenarios.command_centre.models import DutyEntry, DutyTurn

MANAGERS = frozenset({"leader", "admin", "commander"})
LONGEST = timedelta(days=366)
PHONE = re.compile(r"[0-9+() \-]{3,32}")
MOBILE = re.compile(r"1[3-9][0-9]{9}")
SHOWN_LEVELS = ("city", "county", "town")


class DutyRefused(ValueError):
    """Why a turn cannot be kept so; ``field`` is where to mend it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


@dataclass(frozen=True)
class OnDuty:
    """One office today. ``post_title`` is empty when nobody is named."""

    office_id: int
    office_name: str
    level: str
    post_title: str
    shift_title: str
    phone: str
    note: str
    named: bool


@dataclass(frozen=True)
class Line:
    """A line of the duty log."""

    at: datetime
    office_name: str
    post_title: str
    text: str


def today(actor: Actor, limit: int = 60) -> list[OnDuty]:
    """The actor's office and those below it down to the towns, each with who is on duty today. Two queries.

    An office without a turn is shown with its own telephone: an empty line is what a leader should see.
    """
    known, day = tree(), timezone.localdate()
    shown = [node for node in _area(actor) if node.level in SHOWN_LEVELS and node.kind == "general"][:limit]
    turns: dict[int, list[DutyTurn]] = {}
    rows = DutyTurn.objects.filter(office_id__in=[n.id for n in shown], first__lte=day, last__gte=day)
    for turn in rows.select_related("post").order_by("shift", "id"):
        turns.setdefault(turn.office_id, []).append(turn)
    found = []
    for node in shown:
        for turn in turns.get(node.id, ()):
            found.append(_on_duty(known.nodes[node.id], turn))
        if node.id not in turns:
            found.append(OnDuty(node.id, node.name, node.level, "", "", node.phone, "", named=False))
    return found


def turns_of(office_id: int, limit: int = 60) -> list[DutyTurn]:
    """What is planned from today on, soonest first."""
    rows = DutyTurn.objects.filter(office_id=office_id, last__gte=timezone.localdate())
    return list(rows.select_related("post").order_by("first", "shift", "id")[:limit])


def may_manage(actor: Actor, office_id: int) -> bool:
    """Leaders, commanders and managers, for their own office and those below it. No query."""
    if actor.kind != "post" or not actor.roles & MANAGERS:
        return False
    return any(node.id == actor.office_id for node in tree().chain(office_id))


def name(
    actor: Actor,
    office_id: int,
    post_id: int | None,
    first: date,
    last: date,
    shift: str,
    phone: str,
    note: str,
) -> DutyTurn:
    """Put a post on duty from one day to another, both included; a leaf. Raises DutyRefused, PermissionDenied."""
    check_manager(actor, office_id)
    if last < first:
        raise DutyRefused("last", _("最后一天不能早于第一天。"))
    if last < timezone.localdate():
        raise DutyRefused("last", _("不能为已经过去的日子安排值班。"))
    if last - first > LONGEST:
        raise DutyRefused("last", _("一次最长安排一年。"))
    number = phone.strip()
    if not PHONE.fullmatch(number):
        raise DutyRefused("phone", _("请填写值班电话，只用数字、空格、+、-和括号。"))
    if MOBILE.fullmatch(re.sub(r"[^0-9]", "", number)):
        raise DutyRefused("phone", _("请填写值班室的电话，不填个人手机号。"))
    if post_id is not None and not Post.objects.filter(pk=post_id, office_id=office_id).exists():
        raise DutyRefused("post", _("请从本单位的岗位中选。"))
    with transaction.atomic():
        made = DutyTurn.objects.create(
            office_id=office_id,
            post_id=post_id,
            first=first,
            last=last,
            shift=shift,
            phone=number,
            note=redact(note)[:100],
        )
        _leaf(actor, "named", made)
    return made


def end(actor: Actor, turn_id: int) -> bool:
    """Take a turn back: one that has begun ends yesterday, a future one goes. Whether there was one."""
    with transaction.atomic():
        turn = DutyTurn.objects.select_for_update().filter(pk=turn_id).first()
        if turn is None:
            return False
        check_manager(actor, turn.office_id)
        _leaf(actor, "ended", turn)
        yesterday = timezone.localdate() - timedelta(days=1)
        if turn.first > yesterday:
            turn.delete()
        else:
            turn.last = yesterday
            turn.save(update_fields=["last"])
    return True


def write(actor: Actor, text: str) -> DutyEntry:
    """A line in the log of the actor's own duty room; a leaf commits to it. Raises PermissionDenied, DutyRefused."""
    if actor.kind != "post" or actor.office_id is None or actor.id is None:
        raise PermissionDenied(_("值班日志由本单位的岗位记录。"))
    line = redact(" ".join(text.split()))[:1000]
    if not line:
        raise DutyRefused("text", _("请写下发生了什么、怎么处置。"))
    with transaction.atomic():
        office = tree().nodes.get(actor.office_id)
        made = DutyEntry(office_id=actor.office_id, post_id=actor.id, account_id=actor.account_id, text=line)
        kept = doors.record("duty_log", actor, {"office": office.code if office else ""}, sealed(made))
        made.at, made.leaf_id, made.salt = kept.at, kept.leaf_id, kept.salt
        made.save(force_insert=True)
    return made


def sealed(entry: DutyEntry) -> dict[str, Any]:
    """What the leaf of a line of the log commits to without showing it."""
    return {
        "office": entry.office_id,
        "post": entry.post_id,
        "account": entry.account_id,
        "text": entry.text,
    }


def log(actor: Actor, limit: int = 100, before: int | None = None) -> list[Line]:
    """The duty logs of the actor's office and those below it, newest first. Two queries."""
    known = tree()
    rows = DutyEntry.objects.filter(office_id__in=[node.id for node in _area(actor)]).order_by("-id")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    entries = list(rows[:limit])
    titles = dict(Post.objects.filter(pk__in={e.post_id for e in entries}).values_list("id", "title"))
    return [
        Line(e.at, known.nodes[e.office_id].name, titles.get(e.post_id, ""), e.text)
        for e in entries
        if e.office_id in known.nodes
    ]


def managed(actor: Actor) -> list[Node]:
    """Offices whose register the actor keeps, its own first: those that keep a duty room."""
    if actor.office_id is None or not actor.roles & MANAGERS:
        return []
    return [node for node in _area(actor) if node.level in SHOWN_LEVELS]


def _area(actor: Actor) -> Iterable[Node]:
    known = tree()
    ids = known.under(actor.office_id or 0) if actor.kind == "post" else ()
    return [known.nodes[one] for one in ids if known.nodes[one].in_force]


def _on_duty(node: Node, turn: DutyTurn) -> OnDuty:
    return OnDuty(
        office_id=node.id,
        office_name=node.name,
        level=node.level,
        post_title=turn.post.title if turn.post else "",
        shift_title=str(DutyTurn.Shift(turn.shift).label),
        phone=turn.phone,
        note=turn.note,
        named=True,
    )


def check_manager(actor: Actor, office_id: int) -> None:
    """Raises PermissionDenied, in words."""
    if not may_manage(actor, office_id):
        raise PermissionDenied(_("值班安排由本单位或上级单位的负责人登记。"))


def _leaf(actor: Actor, done: str, turn: DutyTurn) -> None:
    office = tree().nodes.get(turn.office_id)
    what = {
        "done": done,
        "office": office.code if office else "",
        "from": turn.first.isoformat(),
        "to": turn.last.isoformat(),
        "shift": turn.shift,
    }
    private = {"post": turn.post_id, "phone": turn.phone, "by": [actor.id, actor.account_id]}
    doors.record("duty_turn", actor, what, private)
