"""The step that records an export: written with the bag's fingerprint before the first byte of it is sent."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base.text import redact
from zhili.core.cases import carrying, locking, permission, registry
from zhili.core.cases.changing import Change
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.forms import Cleaned
from zhili.core.people.actors import Actor
from zhili.scenarios.evidence.bag.writing import Bag

EXPORTED = "exported"


def needs_bag(change: Change) -> None:
    """The step is written with a bag or not at all: nobody states by hand what was handed out."""
    if not change.values.get("fingerprint"):
        raise Refused("no_bag", _("请在“导出证据包”页面导出，那里会同时装好证据包。"), 409)


def record(cases: list[Case], actor: Actor, bag: Bag, receiver: str, purpose: str) -> None:
    """A step on each item, all or none. Raises Refused."""
    with transaction.atomic():
        for case in sorted(cases, key=lambda one: one.pk):
            _one(case, actor, bag, {"receiver": redact(receiver), "purpose": redact(purpose)})


def _one(case: Case, actor: Actor, bag: Bag, said: dict[str, str]) -> None:
    locked, parent = locking.case_and_parent(pk=case.pk)
    permission.refuse_unless_seen(locked, actor)
    if locked is None:
        raise Refused("no_case", _("没有找到这件物证。"), 404)
    procedure = registry.procedures()[locked.procedure]
    action = procedure.actions[EXPORTED]
    if not permission.may(action, locked, actor) or locked.stage not in {s.name for s in action.move.sources}:
        raise Refused("forbidden", _("这一步不由您办理"), 403)
    values = {
        **said,
        "bag": bag.name,
        "fingerprint": bag.fingerprint,
        "held": f"{len(bag.members)} 个原件，共 {bag.originals} 字节",
    }
    change = Change(
        procedure, action, actor, locked, Cleaned(values), timezone.now(), locked.stage, parent=parent
    )
    carrying.carry(change)
