"""Advances, deductions and top-ups: entered before a sheet is drawn up, seen by the worker on the slip they sign."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhili.base.text import redact
from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor
from zhili.scenarios.wages.models import Adjustment, Engagement, WageLine
from zhili.scenarios.wages.money import keeping
from zhili.scenarios.wages.money.words import ADDED

MOST = 10**8
"""Fen: a million yuan in a month is a slip of the pen."""


def adjust(
    actor: Actor, engagement: Engagement, month: date, kind: str, amount_fen: int, note: str
) -> Adjustment:
    """Enter one; whether ``actor`` may is the caller's. ``engagement`` with crew and project.

    Raises Refused for a kind the law does not know, an amount that is none, or a sheet that is already checked.
    """
    if kind not in dict(ADDED) or kind == "cancel":
        raise Refused("bad_kind", _("罚款、食宿费等不能从工资里扣，请另行结算"), 422)
    if not 0 < amount_fen <= MOST:
        raise Refused("bad_amount", _("金额应大于 0、不超过 100 万元"), 422)
    if not note.strip():
        raise Refused("no_reason", _("请写明凭据，例如预支的日期、文书编号"), 422)
    row = Adjustment(
        engagement=engagement,
        month=month.replace(day=1),
        kind=kind,
        amount_fen=amount_fen,
        note=redact(" ".join(note.split()))[:200],
        account_id=actor.account_id,
    )
    return _save(actor, engagement, row)


def cancel(actor: Actor, adjustment: Adjustment, reason: str) -> Adjustment:
    """Make an earlier one void; both stay. Raises Refused when it is void already or its sheet is checked."""
    if not reason.strip():
        raise Refused("no_reason", _("请写明为什么撤销"), 422)
    if Adjustment.objects.filter(cancels=adjustment).exists() or adjustment.cancels_id:
        raise Refused("cancelled", _("这一项已经撤销"), 409)
    row = Adjustment(
        engagement=adjustment.engagement,
        month=adjustment.month,
        kind="cancel",
        amount_fen=adjustment.amount_fen,
        cancels=adjustment,
        note=redact(" ".join(reason.split()))[:200],
        account_id=actor.account_id,
    )
    return _save(actor, adjustment.engagement, row)


def _save(actor: Actor, engagement: Engagement, row: Adjustment) -> Adjustment:
    with transaction.atomic():
        Engagement.objects.select_for_update(of=("self",), no_key=True).get(pk=engagement.pk)
        on = WageLine.objects.filter(engagement=engagement, sheet__month=row.month)
        if on.exclude(sheet__state__in=("draft", "void")).exists():
            raise Refused("checked", _("这个月的工资表已经审核，要改请先由劳资专管员退回"), 409)
        project = engagement.crew.project
        keeping.keep(keeping.ADJUSTED, actor, project, [row], lambda one: facts(one, project.case.number))
        row.save(force_insert=True)
    return row


def facts(row: Adjustment, number: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Public: that something was entered for a month of a project. Committed to: of whom, what, how much."""
    sealed = {
        "engagement": row.engagement_id,
        "kind": row.kind,
        "amount": row.amount_fen,
        "note": row.note,
        "cancels": row.cancels_id,
        "account": row.account_id,
    }
    return {"project": number, "month": f"{row.month:%Y-%m}"}, sealed
