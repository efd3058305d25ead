"""The fuse: a rule that fires for more than its share of subjects within a time says nothing of them, and is cut off.

It goes on being judged, so that its states are current when a person switches it on again; what fires meanwhile is
counted and not raised.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zhili.base.signals.rules import SignalRule
from zhili.core import params
from zhili.core.cases.errors import Refused
from zhili.core.notices.models import Channel, Notice, State
from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree
from zhili.core.signals import registry
from zhili.core.signals.judge.states import Key
from zhili.core.signals.judge.tallying import Tally
from zhili.core.signals.models import RuleStand
from zhili.core.signals.warnings import sending, wording
from zhili.core.streams import emit
from zhili.core.trail import changes

LEAST: Final = "signals.fuse_least"
SUBJECT: Final = "signals.rule"
EVENT: Final = "signals.rule"
CUT, ON = "cut_off", "switched_on"
ROLES: Final = frozenset({"leader", "commander", "admin"})
SAID: Final = gettext_noop(
    "规则“%(title)s”在%(minutes)s分钟内对%(subjects)s个对象中的%(fired)s个触发，超过其上限，已自动切断，不再发出预警。"
    "请查明原因后由人工重新启用。"
)
RECENT: Final = """
SELECT count(*) FROM (SELECT DISTINCT subject_kind, subject_id FROM signals_warning
WHERE rule = %s AND last_at > %s
  AND (subject_kind, subject_id) NOT IN (SELECT * FROM unnest(%s::text[], %s::bigint[]))) w"""


def allowed(rule: SignalRule, stand: Tally) -> int:
    """Of how many subjects the rule may speak within its time; a very large number when it has no fuse."""
    share, _within = rule.fuse
    if share >= 1:
        return 2**62
    return max(int(share * stand.watched), int(params.get(LEAST).text) - 1)


def recent(rule: SignalRule, stand: Tally, besides: Iterable[Key], now: datetime) -> int:
    """How many other subjects it spoke of lately. One query by the index of the rule."""
    keys = list(besides)
    since = now - timedelta(seconds=rule.fuse[1])
    if stand.on_at is not None:
        since = max(since, stand.on_at)
    with connection.cursor() as cursor:
        cursor.execute(RECENT, [rule.name, since, [kind for kind, _ in keys], [one for _, one in keys]])
        return int(cursor.fetchone()[0])


def blow(rule: SignalRule, stand: Tally, fired: int, now: datetime) -> None:
    """Cut it off, in the judge's transaction: a leaf, a message to the office that answers for it."""
    facts = {"fired": fired, "subjects": stand.watched, "within": rule.fuse[1]}
    stand.cut_at, stand.cut_facts = now, {"by": "fuse", **facts}
    owner = sending.owner(rule.name)
    by = Actor(kind="rule", label=_(rule.about.title))
    changes.record(
        SUBJECT,
        CUT,
        by,
        key=rule.name,
        name=rule.about.title,
        office=owner,
        after=facts,
        facts={"rule": rule.name},
    )
    if owner is not None:
        words = _(SAID) % {
            "title": _(rule.about.title),
            "minutes": round(rule.fuse[1] / 60),
            "subjects": stand.watched,
            "fired": fired,
        }
        key = f"fuse/{rule.name}/{now.isoformat()}"[:120]
        _note(owner, _("规则已自动切断"), words, key, now)
    emit(EVENT, None, {"rule": rule.name, "kind": CUT, "at": now.isoformat()})


def cut_off(rule: str, actor: Actor, reason: str) -> RuleStand:
    """A person switches a rule off, with a reason. Raises Refused, PermissionDenied."""
    return _switch(rule, actor, reason, CUT)


def switch_on(rule: str, actor: Actor, reason: str) -> RuleStand:
    """A person switches on again what was cut off. Raises Refused, PermissionDenied."""
    return _switch(rule, actor, reason, ON)


def may_switch(actor: Actor, rule: str) -> bool:
    """审签, 指挥 or 单位管理 of the office that answers for the rule, or of one above it."""
    owner = sending.owner(rule)
    if actor.kind != "post" or not actor.roles & ROLES or owner is None:
        return False
    return any(node.id == actor.office_id for node in tree().chain(owner))


def stands() -> dict[str, RuleStand]:
    """By name: every rule that was ever judged here."""
    return {one.name: one for one in RuleStand.objects.all()}


@transaction.atomic
def _switch(name: str, actor: Actor, reason: str, done: str) -> RuleStand:
    if name not in registry.rules():
        raise Refused("no_rule", _("没有这条规则。"), 404)
    if not may_switch(actor, name):
        raise PermissionDenied(_("规则由负责单位或其上级的审签、指挥、管理岗位启停。"))
    if not reason.strip():
        raise Refused("reason", _("请写明原因。"))
    changes.begin(SUBJECT, name)
    RuleStand.objects.get_or_create(name=name)
    stand = RuleStand.objects.select_for_update().get(name=name)
    if (stand.cut_at is not None) is (done == CUT):
        raise Refused(
            "already", _("这条规则已经是停用状态。") if done == CUT else _("这条规则正在运行。"), 409
        )
    before: dict[str, Any] = {**stand.cut_facts, "held_back": stand.held_back} if done == ON else {}
    stand.cut_at = timezone.now() if done == CUT else None
    stand.cut_facts = (
        {"by": "post", "office": actor.office_id, "reason": reason.strip()[:300]} if done == CUT else {}
    )
    stand.on_at = timezone.now() if done == ON else None
    stand.held_back = 0
    stand.save(update_fields=["cut_at", "cut_facts", "on_at", "held_back"])
    changes.record(
        SUBJECT,
        done,
        actor,
        key=name,
        name=wording.title(name),
        office=actor.office_id,
        before=before,
        reason=reason.strip(),
        facts={"rule": name},
    )
    emit(EVENT, None, {"rule": name, "kind": done, "at": timezone.now().isoformat()})
    return stand


def _note(office: int, subject: str, body: str, key: str, now: datetime) -> None:
    row = Notice(
        office_id=office,
        kind="signals.fuse",
        channel=Channel.APP,
        subject=subject,
        body=body,
        key=key,
        state=State.SENT,
        sent_at=now,
    )
    Notice.objects.bulk_create([row], ignore_conflicts=True)
