"""How a rule stands: off until somebody looked at what it would do, on trial (judged, told to nobody), or on.

Its fuse is another matter (``fusing``): it cuts off by itself, and a person lets it on again here.
"""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base.signals.rules import SignalRule
from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor
from zhili.core.signals import registry
from zhili.core.signals.models import RuleStand
from zhili.core.signals.warnings import fusing, wording
from zhili.core.streams import emit
from zhili.core.trail import changes

ON, TRIAL, OFF, CUT = "on", "trial", "off", "cut"
STATES: Final = (ON, TRIAL, OFF)
DONE: Final = {ON: fusing.ON, TRIAL: "tried", OFF: fusing.CUT}


def state_of(rule: SignalRule, stand: RuleStand | None) -> str:
    """on, trial, off (by a person, or not yet switched on), cut (by its fuse)."""
    if stand is None:
        return rule.starts
    if stand.cut_at is not None:
        return CUT if stand.cut_facts.get("by") == "fuse" else OFF
    return TRIAL if stand.trial else ON


@transaction.atomic
def put(name: str, state: str, actor: Actor, reason: str) -> RuleStand:
    """A person says how it stands from now on: a change with its leaf. Raises Refused, PermissionDenied."""
    rule = registry.rules().get(name)
    if rule is None or state not in STATES:
        raise Refused("no_rule", _("没有这条规则。"), 404)
    if not fusing.may_switch(actor, name):
        raise PermissionDenied(_("规则由负责单位或其上级的审签、指挥、管理岗位启停。"))
    reason = " ".join(reason.split())[:300]
    if not reason:
        raise Refused("reason", _("请写明原因。"))
    changes.begin(fusing.SUBJECT, name)
    stand = RuleStand.objects.select_for_update().get(pk=stand_of(rule).pk)
    before: dict[str, Any] = {"state": state_of(rule, stand), "held_back": stand.held_back, **stand.cut_facts}
    if before["state"] == state:
        raise Refused("already", _("这条规则已经是这个状态。"), 409)
    stand.cut_at = timezone.now() if state == OFF else None
    stand.cut_facts = {"by": "post", "office": actor.office_id, "reason": reason} if state == OFF else {}
    stand.trial = state == TRIAL
    if state != OFF:
        stand.held_back, stand.on_at = 0, timezone.now()
    stand.save(update_fields=["cut_at", "cut_facts", "held_back", "on_at", "trial"])
    changes.record(
        fusing.SUBJECT,
        DONE[state],
        actor,
        key=name,
        name=wording.title(name),
        office=actor.office_id,
        before=before,
        after={"state": state},
        reason=reason,
        facts={"rule": name},
    )
    emit(fusing.EVENT, None, {"rule": name, "kind": DONE[state], "at": timezone.now().isoformat()})
    return stand


def stand_of(rule: SignalRule) -> RuleStand:
    """Its row; made as the rule says it starts when it was never judged here."""
    return RuleStand.objects.get_or_create(name=rule.name, defaults=beginning(rule))[0]


def beginning(rule: SignalRule) -> dict[str, Any]:
    """How a rule starts on a site, as columns of its row."""
    if rule.starts == OFF:
        return {"cut_at": timezone.now(), "cut_facts": {"by": "declared"}}
    return {"trial": rule.starts == TRIAL}
