"""Who comes from another app: a ticket its back end signed, good once and for two minutes.

A ticket is ``base64url(JSON) "." base64url(signature over the first part)`` with ``shell``, ``sub`` (the person's id
there, never a telephone number), ``exp`` (seconds since 1970) and ``jti``. Apps are declared in ZHILI_SHELLS
(base/shells.py).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from datetime import UTC, datetime
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from zhili.base.shells import Shell
from zhili.core.people import keys, phones
from zhili.core.people.models import Account, ShellAccount, UsedTicket

LONGEST_S: Final = 120
"""A ticket lives no longer than this."""
LONGEST: Final = 2_000


class TicketRefused(ValueError):
    """A ticket that signs nobody in; ``why`` is for the log, the reader is told the same for each."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def shells() -> dict[str, Shell]:
    """Those of this site."""
    found: dict[str, Shell] = settings.SHELLS
    return found


def redeem(ticket: str, language: str = "") -> tuple[Shell, Account]:
    """Whom a ticket signs in, once; their account is made when they come for the first time. Raises TicketRefused."""
    shell, told = _verified(ticket)
    until = datetime.fromtimestamp(float(told["exp"]), UTC)
    digest = hashlib.sha256(f"{shell.name}\0{told['jti']}".encode()).hexdigest()
    UsedTicket.objects.filter(until__lt=timezone.now()).delete()
    try:
        with transaction.atomic():
            UsedTicket.objects.create(sha256=digest, until=until)
            return shell, _account(shell, str(told["sub"]), language)
    except IntegrityError:
        raise TicketRefused("used already") from None


def _verified(ticket: str) -> tuple[Shell, dict[str, Any]]:
    body, _, signature = ticket.partition(".")
    if not signature or len(ticket) > LONGEST:
        raise TicketRefused("no ticket")
    try:
        told = json.loads(_bytes(body))
        signed = _bytes(signature)
    except (ValueError, binascii.Error) as error:
        raise TicketRefused("not readable") from error
    shell = shells().get(str(told.get("shell"))) if isinstance(told, dict) else None
    if shell is None or not _signed(shell, body.encode(), signed):
        raise TicketRefused("not signed by a known app")
    now, exp = time.time(), told.get("exp")
    whole = all(isinstance(told.get(part), str) and 8 <= len(told[part]) <= 200 for part in ("sub", "jti"))
    if not whole or not isinstance(exp, int | float) or isinstance(exp, bool):
        raise TicketRefused("lacks sub, jti or exp")
    if not now < exp <= now + LONGEST_S:
        raise TicketRefused("ended, or lives too long")
    return shell, told


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _signed(shell: Shell, body: bytes, signature: bytes) -> bool:
    if shell.scheme == "hmac":
        return hmac.compare_digest(hmac.digest(shell.key, body, hashlib.sha256), signature)
    try:
        Ed25519PublicKey.from_public_bytes(shell.key).verify(signature, body)
    except InvalidSignature:
        return False
    return True


def _account(shell: Shell, subject: str, language: str) -> Account:
    """The id over there is kept as a hash under the index key: enough to know it again."""
    index = hmac.digest(keys.ring().index_key, f"shell\0{shell.name}\0{subject}".encode(), hashlib.sha256)
    known = (
        ShellAccount.objects.select_related("account").filter(shell=shell.name, subject_index=index).first()
    )
    if known is not None:
        return known.account
    made = phones.new_resident(language)
    ShellAccount.objects.create(shell=shell.name, subject_index=index, account=made)
    return made
