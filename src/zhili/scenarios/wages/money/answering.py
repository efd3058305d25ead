"""What the bank said, line by line: paid, or returned and what is to be done. A sheet paid to its last line is
closed.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base.text import redact
from zhili.base.wages import bank
from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor
from zhili.scenarios.wages.models import BankAnswer, LineMark, PaymentLine, Project, WageLine, WageSheet
from zhili.scenarios.wages.money import drafting, keeping, signing

DONE = ("paid", "nothing")


def answer(actor: Actor, project: Project, raw: bytes, form: str = bank.Generic.name) -> BankAnswer:
    """Take in a status file of the bank. Whether ``actor`` may is the caller's.

    What cannot be taken stands in ``faults`` with its line and why; nothing is dropped. The same file again is
    refused. Raises Refused (also for a file that is none).
    """
    try:
        found = bank.FORMATS[form].read(raw)
    except bank.FileRefused as error:
        raise Refused("bad_file", str(error), 422) from None
    with transaction.atomic():
        project = Project.objects.select_for_update(of=("self",), no_key=True).get(pk=project.pk)
        digest = bank.digest(raw)
        if BankAnswer.objects.filter(project=project, sha256=digest).exists():
            raise Refused("again", _("这份回单已经收过，没有重复记账"), 409)
        faults = [{"line": one.line, "reference": one.reference, "words": one.words} for one in found.faults]
        taken = _take(actor, project, found.good, faults)
        made = BankAnswer(
            project=project, sha256=digest, good=taken, faults=faults, account_id=actor.account_id
        )
        number = project.case.number
        keeping.keep(keeping.ANSWERED, actor, project, [made], lambda row: facts(row, number))
        made.save(force_insert=True)
    return made


def _take(actor: Actor, project: Project, good: tuple[bank.Status, ...], faults: list[dict[str, Any]]) -> int:
    rows = PaymentLine.objects.filter(
        reference__in=[one.reference for one in good], file__project=project
    ).select_related("line__sheet")
    sent = {one.reference: one for one in rows}
    held = WageLine.objects.select_for_update(of=("self",)).filter(pk__in=[one.line_id for one in rows])
    states = {one.pk: one for one in held.order_by("pk")}
    marks: list[LineMark] = []
    for status in good:
        payment = sent.get(status.reference)
        line = states.get(payment.line_id) if payment else None
        why = _why_not(status, payment, line)
        if payment is None or line is None or why:
            faults.append({"line": 0, "reference": status.reference, "words": why})
            continue
        if status.state == "pending":
            continue
        line.state = status.state
        marks.append(
            LineMark(
                line=line,
                mark=status.state,
                digest=line.digest,
                reason=status.reason,
                words=redact(status.words)[:300],
                account_id=actor.account_id,
            )
        )
    signing.save(actor, project, marks)
    WageLine.objects.bulk_update([one.line for one in marks], ["state"], batch_size=2_000)
    _close(actor, project, {one.line.sheet_id for one in marks})
    return len(marks)


def _why_not(status: bank.Status, payment: PaymentLine | None, line: WageLine | None) -> str:
    if payment is None or line is None:
        return _("没有发过这一笔，请核对是不是别的项目的回单")
    if status.amount != payment.amount_fen:
        return _("金额和发出的不一致：发出 %(ours)s 元，回单 %(theirs)s 元") % {
            "ours": bank.yuan(payment.amount_fen),
            "theirs": bank.yuan(status.amount),
        }
    if not status.reference.endswith(f"-{line.payments.count()}"):
        return _("这一笔后来又发过一次，以最后一次的回单为准")
    if line.state != "sent":
        return _("这一笔已经有结果，没有重复记账")
    return ""


def _close(actor: Actor, project: Project, sheets: set[int]) -> None:
    left = WageLine.objects.filter(sheet=OuterRef("pk")).exclude(state__in=DONE)
    done = list(WageSheet.objects.filter(pk__in=sheets).exclude(Exists(left)).select_related("project"))
    drafting.step(actor, project, done, "close")
    WageSheet.objects.filter(pk__in=[one.pk for one in done]).update(state="closed", closed_at=timezone.now())


def facts(row: BankAnswer, number: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Public: that an answer of this digest was taken in. Committed to: what came of it, and by whom."""
    return {"project": number, "sha256": row.sha256}, {
        "good": row.good,
        "faults": row.faults,
        "account": row.account_id,
    }
