"""Who opened which personal value, and why."""

import secrets
from collections.abc import Iterable, Mapping
from typing import Any
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
    at, ids, within = timezone.now(), list(secret_ids), cases or {}
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
            salt=secrets.token_bytes(16),
        )
        for i in ids
    ]
    leaves = Leaf.objects.bulk_create(Leaf(**leaf_of(one)) for one in accesses)
    for access, leaf in zip(accesses, leaves, strict=True):
        access.leaf_id = leaf.pk
    Access.objects.bulk_create(accesses)


def leaf_of(access: Access) -> dict[str, Any]:
    """The leaf of an opening, as column values: what was opened, by what kind of actor of which office.

    Who, why and within which case are only committed to.
    """
    what = {"secret": str(access.secret_id), "by": access.actor_kind, "office": access.office_id}
    return row("access", access.at, what, private(access), bytes(access.salt or b""), access.case_id)


def private(access: Access) -> dict[str, Any]:
    """What the leaf of an opening commits to without showing it."""
    return {
        "actor": access.actor_id,
        "account": access.account_id,
        "purpose": access.purpose,
        "case": access.case_id,
    }
