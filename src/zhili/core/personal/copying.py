"""查阅、复制 (个人信息保护法 45): a ZIP of everything that is somebody's own: JSON for programs, HTML and CSV to read.

Values are opened in it, each opening on record as by the person. Small ones are made while the person waits, large ones
by the worker; the file lies sealed until it is fetched, and is destroyed after ``personal.copy_hours``.
"""

from __future__ import annotations

import csv
import io
import json
import logging
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from zhili.core import params
from zhili.core.cases import doors, present, query, registry
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.files.models import Attachment
from zhili.core.notices.models import Channel, Notice, State
from zhili.core.people import secrets
from zhili.core.people.actors import Actor
from zhili.core.people.models import Account
from zhili.core.personal import looked, mine, sealed
from zhili.core.personal.mine import Held
from zhili.core.personal.models import Wanted, Wish, WishState
from zhili.core.web import words

log = logging.getLogger("zhili.personal")
FORMAT: Final = "zhili-my-data/1"
PURPOSE: Final = "本人查阅复制（个人信息保护法第四十五条）"
AT_ONCE: Final = 20
"""Matters of a copy that is made while its person waits."""
A_DAY: Final = 3
TAKEN: Final = timedelta(minutes=15)
"""How long a worker may sit on one before another takes it."""
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def ask(actor: Actor) -> Wish:
    """A copy for an account. Raises Refused (403, 409, 429)."""
    if actor.account_id is None or actor.kind == "grant":
        raise Refused("no_account", _("请先登录。"), 403)
    with transaction.atomic():
        account = Account.objects.select_for_update(of=("self",)).get(pk=actor.account_id)
        asked = Wish.objects.filter(account=account, wanted=Wanted.COPY)
        if asked.filter(state=WishState.WAITING).exists():
            raise Refused("waiting", _("已有一份正在准备，好了会通知您。"), 409)
        if asked.filter(asked_at__gt=timezone.now() - timedelta(days=1)).count() >= A_DAY:
            raise Refused("often", _("一天最多导出%(n)d次，请明天再来。") % {"n": A_DAY}, 429)
        wish = Wish.objects.create(account=account, wanted=Wanted.COPY, state=WishState.WAITING)
        doors.record("data_copy_asked", actor, {}, {"account": account.pk, "wish": str(wish.pk)})
    if len(mine.cases_of(_alone(account))) <= AT_ONCE:
        prepare(wish)
        wish.refresh_from_db()
    return wish


def prepare_due(limit: int = 1) -> int:
    """The worker's part: make what waits; how many were made."""
    stuck = timezone.now() - TAKEN
    due = Wish.objects.filter(wanted=Wanted.COPY, state=WishState.WAITING)
    unasked = timezone.now() - timedelta(seconds=5)  # a small one is being made by whoever asked
    free = due.filter(Q(done_at=None, asked_at__lt=unasked) | Q(done_at__lt=stuck))
    return sum(prepare(one) for one in free.order_by("asked_at")[:limit])


def prepare(wish: Wish) -> bool:
    """Make one, unless somebody else is at it. What goes wrong is logged, and told to the person as a state."""
    now = timezone.now()
    free = Q(done_at=None) | Q(done_at__lt=now - TAKEN)
    if not Wish.objects.filter(free, pk=wish.pk, state=WishState.WAITING).update(done_at=now):
        return False
    try:
        with translation.override(wish.account.language or None):
            content, counts = _packed(_alone(wish.account), now)
    except Exception:
        log.exception("the copy %s could not be made", wish.pk)
        Wish.objects.filter(pk=wish.pk).update(state=WishState.FAILED, done_at=timezone.now())
        return True
    sealed.put(wish, content)
    hours = params.duration("personal.copy_hours")[0].amount
    wish.state, wish.outcome, wish.done_at = WishState.READY, counts, timezone.now()
    wish.until = wish.done_at + timedelta(hours=hours)
    wish.save()
    _tell(wish)
    return True


def _tell(wish: Wish) -> None:
    """They may have left long since."""
    with translation.override(wish.account.language or None):
        Notice.objects.create(
            account_id=wish.account_id,
            kind="personal.copy_ready",
            channel=Channel.APP,
            subject=_("您的信息导出好了"),
            body=_("请在到期前到“我的信息”下载，过期销毁。"),
            key=f"{wish.pk}/ready",
            state=State.SENT,
            sent_at=wish.done_at,
        )


def fetch(wish_id: UUID, actor: Actor) -> tuple[Wish, bytes]:
    """The file, for its person and while it waits. Raises Refused (404, 410). Each fetching is a leaf."""
    own = Wish.objects.filter(pk=wish_id, account_id=actor.account_id or 0, wanted=Wanted.COPY)
    wish = own.first() if actor.kind != "grant" else None
    if wish is None:
        raise Refused("no_copy", _("没有这份文件"), 404)
    if wish.state != WishState.READY or wish.until is None or wish.until <= timezone.now():
        raise Refused("over", _("这份文件已过期清除，请再导出一次。"), 410)
    doors.record("data_copy_fetched", actor, {}, {"account": actor.account_id, "wish": str(wish.pk)})
    return wish, sealed.taken_out(wish)


def _alone(account: Account) -> Actor:
    """The person, not a post they may hold."""
    return Actor(kind="account", id=account.pk, account_id=account.pk, label="本人")


def _packed(actor: Actor, now: datetime) -> tuple[bytes, dict[str, int]]:
    held = mine.held(actor)
    cases = {one.id: one.case.pk for one in held if one.case is not None}
    opened = secrets.open_many([one.id for one in held if not one.gone], actor, PURPOSE, cases=cases)
    values = [_value(one, opened) for one in held]
    matters = [_matter(case, actor, opened) for case in query.own(actor).select_related(None).iterator(100)]
    looks = [_look(one) for one in looked.all_of(actor)]
    account = Account.objects.get(pk=actor.account_id or 0)
    data = {
        "format": FORMAT, "made": now.isoformat(), "account": _account(account), "values": values,
        "matters": matters, "looked": looks, "asked": _asked(account),
    }  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=1))
        packed.writestr("我的信息.html", render_to_string("personal/copy.html", data | {"at": now}))
        columns = ("title", "value", "number", "since", "until", "erased", "under")
        packed.writestr("信息.csv", _csv(values, columns))
        packed.writestr("谁看过.csv", _csv(looks, ("at", "who", "what", "purpose", "number", "told_late")))
    return out.getvalue(), {"values": len(values), "matters": len(matters), "looks": len(looks)}


def _account(account: Account) -> dict[str, Any]:
    chosen = "" if account.username.startswith("_") else account.username
    return {
        "username": chosen, "display_name": account.display_name, "email": account.email,
        "kind": account.kind, "language": account.language, "since": account.date_joined.isoformat(),
    }  # fmt: skip


def _asked(account: Account) -> list[dict[str, Any]]:
    rows = Wish.objects.filter(account=account).order_by("-asked_at")[:200]
    return [
        {"at": w.asked_at.isoformat(), "wanted": w.get_wanted_display(), "state": w.get_state_display()}
        for w in rows
    ]


def _value(one: Held, opened: dict[UUID, str]) -> dict[str, Any]:
    secret = one.secret
    return {
        "kind": secret.kind, "title": one.title, "value": opened.get(one.id, ""),
        "number": one.case.number if one.case else "", "since": secret.created_at.isoformat(),
        "until": secret.expires_at.isoformat() if secret.expires_at else "",
        "erased": secret.erased_at.isoformat() if secret.erased_at else "", "under": secret.erased_under,
        "sha256_in_record": secret.hash,
    }  # fmt: skip


def _matter(case: Case, actor: Actor, opened: dict[UUID, str]) -> dict[str, Any]:
    """A matter as its reporter sees it, with what they gave in it in full."""
    procedure = registry.procedure(case.procedure)
    steps = present.timeline(case, actor)
    seen = [UUID(file) for one in steps for file in one.files]  # what offices keep inside is not theirs
    files = Attachment.objects.filter(case_id=case.pk, file_id__in=seen).select_related("file").order_by("pk")
    return {
        "number": case.number, "title": case.title, "kind": _(procedure.title) if procedure else case.procedure,
        "stage": present.stage_title(case, plain=True), "place": case.address,
        "opened": words.moment(case.opened_at), "closed": words.moment(case.closed_at),
        "steps": [
            {
                "at": words.moment(one.at), "title": one.title, "who": one.who,
                "fields": [list(pair) for pair in one.fields]
                + [[p.label, opened.get(UUID(p.secret_id), p.masked)] for p in one.personal],
            }
            for one in steps
        ],
        "files": [
            {"name": one.file.name, "size": one.file.size, "sha256": one.file.sha256, "step": one.step_seq,
             "address": f"/c/{case.number}/files/{one.file_id}"}
            for one in files
        ],
    }  # fmt: skip


def _look(one: looked.Look) -> dict[str, Any]:
    late = f"{one.late.ground}（{one.late.article}）：{one.late.reason}" if one.late else ""
    return {
        "at": words.moment(one.at), "who": one.who, "what": "、".join(one.what), "purpose": one.purpose,
        "number": one.number, "told_late": late,
    }  # fmt: skip


def _csv(rows: Iterable[dict[str, Any]], names: Sequence[str]) -> bytes:
    """With a mark of UTF-8, which Excel needs; what a spreadsheet would take for a formula is made text."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(names)
    for row in rows:
        cells = [str(row[name]) for name in names]
        writer.writerow([f"'{text}" if text.startswith(FORMULA) else text for text in cells])
    return out.getvalue().encode("utf-8-sig")
