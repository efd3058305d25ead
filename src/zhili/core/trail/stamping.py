"""RFC 3161 time stamps over signed heads: somebody outside says that this head was there by then.

ZHILI_TSA_URL names the authority, ZHILI_TSA_CERTIFICATE a PEM file with the root (and, if it needs them, intermediates)
it must be certified by; without that nothing is asked, since a stamp anybody could have made proves nothing. What is
stamped is the SHA-256 of the checkpoint's text. One stamp every ZHILI_TSA_SECONDS (600) while the tree grows: a
stamp over a head covers every leaf before it. An authority that does not answer is asked again, later each time.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
from cryptography import x509
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)
from rfc3161_client.tsp import PKIStatus

from zhili.core.trail.models import SignedHead, Stamp

log = logging.getLogger("zhili.trail")
PATIENCE: Final = 15.0
FIRST_WAIT: Final = 30.0
LONGEST_WAIT: Final = 3600.0
BIGGEST: Final = 100_000
SKEW: Final = timedelta(minutes=5)


class StampError(RuntimeError):
    """There is no stamp, or it is not to be trusted; the message tells an operator why."""


@dataclass
class _Patience:
    """How long to leave the authority alone, in this process."""

    failures: int = 0
    until: float = 0.0
    said: str = ""


_patience = _Patience()


def configured() -> bool:
    return bool(settings.TSA_URL and settings.TSA_CERTIFICATE)


def stamp_due() -> int:
    """Have the newest signed head stamped, if the last stamp is old enough; 1 when it was. For the worker."""
    if not configured() or time.monotonic() < _patience.until:
        return 0
    head = SignedHead.objects.order_by("-id").first()
    last = Stamp.objects.order_by("-head_id").first()
    if head is None or (last is not None and last.head_id >= head.pk):
        return 0
    if last is not None and timezone.now() - last.at < timedelta(seconds=settings.TSA_SECONDS):
        return 0
    try:
        token, at = ask(head.text.encode())
    except StampError as error:
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2.0**_patience.failures)
        _patience.failures += 1
        _patience.until, _patience.said = time.monotonic() + wait, str(error)
        log.warning("trail: no time stamp (%s); again in %.0f s", error, wait)
        return 0
    forget()
    with transaction.atomic():
        Stamp.objects.create(head=head, at=at, authority=settings.TSA_URL[:200], token=token)
    return 1


def forget() -> None:
    """Ask again at once."""
    global _patience
    _patience = _Patience()


def ask(message: bytes) -> tuple[bytes, datetime]:
    """(the response in DER, the authority's time), verified. Raises StampError."""
    certificates = _pinned()
    request = TimestampRequestBuilder().data(message).hash_algorithm(HashAlgorithm.SHA256).build()
    try:
        answer = httpx.post(
            settings.TSA_URL,
            content=request.as_bytes(),
            headers={"Content-Type": "application/timestamp-query"},
            timeout=PATIENCE,
            trust_env=False,
        )
        answer.raise_for_status()
    except httpx.HTTPError as error:
        raise StampError(f"{settings.TSA_URL}: {type(error).__name__} {error}".strip()) from error
    if len(answer.content) > BIGGEST:
        raise StampError("the answer is far too long for a time stamp")
    at = verify(answer.content, message, certificates, request.nonce)
    if abs(at - datetime.now(UTC)) > SKEW:
        raise StampError(f"the authority's clock says {at.isoformat()}: more than five minutes from ours")
    return answer.content, at


def verify(
    token: bytes, message: bytes, certificates: list[x509.Certificate], nonce: int | None = None
) -> datetime:
    """When the authority says it saw this. Raises StampError unless it is certified by one of these roots."""
    try:
        response = decode_timestamp_response(token)
    except ValueError as error:
        raise StampError(f"the answer is no time stamp in DER: {error}"[:300]) from error
    if response.status != PKIStatus.GRANTED:
        raise StampError(f"the authority refuses: {response.status} {response.status_string}")
    try:
        _verifier(certificates, nonce).verify_message(response, message)
    except (VerificationError, ValueError) as error:
        raise StampError(f"the stamp does not hold: {error}") from error
    return _time(response)


def _verifier(certificates: list[x509.Certificate], nonce: int | None) -> Any:
    builder = VerifierBuilder(nonce=nonce)
    for one in certificates:
        if one.subject == one.issuer:
            builder = builder.add_root_certificate(one)
        else:
            builder = builder.add_intermediate_certificate(one)
    return builder.build()


def _time(response: TimeStampResponse) -> datetime:
    at = response.tst_info.gen_time
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _pinned() -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(Path(settings.TSA_CERTIFICATE).expanduser().read_bytes())
    except (OSError, ValueError) as error:
        raise StampError(f"ZHILI_TSA_CERTIFICATE: {error}") from error


def standing() -> dict[str, Any]:
    """For doctor: whether stamps are asked for, the last one, what was said last in this process."""
    last = Stamp.objects.order_by("-head_id").first()
    waiting = SignedHead.objects.filter(pk__gt=last.head_id if last else 0).order_by("pk").first()
    return {
        "url": settings.TSA_URL,
        "pinned": bool(settings.TSA_CERTIFICATE),
        "last": last.at if last else None,
        "waiting_since": waiting.at if waiting else None,
        "said": _patience.said,
    }
