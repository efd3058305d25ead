"""A link that lets nobody in: kept as a row with its leaf, since no step is taken."""

from __future__ import annotations

import secrets
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from zhili.core.trail import leaves
from zhili.scenarios.evidence.sharing.models import Share, Turned

RECORD: Final = "evidence_share_turned"


def turn(share: Share, why: str) -> Turned:
    """Keep that somebody followed this link and was not let in. Which link and why, the leaf only commits to."""
    salt = secrets.token_bytes(16)
    row = Turned(share=share, at=timezone.now(), why=why, salt=salt)
    with transaction.atomic():
        row.leaf_id = leaves.append("record", row.at, {"record": RECORD}, sealed(row), salt).pk
        row.save(force_insert=True)
    return row


def sealed(row: Turned) -> dict[str, Any]:
    """What the leaf commits to."""
    return {"share": row.share_id, "why": row.why}
