"""Codes of an outsider's party that the office can show again: made from the case, never kept in words.

``grants`` keeps a code's hash alone. What an office prints again must be the same code, so it is made again from the
site's key, the case and the moment it began: after a restore the same number may be given again, and is another
case.
"""

from __future__ import annotations

import hmac
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from zhili.core.cases.changing import Change, columns
from zhili.core.cases.models import Case
from zhili.core.people import grants
from zhili.core.people.models import Grant


def give(change: Change, party: str, *, until: datetime | None, turn: int = 0) -> None:
    """Let a party of this case in by code from this step on. ``turn``: counts them; a new one ends the former."""
    _code, row = grants.prepare(
        change.case.pk, party, (), until, seed=_seed(change.case.pk, change.case.opened_at, party, turn)
    )
    if turn:
        change.then.append(lambda done: _end_others(done.case.pk, party, row.sha256))
    change.grants.append(columns(row))


def again(case: Case, party: str, turn: int = 0) -> str:
    """The party's code, for the office that has the case; "" when there is none, or it was revoked or has ended."""
    code, _row = grants.prepare(case.pk, party, seed=_seed(case.pk, case.opened_at, party, turn))
    found = grants.resolve(code)
    return code if found is not None and found.grant_case == case.pk else ""


def _end_others(case_id: int, party: str, kept: str) -> None:
    former = Grant.objects.filter(case_id=case_id, party=party, revoked_at=None).exclude(sha256=kept)
    former.update(revoked_at=timezone.now())


def _seed(case_id: int, at: datetime, party: str, turn: int) -> bytes:
    about = f"cases.{party}/{case_id}/{at.isoformat()}/{turn}"
    return hmac.digest(settings.SECRET_KEY.encode(), about.encode(), "sha256")
