"""What was measured about one subject is deleted before its time: consent was withdrawn."""

from __future__ import annotations

from typing import Final

from django.db import connection

from zhili.core.people import secrets
from zhili.core.signals.judge import states
from zhili.core.signals.models import Warning

UNDER: Final = "撤回同意"
FORGET: Final = """
DELETE FROM {table} m USING signals_binding b
WHERE b.source_id = m.source_id AND b.subject_kind = %s AND b.subject_id = %s
  AND m.at >= b.since AND (b.until IS NULL OR m.at < b.until)"""


def forget(subject_kind: str, subject_id: int) -> int:
    """Delete the personal measures of a subject, from whichever device it had them; how many.

    What rules remember of it goes with them, and what its warnings say was measured; the warnings themselves stay.
    In the caller's transaction. Ordinary measures of the device (its battery) stay, and a batch the judge has not yet
    seen is judged or passed over within moments, then gone.
    """
    states.forget(subject_kind, subject_id)
    told = Warning.objects.filter(subject_kind=subject_kind, subject_id=subject_id, secret_id__isnull=False)
    secrets.erase([one for one in told.values_list("secret_id", flat=True) if one is not None], under=UNDER)
    with connection.cursor() as cursor:
        cursor.execute(FORGET.format(table="signals_sealed"), [subject_kind, subject_id])
        return int(cursor.rowcount)
