"""The one way in: a case is opened by ``open_case`` and changed by ``act``, and by nothing else.

Each checks permission, form and stage, then writes case, detail, step, clocks, participation, outbox event and leaf in
one transaction. A key makes a repeat harmless: it returns the first result. ``record`` keeps what is not a case.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets as randomness
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg.errors import DeadlockDetected

from zhili.base.canonical import canonical
from zhili.core import files, params
from zhili.core.cases import carrying, late, locking, permission, registry
from zhili.core.cases import opening as opening_
from zhili.core.cases.changing import NOTHING, Change, Opened, columns
from zhili.core.cases.errors import KeptRefusal, Refused, Stale
from zhili.core.cases.models import Case, Step
from zhili.core.files.models import File
from zhili.core.forms import FormErrors
from zhili.core.people import grants
from zhili.core.people.actors import Actor
from zhili.core.streams.writing import emit
from zhili.core.trail import leaves
from zhili.core.trail.models import Leaf

__all__ = ["Acted", "Opened", "act", "open_case", "record", "record_many"]


@dataclass(frozen=True)
class Acted:
    """A step taken; ``stage`` is where the case is now. ``meanwhile``: harmless steps that came before it."""

    case_id: int
    number: str
    seq: int
    stage: str
    repeated: bool = False
    meanwhile: list[Step] = field(default_factory=list)


def open_case(
    procedure: str,
    opening: str,
    actor: Actor,
    data: dict[str, Any],
    *,
    key: str | None = None,
    channel: str = "web",
    parent: Case | None = None,
    made_at: datetime | None = None,
    passed: opening_.PassedOn = opening_.NOT_PASSED,
) -> Opened:
    """Begin a case. ``key`` is the asker's own word for this request: repeated, it gives the first result.
    ``made_at``: when it was written down, if it is sent late (late.py). ``passed``: what another city's site gives it.

    Raises Refused, or forms.FormErrors with each field's reasons; then nothing is kept.
    """
    declared = registry.procedure(procedure)
    begin = declared.openings.get(opening) if declared else None
    if declared is None or begin is None:
        raise Refused("no_procedure", _("没有这种事项：%(name)s") % {"name": f"{procedure}/{opening}"}, 404)
    if not permission.may_open(begin, actor):
        raise Refused("forbidden", _("您不能以这种方式发起此事项"), 403)
    scoped, request = _key(actor, key, f"{procedure}/{opening}", data)
    try:
        cleaned = begin.form.validate(data) if begin.form else NOTHING
        claimed = late.claimed(made_at, timezone.now())
        attached = _attachable(cleaned, actor) if cleaned.files else []
    # a repeat gets its first result, even if the form has changed meanwhile; its files belong to that by now
    except (FormErrors, Refused, files.UploadRefused):
        if scoped is None or (first := _first_result(scoped, request)) is None:
            raise
        return Opened(
            first.case_id, first.case.number, first.seq, _same_code(actor, first, scoped), repeated=True
        )
    try:
        change = opening_.prepare(
            declared, begin, actor, cleaned, attached, channel=channel, parent=parent, passed=passed
        )
    except KeptRefusal as refusal:
        refusal.keep()
        raise
    change.key, change.request = scoped, request
    change.made_at = claimed
    code = _let_reporter_in(change, scoped)
    try:
        if not attached and carrying.alone(change):
            change.save()
        else:
            with transaction.atomic():
                carrying.write(change)
                files.attach(attached, change.case.pk, change.seq, public=begin.public)
    except (IntegrityError, files.UploadRefused):  # the files of a repeat belong to its first result by now
        if scoped is None or (first := _first_result(scoped, request)) is None:
            raise
        return Opened(first.case_id, first.case.number, first.seq, code, repeated=True)
    return Opened(change.case.pk, change.case.number, change.case.seq, code)


def act(
    case: Case | int | str,
    action: str,
    actor: Actor,
    data: dict[str, Any] | None = None,
    *,
    key: str | None = None,
    seen: int | None = None,
    made_at: datetime | None = None,
) -> Acted:
    """Take a step on a case, given by row, id or number. ``seen`` is the last step the asker had read.

    ``made_at``: when it was done, if it is sent late. Such an act is taken even though others acted meanwhile, when it
    is declared ``offline`` and all they did is declared ``harmless``; ``Acted.meanwhile`` tells what that was.

    Raises Refused (403, 404, 409), Stale (409, with the steps since ``seen``) or FormErrors; then nothing changed.
    """
    asked = _Asked(key, seen, made_at)
    try:
        return _act(case, action, actor, data, asked)
    except KeptRefusal as refusal:
        refusal.keep()
        raise
    except OperationalError as error:
        # two merged crosswise at the same moment: the database ended one, which now finds what the other did
        if connection.in_atomic_block or not isinstance(error.__cause__, DeadlockDetected):
            raise
        return _act(case, action, actor, data, asked)


@dataclass(frozen=True)
class _Asked:
    """How a step is asked for, beside what it says."""

    key: str | None
    seen: int | None
    made_at: datetime | None


def _act(
    case: Case | int | str, action: str, actor: Actor, data: dict[str, Any] | None, asked: _Asked
) -> Acted:
    seen = asked.seen
    with transaction.atomic():
        locked, parent = _lock(case)
        scoped, request = _key(actor, asked.key, f"{locked.pk}/{action}", data or {})
        if scoped is not None and (first := _first_result(scoped, request)):
            return _again(locked, first, seen)
        permission.refuse_unless_seen(locked, actor)
        declared = registry.procedures()[locked.procedure]
        step = declared.actions.get(action)
        if step is None or not step.by:
            raise Refused("no_action", _("此事项没有“%(name)s”这一步") % {"name": action}, 404)
        meanwhile = _since(locked, seen) if seen is not None and seen != locked.seq else []
        late_enough = asked.made_at is not None and late.lets_through(step, declared, meanwhile)
        if seen is not None and seen != locked.seq and not late_enough:
            words = _("这件事项刚才有了新的进展，请看过后再办；您填写的内容已保留")
            raise Stale(words, meanwhile, locked)
        if locked.stage not in {s.name for s in step.move.sources}:
            stage = declared.stages[locked.stage]
            words = _("事项已在“%(stage)s”，不能再“%(action)s”") % {
                "stage": _(stage.title),
                "action": _(step.title),
            }
            raise Stale(words, _since(locked, seen), locked)
        if not permission.may(step, locked, actor):
            if permission.needs_another(step, locked, actor):
                raise Refused("second_person", _("前一步是您自己办的，这一步须由另一人办理"), 403)
            raise Refused("forbidden", _("这一步不由您办理"), 403)
        cleaned = step.form.validate(data or {}) if step.form else _no_form(data)
        at, before = timezone.now(), locked.stage
        made_at = late.claimed(asked.made_at, at, _base(locked, seen) if asked.made_at else None)
        change = Change(
            declared, step, actor, locked, cleaned, at, before, scoped, request, made_at, parent=parent
        )
        if cleaned.files:
            change.attached = _attachable(cleaned, actor)
        carrying.carry(change)
        if change.attached:
            files.attach(change.attached, locked.pk, change.seq, public=step.public)
    return Acted(locked.pk, locked.number, change.seq, locked.stage, meanwhile=meanwhile)


@dataclass(frozen=True)
class Recorded:
    """The leaf of something recorded, for whoever keeps a row of it: the row keeps ``leaf_id`` and ``salt``."""

    at: datetime
    leaf_id: int
    salt: bytes


def record(kind: str, actor: Actor, what: dict[str, Any], private: dict[str, Any] | None = None) -> Recorded:
    """Keep something that happened and is no case: a tap, a vote, a posting. A leaf and an event, one transaction.

    ``what`` is public and holds no personal value; ``private`` is committed to, not shown.
    """
    salt = randomness.token_bytes(16)
    at = timezone.now()
    with transaction.atomic():
        leaf = leaves.append("record", at, {"record": kind, "by": actor.kind, **what}, private or {}, salt)
        emit(f"record.{kind}", None, {"at": at.isoformat(), "by": actor.kind, **what})
    return Recorded(at, leaf.pk, salt)


def record_many(
    kind: str,
    actor: Actor,
    said: Sequence[tuple[dict[str, Any], dict[str, Any]]],
    told: dict[str, Any] | None = None,
) -> list[Recorded]:
    """Keep many things of a kind that happened at once: a leaf each, in two statements and one transaction.

    ``said``: of each what is public and what is only committed to, as with ``record``. One event tells of all, with
    ``told`` and their ``count``: whoever reads it looks up the rows.
    """
    at = timezone.now()
    salts = [randomness.token_bytes(16) for _one in said]
    rows = [
        Leaf(**leaves.row("record", at, {"record": kind, "by": actor.kind, **what}, private, salt))
        for (what, private), salt in zip(said, salts, strict=True)
    ]
    if not rows:
        return []
    with transaction.atomic():
        made = Leaf.objects.bulk_create(rows)
        emit(
            f"record.{kind}",
            None,
            {"at": at.isoformat(), "by": actor.kind, "count": len(made), **(told or {})},
        )
    return [Recorded(at, leaf.pk, salt) for leaf, salt in zip(made, salts, strict=True)]


def _attachable(cleaned: Any, actor: Actor) -> list[File]:
    return files.check_attachable(cleaned.files, cleaned.tokens, actor, cleaned.groups)


def _let_reporter_in(change: Change, scoped: str | None) -> str | None:
    """Make the opener a party: by account when signed in, by a code when not. A repeat gives the same code."""
    actor, case = change.actor, change.case
    if actor.kind == "site":
        change.take_part(permission.SITE, account_id=actor.account_id)
        return None
    if actor.kind == "account":
        change.take_part("reporter", account_id=actor.account_id)
        return None
    if actor.kind == "rule" or (actor.kind == "post" and change.stage.final):
        return None  # nobody reported it, or nothing more is to come
    until = change.at + timedelta(days=params.duration("cases.grant_days")[0].amount)
    code, row = grants.prepare(case.pk, "reporter", (), until, seed=_seed(scoped) if scoped else None)
    change.grants.append(columns(row))
    return code


def _same_code(actor: Actor, first: Step, scoped: str) -> str | None:
    """The code the first result came with, if it came with one."""
    stage = registry.procedures()[first.case.procedure].stages.get(first.to_stage)
    if actor.kind in ("account", "rule", "site") or (
        actor.kind == "post" and stage is not None and stage.final
    ):
        return None
    return grants.prepare(first.case_id, "reporter", seed=_seed(scoped))[0]


def _seed(scoped: str) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), f"grant/{scoped}".encode(), "sha256")


def _key(actor: Actor, key: str | None, what: str, data: dict[str, Any]) -> tuple[str | None, str | None]:
    """The key within its asker's own space, and a digest of what is asked under it.

    The digest is made with the key, which is kept nowhere, and the site's own: what was asked holds personal values,
    and a plain digest would let whoever has the row try numbers against it for ever, even after they were erased.
    """
    if not key:
        return None, None
    if len(key) > 200:
        raise Refused("bad_key", _("请求标识过长（最多200个字符）"), 400)
    who = f"{actor.kind}/{actor.id}/{actor.account_id}"
    asked = canonical({"what": what, "data": _jsonable(data), "key": key})
    digest = hmac.digest(settings.SECRET_KEY.encode(), b"request/" + asked, "sha256").hex()
    return hashlib.sha256(f"{who}/{key}".encode()).hexdigest(), digest


def _jsonable(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _jsonable(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(v) for v in value]
    return value if isinstance(value, str | bool) or value is None else str(value)


def _first_result(scoped: str, request: str | None) -> Step | None:
    step = Step.objects.select_related("case").filter(key=scoped).first()
    if step is not None and step.request != request:
        raise Refused("key_reused", _("同一请求标识已用于另一内容；本次内容没有提交，请换一个标识重试"), 422)
    return step


def _lock(case: Case | int | str) -> tuple[Case, Case | None]:
    """The case, and its parent locked before it. One query."""
    if isinstance(case, str):
        found, parent = locking.case_and_parent(number=case)
    else:
        found, parent = locking.case_and_parent(pk=case if isinstance(case, int) else case.pk)
    if found is None:
        raise Refused("no_case", _("没有找到这件事项，或您无权查看。请核对编号；匿名上报请带上查询码。"), 404)
    return found, parent


def _since(case: Case, seen: int | None) -> list[Step]:
    return list(
        Step.objects.filter(case=case, seq__gt=seen if seen is not None else case.seq - 1).order_by("seq")
    )


def _base(case: Case, seen: int | None) -> Step | None:
    """The step an act builds on; one that names none builds on the first."""
    return Step.objects.filter(case=case, seq=seen or 1).first()


def _again(case: Case, first: Step, seen: int | None) -> Acted:
    """The answer of a repeat is the answer of the first."""
    meanwhile = [step for step in _since(case, seen) if step.seq < first.seq] if seen is not None else []
    return Acted(case.pk, case.number, first.seq, first.to_stage, repeated=True, meanwhile=meanwhile)


def _no_form(data: dict[str, Any] | None) -> Any:
    if data:
        raise Refused("no_form", _("这一步不需要填写内容"), 422)
    return NOTHING
