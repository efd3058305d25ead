"""Bearer tokens for machines and scripts: shown once, kept as a hash, dated, revocable."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from zhili.core.people.models import Account, ApiToken

PREFIX = "zhl_"  # lets secret scanners recognise a token that leaked
READ = "read"
WRITE = "write"


def issue(
    account: Account, label: str, scopes: Iterable[str] = (READ, WRITE), expires: datetime | None = None
) -> tuple[str, ApiToken]:
    """Make a token for an account. Returns its text, which cannot be shown again, and its row."""
    text = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        account=account, sha256=_hash(text), label=label, scopes=sorted(scopes), expires_at=expires
    )
    return text, row


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
