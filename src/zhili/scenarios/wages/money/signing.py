"""Each worker signs their own wage on their own device, or says what is wrong. Silence is shown as silence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhili.base.text import redact
from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor
from zhili.scenarios.wages.models import LineMark, Project, WageLine
from zhili.scenarios.wages.money import keeping, verifying

SIGNABLE = ("open", "objected")


def sign(actor: Actor, line: WageLine, seen: str, how: str) -> LineMark:
    """Sign (article 31). ``seen``: the digest of the line that was shown. Signing again changes nothing.

    Whether ``actor`` is the worker is the caller's. Raises Refused: not yet checked, replaced, altered.
    """
    with transaction.atomic():
        row = _held(line, seen)
        if row.state not in SIGNABLE:
            before = row.marks.filter(mark="signed").first()
            if before is not None:
                return before
            raise Refused("state", _("这一笔已经支付，不用再签"), 409)
        made = mark(actor, row.sheet.project, [row], "signed", how=how)[0]
        row.state = "signed"
        row.save(update_fields=["state"])
    return made


def objects(actor: Actor, line: WageLine, seen: str, words: str, how: str) -> LineMark:
    """Say what is wrong; it is kept as it was said, and the wage is not sent to the bank until it is settled."""
    said = redact(" ".join(words.split()))[:300]
    if not said:
        raise Refused("no_words", _("请写一句哪里不对"), 422)
    with transaction.atomic():
        row = _held(line, seen)
        if row.state not in ("open", "signed", "objected"):
            raise Refused("state", _("这一笔已经送银行；如果少发，请投诉或联系劳资专管员"), 409)
        made = mark(actor, row.sheet.project, [row], "objected", how=how, words=said)[0]
        row.state = "objected"
        row.save(update_fields=["state"])
    return made


def _held(line: WageLine, seen: str) -> WageLine:
    rows = WageLine.objects.select_for_update(of=("self",)).select_related("sheet__project__case")
    row = rows.get(pk=line.pk)
    if row.sheet.state == "draft":
        raise Refused("not_checked", _("工资表还在审核，审核后再签"), 409)
    if row.sheet.state == "void":
        raise Refused("void", _("这份工资表已经作废，请看新的一份"), 409)
    if row.digest != seen:
        raise Refused("stale", _("工资刚才有变化，请看过新的再签"), 409)
    if verifying.altered(row):
        raise Refused(
            "altered", _("这份工资在编制之后被改过，验证不通过，请不要签，并告诉劳动保障监察机构"), 409
        )
    return row


def mark(
    actor: Actor,
    project: Project,
    lines: Iterable[WageLine],
    what: str,
    *,
    how: str = "account",
    words: str = "",
    reason: str = "",
) -> list[LineMark]:
    """Keep what was said of lines, each with a leaf, in the running transaction."""
    rows = [
        LineMark(
            line=line,
            mark=what,
            digest=line.digest,
            how=how,
            words=words[:300],
            reason=reason,
            account_id=actor.account_id,
        )
        for line in lines
    ]
    return save(actor, project, rows)


def save(actor: Actor, project: Project, rows: list[LineMark]) -> list[LineMark]:
    if not rows:
        return []
    number = project.case.number
    keeping.keep(keeping.MARKED, actor, project, rows, lambda row: facts(row, number))
    return LineMark.objects.bulk_create(rows)


def facts(row: LineMark, number: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Public: that a wage of a project was signed, sent, paid. Committed to: whose, and everything said."""
    sealed = {
        "line": row.line_id,
        "digest": row.digest,
        "reason": row.reason,
        "words": row.words,
        "how": row.how,
        "account": row.account_id,
    }
    return {"project": number, "mark": row.mark}, sealed
