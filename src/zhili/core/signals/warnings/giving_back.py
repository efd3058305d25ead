"""Giving back a warning that was accepted by a slip: for a minute, by the post that took it; then nobody loses time."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor
from zhili.core.signals import registry
from zhili.core.signals.models import Warning, WarningState
from zhili.core.signals.warnings import handling, keeping_steps, raising
from zhili.core.signals.warnings.keeping_steps import Change

WITHIN: Final = 60.0
"""Seconds."""


def seconds_left(warning: Warning, actor: Actor) -> float:
    """How long this post may still give it back; 0 when it may not."""
    if warning.state != WarningState.ACCEPTED or warning.accepted_at is None:
        return 0.0
    if handling.of_case(warning) or actor.kind != "post" or warning.accepted_post != actor.id:
        return 0.0
    return max(0.0, WITHIN - (timezone.now() - warning.accepted_at).total_seconds())


def give_back(warning: Warning | int, actor: Actor) -> Warning:
    """It waits for somebody again, and is taken further up as if nobody had touched it: at once if that is overdue.

    Raises Refused: 404 none they see, 403 not theirs to do, 409 taken by another post, too late, or moved on.
    """
    with transaction.atomic():
        row = handling._locked(warning, actor)
        if not seconds_left(row, actor):
            raise Refused("too_late", _("接手一分钟以后，或者不是您接的，就不能退回了。"), 409)
        row.state = WarningState.RAISED
        row.accepted_at = row.accepted_post = row.accepted_office = None
        rule = registry.rules().get(row.rule)
        row.escalate_at = raising.next_rung(rule, row.rung, row.told_at or row.raised_at) if rule else None
        row.save()
        keeping_steps.keep([Change(row, "given_back", actor)])
    return row
