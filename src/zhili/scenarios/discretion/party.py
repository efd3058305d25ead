"""What the party reads of its own case: what is intended, until when it may speak, what was decided, what is owed.

Shown with the code that goes out with the notice, without an account. Nothing of the office's own papers.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core import params
from zhili.core.cases.changing import Change, columns
from zhili.core.cases.models import Case, Clock
from zhili.core.people import grants
from zhili.scenarios.discretion import kinds, law, provisions
from zhili.scenarios.discretion.models import PenaltyDetail

REPORTER: Final = "reporter"
REVIEW_DAYS: Final = 60
"""To ask for a review, from the day the decision was known (行政复议法 20)."""
SUIT_MONTHS: Final = 6
"""To sue, from that day (行政诉讼法 46)."""


def let_in(change: Change) -> None:
    """The party's own way in, from the notice on; a second notice leaves the first code as it is."""
    code, row = grants.prepare(change.case.pk, REPORTER, (), _end(change.at), seed=_seed(change.case))
    if grants.resolve(code) is None:
        change.grants.append(columns(row))


def code_of(case: Case) -> str:
    """The party's code, made again for the office that has the case; "" before the notice or once it is over."""
    code, row = grants.prepare(case.pk, REPORTER, seed=_seed(case))
    found = grants.resolve(code)
    return code if found is not None and found.grant_case == row.case_id else ""


def _end(at: datetime) -> datetime:
    return at + timedelta(days=params.duration("cases.grant_days")[0].amount)


def _seed(case: Case) -> bytes:
    """Bound to the moment: after a restore the same number may be given again, and is another case."""
    about = f"discretion.party/{case.pk}/{case.opened_at.isoformat()}"
    return hmac.digest(settings.SECRET_KEY.encode(), about.encode(), "sha256")


def told(case: Case) -> Mapping[str, Any]:
    """Facts in words for the party's page; money in yuan."""
    detail = PenaltyDetail.objects.get(pk=case.pk)
    clause = provisions.known().get(detail.provision)
    return {
        "clause": clause,
        "statute": f"{law.yuan(clause.low)}–{law.yuan(clause.high)}" if clause else "",
        "notice": _notice(detail) if detail.noticed_on else [],
        "speaks": case.stage in ("noticed", "hearing_asked", "hearing_set", "deciding"),
        "hearing": detail.hearing_due and case.stage == "noticed",
        "until": _until(case) if case.stage == "noticed" else None,
        "decision": _decision(detail) if detail.decided_on and detail.received_on else [],
        "exempt": case.stage == "exempted",
        "revoked": case.stage == "revoked",
        "payment": _payment(detail),
        "remedies": _remedies(detail),
    }


def _notice(detail: PenaltyDetail) -> list[tuple[str, str]]:
    assert detail.noticed_on is not None
    rows = [(_("告知日期"), detail.noticed_on.isoformat())]
    if detail.decided_on is None:
        rows.append((_("拟给予的处罚"), _penalty(detail.outcome, detail.proposed or 0)))
        if detail.low is not None and detail.high is not None:
            rows.append((_("裁量范围"), _("%(low)s–%(high)s元") % _both(detail.low, detail.high)))
    return rows


def _decision(detail: PenaltyDetail) -> list[tuple[str, str]]:
    assert detail.decided_on is not None
    rows = [
        (_("决定"), _penalty(detail.outcome, detail.fine or 0)),
        (_("决定日期"), detail.decided_on.isoformat()),
    ]
    if detail.document:
        rows.append((_("决定书文号"), detail.document))
    if detail.received_on is not None:
        rows.append((_("收到决定书"), detail.received_on.isoformat()))
    return rows


def _payment(detail: PenaltyDetail) -> list[tuple[str, str]]:
    """What is paid and what is owed today, the late fee told apart (72, 73)."""
    from zhili.scenarios.discretion.deciding import owed_on

    if not detail.fine or detail.due_on is None:
        return []
    today, paid = timezone.localdate(), sum(detail.paid.values())
    rows = [(_("缴纳期限"), detail.due_on.isoformat()), (_("已缴"), _yuan(paid))]
    if paid < detail.fine:
        rows.append((_("还要缴"), _yuan(detail.fine - paid)))
    late = owed_on(detail, today)
    if late.fee:
        rows.append(
            (_("加处罚款"), _("%(fee)s（逾期%(days)s日）") % {"fee": _yuan(late.fee), "days": late.days})
        )
    if late.stopped:
        rows.append((_("复议、诉讼或者延期不计的天数"), str(late.stopped)))
    return rows


def _remedies(detail: PenaltyDetail) -> list[tuple[str, str]]:
    """Until when a review may be asked for and a suit brought."""
    if detail.received_on is None:
        return []
    review = detail.received_on + timedelta(days=REVIEW_DAYS)
    return [
        (_("申请行政复议，最晚"), review.isoformat()),
        (_("向法院起诉，最晚"), _months_on(detail.received_on, SUIT_MONTHS).isoformat()),
    ]


def _months_on(day: date, months: int) -> date:
    year, month = divmod(day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(day.year + year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError(day)


def _until(case: Case) -> datetime | None:
    clock = Clock.objects.filter(case=case, name="stage", running=True).first()
    return clock.due_at if clock is not None else None


def _penalty(outcome: str, fine: int) -> str:
    if outcome == kinds.FINE:
        return _("罚款%(fine)s") % {"fine": _yuan(fine)}
    return _("警告") if outcome == kinds.WARNING else ""


def _yuan(fen: int) -> str:
    return _("%(yuan)s元") % {"yuan": law.yuan(fen)}


def _both(low: int, high: int) -> dict[str, str]:
    return {"low": law.yuan(low), "high": law.yuan(high)}
