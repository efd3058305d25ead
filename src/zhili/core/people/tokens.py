"""Bearer tokens for machines and scripts: shown once, kept as a hash, dated, revocable."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from zhili.core.people.models import Account, ApiToken

PREFIX = "zhl_"  # lets secret scanners recognise a token that leaked
READ = "read"
WRITE = "write"
OPEN311 = "open311"  # reads and writes there and nowhere else


def issue(
    account: Account, label: str, scopes: Iterable[str] = (READ, WRITE), expires: datetime | None = None
) -> tuple[str, ApiToken]:
    """Make a token for an account. Returns its text, which cannot be shown again, and its row."""
    text = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        account=account, sha256=_hash(text), label=label, scopes=sorted(scopes), expires_at=expires
    )
    return text, row


def issue_all(accounts: Sequence[int], label: str, expires: datetime) -> dict[int, str]:
    """Tokens that may read and write, one for each account by id, in one statement. Their texts by account."""
    texts = {account: PREFIX + secrets.token_urlsafe(32) for account in accounts}
    ApiToken.objects.bulk_create(
        (
            ApiToken(
                account_id=account, sha256=_hash(text), label=label, scopes=[READ, WRITE], expires_at=expires
            )
            for account, text in texts.items()
        ),
        batch_size=2000,
    )
    return texts


def resolve(text: str) -> ApiToken | None:
    """The live token with its account, or None. At most one query."""
    if not text.startswith(PREFIX) or len(text) > 100:
        return None
    return (
        ApiToken.objects.select_related("account")
        .filter(sha256=_hash(text), revoked_at=None, account__is_active=True)
        .filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()))
        .first()
    )


def revoke(token: ApiToken) -> None:
    """End a token now. Ending it twice keeps the first time."""
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
