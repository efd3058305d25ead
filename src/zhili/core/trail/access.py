"""Who opened which personal value, and why."""

import secrets
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.utils import timezone

from zhili.core.trail.leaves import row
from zhili.core.trail.models import Access, Leaf


def record_access(
    secret_ids: Iterable[UUID],
    *,
    actor_kind: str,
    actor_id: int | None,
    office_id: int | None,
    account_id: int | None,
    purpose: str,
    case_id: int | None,
    cases: Mapping[UUID, int] | None = None,
) -> None:
    """Keep the opening of these secrets, each as a row for the person and a leaf for everyone.

    ``cases`` says which case each one was opened in where they are not all of ``case_id``.

    Call it in the transaction that opens them: what cannot be recorded is not opened. Two queries for any number.
    """
    if not purpose.strip():
        raise ValueError("查看个人信息必须说明用途")
    at = timezone.now()
    ids = list(secret_ids)
    within = cases or {}
    accesses = [
        Access(
            at=at,
            secret_id=i,
            actor_kind=actor_kind,
            actor_id=actor_id,
            account_id=account_id,
            office_id=office_id,
            purpose=purpose[:200],
            case_id=within.get(i, case_id),
        )
        for i in ids
    ]
    private = {"actor": actor_id, "account": account_id, "purpose": purpose}
    leaves = [
        Leaf(
            **row(
                "access",
                at,
                {"secret": str(i), "by": actor_kind, "office": office_id},
                private,
                secrets.token_bytes(16),
                within.get(i, case_id),
            )
        )
        for i in ids
    ]
    Access.objects.bulk_create(accesses)
    Leaf.objects.bulk_create(leaves)
