"""The 劳资专管员 of the general contractor checks a sheet or sends it back (article 28)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from zhili.base.text import redact
from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor
from zhili.scenarios.wages.models import WageLine, WageSheet
from zhili.scenarios.wages.money import drafting, verifying


def check(actor: Actor, sheet: WageSheet, seen: str) -> WageSheet:
    """Pass it: from now on its workers may sign. ``seen``: the digest of the sheet that was looked at.

    Raises Refused: not a draft any more, another one than was looked at, altered, days corrected since, a wage
    below the minimum (with how much is missing), or drafted and checked by one account.
    """
    with transaction.atomic():
        row = locked(sheet)
        if row.state != "draft":
            raise Refused("state", _("这份工资表不在待审核状态，请刷新页面"), 409)
        if row.digest != seen:
            raise Refused("stale", _("工资表刚才重新编制过，请看过新的再审核"), 409)
        drafter = row.steps.filter(step="draft").values_list("account_id", flat=True).first()
        if actor.account_id is not None and drafter == actor.account_id:
            raise Refused("second_person", _("编制的人不能审核自己的工资表，须由另一人审核"), 403)
        found = verifying.verify(row)
        if not found.sound:
            raise Refused("altered", "；".join(found.faults[:5]), 409)
        if found.moved:
            codes = "、".join(found.moved[:10])
            words = _("%(codes)s 的考勤在编制之后又改过，请分包单位重新编制") % {"codes": codes}
            raise Refused("moved", words, 409)
        if short := list(row.lines.filter(short_fen__gt=0).select_related("engagement__worker")[:10]):
            raise Refused("minimum", below_minimum(short), 422)
        drafting.step(actor, row.project, [row], "check")
        row.state = "checked"
        row.save(update_fields=["state"])
    return row


def send_back(actor: Actor, sheet: WageSheet, reason: str) -> WageSheet:
    """Make it void, with the reason; the sub-contractor draws up another. Not once something went to the bank."""
    words = redact(" ".join(reason.split()))[:300]
    if not words:
        raise Refused("no_reason", _("请写明退回的原因"), 422)
    with transaction.atomic():
        row = locked(sheet)
        if row.state not in ("draft", "checked"):
            raise Refused("state", _("已经送银行的工资表不能退回；差额请在下个月补发"), 409)
        drafting.step(actor, row.project, [row], "back", words)
        row.state = "void"
        row.save(update_fields=["state"])
    return row


def below_minimum(lines: list[WageLine]) -> str:
    """What is missing to the minimum wage, worker by worker."""
    from zhili.scenarios.wages.money.keeping import fen_text

    each = "、".join(
        _("%(code)s 差 %(yuan)s 元") % {"code": one.engagement.worker.code, "yuan": fen_text(one.short_fen)}
        for one in lines
    )
    return _("低于当地最低工资：%(each)s。请核对出勤和单价，或补足后重新编制") % {"each": each}


def locked(sheet: WageSheet) -> WageSheet:
    """The row, held until the transaction ends, with project and case."""
    rows = WageSheet.objects.select_for_update(of=("self",)).select_related("project__case", "crew")
    return rows.get(pk=sheet.pk)
