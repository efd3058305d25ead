"""Wages to the bank: from the project's wage account to each worker's own account (article 31), never to anybody
else's.

Names and account numbers are opened for the making of a file, with its purpose, and stand in the file only; what is
kept is which lines went, how much, and the file's SHA-256.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from zhili.base.text import redact
from zhili.base.wages import bank
from zhili.core.cases.errors import Refused
from zhili.core.people import secrets
from zhili.core.people.actors import Actor
from zhili.scenarios.wages.models import PaymentFile, PaymentLine, Project, WageLine, WageSheet
from zhili.scenarios.wages.money import drafting, keeping, signing, verifying

FORMAT: Final = bank.Generic.name
READY: Final = ("signed", "returned")


@dataclass(frozen=True)
class Made:
    """A file for the bank. ``held``: lines that did not go, each (worker's code, why)."""

    file: PaymentFile
    raw: bytes
    held: tuple[tuple[str, str], ...]


def send(actor: Actor, project: Project, month: date, *, unsigned: str = "", form: str = FORMAT) -> Made:
    """Make the file of all that may be paid of a month, once; the same lines never go twice. Whether ``actor`` may
    is the caller's (the contractor's officer).

    Lines signed, and lines returned whose account was put right. ``unsigned``: a reason, and lines whose worker has
    said nothing go too: a wage is not held back for a signature, and the line goes on showing that there is none. A
    line objected to never goes. Raises Refused: nothing to pay, a sheet that no longer verifies.
    """
    with transaction.atomic():
        sheets = list(
            WageSheet.objects.select_for_update(of=("self",))
            .filter(project=project, month=month.replace(day=1), state__in=("checked", "paying"))
            .select_related("project__case")
            .order_by("pk")
        )
        for sheet in sheets:
            if faults := verifying.verify(sheet, moved=False).faults:
                raise Refused("altered", "；".join(faults[:5]), 409)
        states = (*READY, "open") if unsigned.strip() else READY
        lines = WageLine.objects.select_for_update(of=("self",)).filter(sheet__in=sheets, state__in=states)
        lines = lines.select_related("engagement__worker", "sheet").order_by("sheet_id", "engagement_id")
        pays, held = _payable(actor, project, list(lines))
        if not pays:
            why = "；".join(f"{code} {words}" for code, words in held[:10])
            raise Refused("nothing", _("没有可以支付的工资。") + why, 422)
        made = _write(actor, project, month.replace(day=1), pays, form, unsigned)
    return Made(made[0], made[1], tuple(held))


def contents(actor: Actor, file: PaymentFile) -> bytes:
    """The file again. Raises Refused when an account was changed since, so that it would be another file."""
    rows = list(file.payments.select_related("line__engagement__worker").order_by("id"))
    opened = _opened(actor, [one.line for one in rows], file.project)
    pays = []
    for one in rows:
        name, account = opened[one.line_id]
        pays.append(bank.Pay(one.reference, name, account, one.amount_fen))
    raw = bank.FORMATS[file.format].write(pays, _purpose(file.month))
    if bank.digest(raw) != file.sha256:
        words = _("这个文件做好以后有人的姓名或账号改过，不能再下载原来的文件；请等银行回单，退回的重新发")
        raise Refused("changed", words, 409)
    return raw


def _payable(
    actor: Actor, project: Project, lines: list[WageLine]
) -> tuple[list[tuple[WageLine, bank.Pay]], list[tuple[str, str]]]:
    counted = PaymentLine.objects.filter(line__in=lines).values_list("line_id").annotate(n=Count("pk"))
    before = dict(counted)
    opened = _opened(actor, lines, project)
    pays: list[tuple[WageLine, bank.Pay]] = []
    held: list[tuple[str, str]] = []
    for line in lines:
        name, account = opened.get(line.pk, ("", ""))
        reference = f"{project.case.number}-{line.pk}-{before.get(line.pk, 0) + 1}"
        pay = bank.Pay(reference, name, account, line.net_fen)
        if why := (_("没有登记本人的银行账号") if not account else bank.check(pay)):
            held.append((line.engagement.worker.code, why))
        else:
            pays.append((line, pay))
    return pays, held


def _opened(actor: Actor, lines: Iterable[WageLine], project: Project) -> dict[int, tuple[str, str]]:
    rows = list(lines)
    wanted = {}
    for line in rows:
        worker = line.engagement.worker
        wanted[line.pk] = (worker.name_id, worker.bank_account_id)
    ids = {one for pair in wanted.values() for one in pair if one is not None}
    purpose = _("代发工资：项目%(n)s") % {"n": project.case.number}
    plain: Mapping[Any, str] = secrets.open_many(ids, actor, purpose, project.pk)
    return {pk: (plain.get(name, ""), plain.get(account, "")) for pk, (name, account) in wanted.items()}


def _write(
    actor: Actor,
    project: Project,
    month: date,
    pays: list[tuple[WageLine, bank.Pay]],
    form: str,
    unsigned: str,
) -> tuple[PaymentFile, bytes]:
    raw = bank.FORMATS[form].write([pay for _line, pay in pays], _purpose(month))
    file = PaymentFile(
        project=project,
        month=month,
        format=form,
        sha256=bank.digest(raw),
        lines=len(pays),
        total_fen=bank.total(pay for _line, pay in pays),
        account_id=actor.account_id,
    )
    number = project.case.number
    keeping.keep(keeping.SENT, actor, project, [file], lambda row: file_facts(row, number), month)
    file.save(force_insert=True)
    PaymentLine.objects.bulk_create(
        PaymentLine(file=file, line=line, reference=pay.reference, amount_fen=pay.amount)
        for line, pay in pays
    )
    lines = [line for line, _pay in pays]
    words = redact(" ".join(unsigned.split()))[:300]
    silent = [line for line in lines if line.state == "open"]
    signing.mark(actor, project, [one for one in lines if one.state != "open"], "sent")
    signing.mark(actor, project, silent, "sent", words=words, reason="unsigned")
    WageLine.objects.filter(pk__in=[one.pk for one in lines]).update(state="sent")
    fresh = {one.sheet_id: one.sheet for one in lines if one.sheet.state == "checked"}
    drafting.step(actor, project, fresh.values(), "pay")
    WageSheet.objects.filter(pk__in=list(fresh)).update(state="paying")
    return file, raw


def _purpose(month: date) -> str:
    return f"{month.year}年{month.month}月工资"


def file_facts(row: PaymentFile, number: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Public: that a file of this digest went to the bank for a month. Committed to: how much, how many, by whom."""
    shown = {"project": number, "month": f"{row.month:%Y-%m}", "sha256": row.sha256}
    sealed = {
        "format": row.format,
        "lines": row.lines,
        "total": row.total_fen,
        "account": row.account_id,
    }
    return shown, sealed
