"""Acts sent late, from a phone that had no signal: what they build on, and when they were done.

Two times stand beside each other in such a step. ``at`` is the server's, and clocks and figures count it: what was not
sent had not reached the office, and no law named by a procedure here counts from the tap. ``made_at`` is what the
phone claims: never in the future, never before the step it builds on, never older than ``cases.made_longest``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from zhili.base.procedure import Action, Procedure
from zhili.core import params
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Step

NOTE = "late_note"
"""The standing action by which what came too late is put on record."""
SKEW = timedelta(minutes=2)
"""Clocks of phones and servers differ by so much without anybody's fault."""


def claimed(made_at: datetime | None, now: datetime, base: Step | None = None) -> datetime | None:
    """The claimed time as a step keeps it. ``base``: the step that its sender had seen. Raises Refused (422)."""
    if made_at is None:
        return None
    if made_at > now + SKEW:
        raise Refused("made_at", _("手机上记的办理时间在将来，请核对手机时间；内容没有提交"))
    if made_at < now - timedelta(days=params.duration("cases.made_longest")[0].amount):
        raise Refused("made_at", _("手机上记的办理时间太早，请核对手机时间，或按现在的时间重新提交"))
    made_at = min(made_at, now)
    if base is None:
        return made_at
    first = base.made_at or base.at
    if made_at < first - SKEW:
        raise Refused("made_at", _("手机上记的办理时间早于它所接着的那一步，请核对手机时间；内容没有提交"))
    return max(made_at, min(first, now))


def lets_through(action: Action, declared: type[Procedure], since: Iterable[Step]) -> bool:
    """Whether an act made without signal may be taken though others acted meanwhile: declared so, on both sides."""
    known = [declared.actions.get(step.action) for step in since]
    return bool(known) and action.offline and all(one is not None and one.harmless for one in known)
