"""Signing and verifying requests and answers: RFC 9421 with Ed25519, the body by its Content-Digest (RFC 9530).

The standard is the library's (http-message-signatures). Here stands what the protocol asks beyond it: what must be
covered, exactly one signature, how long it may last, and which error each fault is (docs/protocol.md, "Signatures").
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from cryptography.exceptions import InvalidSignature as WrongSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures import (
    ContentDigest,
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
)
from http_message_signatures.algorithms import ED25519
from http_message_signatures.exceptions import HTTPMessageSignaturesException

from zhili.base.exchange.errors import WireError

TAG: Final = "zhili-exchange"
LABEL: Final = "zhili"
LASTS: Final = 300
GATE_LASTS: Final = 30 * 86_400
SKEW: Final = 300
"""Seconds two clocks may differ."""
LONGEST_HEADER: Final = 4096
SIGNATURE_HEADERS: Final = ("signature-input", "signature", "content-digest", "content-type")
REQUEST: Final = ("@method", "@target-uri", "content-digest")
ANSWER: Final = ("@status", "content-digest", '"@method";req', '"@target-uri";req')
ANSWERED: Final = '"signature";req'
_NONCE = (16, 100)
Resolve = Callable[[str], Ed25519PublicKey | None]
"""keyid → key, or None. It may raise WireError itself: unknown_site, unknown_key, revoked_key."""


@dataclass(frozen=True, slots=True)
class Verified:
    """A signature that holds. ``nonce`` must be refused (replayed) until ``forget_at``."""

    keyid: str
    nonce: str
    created: datetime
    expires: datetime

    @property
    def forget_at(self) -> datetime:
        """When even a slow clock calls this signature expired."""
        return self.expires + timedelta(seconds=SKEW)


@dataclass(frozen=True, slots=True)
class Request:
    """What an answer is bound to. ``headers`` with at least the signature the request bore."""

    method: str
    url: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Response:
    status_code: int
    headers: Mapping[str, str]
    request: Request


class OneKey(HTTPSignatureKeyResolver):
    """The library asks for keys by id; both halves were found before."""

    def __init__(
        self, public: Ed25519PublicKey | None = None, private: Ed25519PrivateKey | None = None
    ) -> None:
        self.public, self.private = public, private

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey | None:
        return self.public

    def resolve_private_key(self, key_id: str) -> Ed25519PrivateKey:
        assert self.private is not None
        return self.private


class _Verifier(HTTPMessageVerifier):
    """Times are judged here after the signature, by the caller's clock, each with an error of its own."""

    def validate_created_and_expires(self, sig_input: Any, max_age: Any = None) -> None:
        return None

    def signatures_of(self, message: Any) -> list[tuple[str, Any, Any]]:
        """Label, covered components with parameters, signature. Raises InvalidSignature."""
        return list(self._get_sig_inputs_and_signatures(message))


def keyid(site: str, public: Ed25519PublicKey) -> str:
    """``<site>#<first 16 hex digits of SHA-256 of the raw public key>``."""
    return f"{site}#{hashlib.sha256(public.public_bytes_raw()).hexdigest()[:16]}"


def site_of(key_id: str) -> str:
    """The site a key id speaks of; empty when it is none of this protocol's."""
    site, mark, rest = key_id.rpartition("#")
    return site if mark and len(rest) == 16 else ""


def jwk(key_id: str, public: Ed25519PublicKey) -> dict[str, str]:
    """The public key as RFC 8037 has it."""
    x = base64.urlsafe_b64encode(public.public_bytes_raw()).decode().rstrip("=")
    return {"kty": "OKP", "crv": "Ed25519", "kid": key_id, "use": "sig", "x": x}


def from_jwk(found: Any) -> tuple[str, Ed25519PublicKey]:
    """Key id and key. Raises ValueError for anything but an Ed25519 key whose id ends in its own fingerprint."""
    if not isinstance(found, dict) or found.get("kty") != "OKP" or found.get("crv") != "Ed25519":
        raise ValueError("no Ed25519 key (kty OKP, crv Ed25519)")
    kid, x = found.get("kid"), found.get("x")
    if not isinstance(kid, str) or not isinstance(x, str) or len(x) != 43:
        raise ValueError("a key has kid and x")
    public = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(x + "="))
    if not site_of(kid) or keyid(site_of(kid), public) != kid:
        raise ValueError("the key id is not that of the key")
    return kid, public


def content_digest(body: bytes) -> str:
    """The value of Content-Digest (RFC 9530), SHA-256."""
    return str(ContentDigest.create(body))


def sign_request(
    method: str,
    url: str,
    body: bytes,
    key: Ed25519PrivateKey,
    keyid: str,
    *,
    now: datetime,
    lasts: int = LASTS,
    content_type: str = "application/json",
    tag: str = TAG,
    nonce: str | None = None,
    also: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The headers that sign a request: content-digest, content-type (with a body), signature-input, signature.

    ``url`` absolute, as the receiver knows itself; ``now`` aware; ``lasts`` seconds; ``also``: other headers, sent and
    covered, too. Sign anew for every attempt.
    """
    headers = {**(also or {}), "Content-Digest": content_digest(body)}
    covered: tuple[str, ...] = (*REQUEST, *(name.lower() for name in also or ()))
    if body:
        headers["Content-Type"] = content_type
        covered = (*covered, "content-type")
    message = Request(method, url, headers)
    _sign(message, covered, key, keyid, now, lasts, tag, nonce)
    return headers


def sign_response(
    status: int,
    body: bytes,
    request: Request,
    key: Ed25519PrivateKey,
    keyid: str,
    *,
    now: datetime,
    lasts: int = LASTS,
    digest: bytes | None = None,
    nonce: str | None = None,
) -> dict[str, str]:
    """The headers that sign an answer and bind it to its request.

    ``digest``: SHA-256 of the content when that is known without it at hand (a file); ``body`` is then not looked at.
    An answer to an unsigned request is bound to its method and address alone.
    """
    made = f"sha-256=:{base64.b64encode(digest).decode()}:" if digest is not None else content_digest(body)
    headers = {"Content-Digest": made}
    signed = any(name.lower() == "signature" for name in request.headers)
    covered = (*ANSWER, ANSWERED) if signed else ANSWER
    _sign(_Response(status, headers, request), covered, key, keyid, now, lasts, TAG, nonce)
    return headers


def verify_request(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    resolve: Resolve,
    *,
    now: datetime,
    longest: int = LASTS,
    tag: str = TAG,
) -> Verified:
    """Whose request this is. ``url`` absolute, as this site knows itself, with its query; ``longest`` seconds.

    Whether the nonce was seen before is for the caller to find out. Raises WireError: unsigned, bad_signature,
    unknown_key (and what ``resolve`` raises), expired, ahead.
    """
    required = (*REQUEST, "content-type") if body else REQUEST
    return _verify(Request(method, url, headers), body, required, resolve, now, longest, tag)


def verify_response(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    request: Request,
    resolve: Resolve,
    *,
    now: datetime,
    longest: int = LASTS,
) -> Verified:
    """Whose answer this is, to that very request. Raises WireError as verify_request."""
    return _verify(_Response(status, headers, request), body, (*ANSWER, ANSWERED), resolve, now, longest, TAG)


def _sign(
    message: Request | _Response,
    covered: tuple[str, ...],
    key: Ed25519PrivateKey,
    key_id: str,
    now: datetime,
    lasts: int,
    tag: str,
    nonce: str | None,
) -> None:
    signer = HTTPMessageSigner(signature_algorithm=ED25519, key_resolver=OneKey(private=key))
    created = now.astimezone(UTC).replace(microsecond=0)
    signer.sign(
        message,
        key_id=key_id,
        created=created,
        expires=created + timedelta(seconds=lasts),
        nonce=nonce or secrets.token_urlsafe(18),
        label=LABEL,
        tag=tag,
        include_alg=False,  # a key has one algorithm: nothing to choose, nothing to confuse
        covered_component_ids=covered,
        use_existing_digest=True,
    )


def _verify(
    message: Request | _Response,
    body: bytes,
    required: tuple[str, ...],
    resolve: Resolve,
    now: datetime,
    longest: int,
    tag: str,
) -> Verified:
    names = {name.lower() for name in message.headers}
    if "signature" not in names or "signature-input" not in names:
        raise WireError("unsigned")
    if any(len(value) > LONGEST_HEADER for name, value in message.headers.items() if _ours(name)):
        raise WireError("bad_signature", "a header of the signature is too long")
    verifier = _Verifier(signature_algorithm=ED25519, key_resolver=None)
    found = Verified(*_parameters(verifier, message, tag))
    _lasting(found, longest)
    public = resolve(found.keyid)
    if public is None:
        raise WireError("unknown_key", f"{found.keyid[:100]} is not known here")
    verifier.key_resolver = OneKey(public)
    try:
        verifier.verify(message, max_age=None, expect_tag=tag, require_components=required, body=body)
    except HTTPMessageSignaturesException as error:
        raise WireError("bad_signature", _why(error)) from None
    _in_time(found, now)
    return found


def _ours(name: str) -> bool:
    return name.lower() in SIGNATURE_HEADERS


def _parameters(verifier: _Verifier, message: Any, tag: str) -> tuple[str, str, datetime, datetime]:
    """keyid, nonce, created, expires of the one signature there may be. Not yet verified."""
    try:
        signatures = verifier.signatures_of(message)
    except HTTPMessageSignaturesException as error:
        raise WireError("bad_signature", _why(error)) from None
    if len(signatures) != 1:
        raise WireError("bad_signature", "exactly one signature is asked for")
    given = signatures[0][1].params
    for name in ("created", "expires", "nonce", "keyid", "tag"):
        if name not in given:
            raise WireError("bad_signature", f"the signature has no {name}")
    if given.get("alg", ED25519.algorithm_id) != ED25519.algorithm_id:
        raise WireError("bad_signature", "the algorithm is ed25519 and no other")
    if given["tag"] != tag:
        raise WireError("bad_signature", f"the tag is not {tag}")
    if not _NONCE[0] <= len(given["nonce"]) <= _NONCE[1]:
        raise WireError("bad_signature", f"a nonce has {_NONCE[0]} to {_NONCE[1]} signs")
    if len(given["keyid"]) > 100:
        raise WireError("bad_signature", "a keyid has at most 100 signs")
    try:
        created, expires = (datetime.fromtimestamp(given[name], UTC) for name in ("created", "expires"))
        expires + timedelta(seconds=SKEW)  # a time that has no next is none to reckon with
    except (ValueError, OverflowError, OSError):
        raise WireError("bad_signature", "created or expires is no time") from None
    return given["keyid"], given["nonce"], created, expires


def _lasting(found: Verified, longest: int) -> None:
    if not timedelta(0) < found.expires - found.created <= timedelta(seconds=longest):
        raise WireError("bad_signature", f"it must last at least 1 and at most {longest} seconds")


def _in_time(found: Verified, now: datetime) -> None:
    skew = timedelta(seconds=SKEW)
    if found.expires + skew < now:
        raise WireError(
            "expired", f"at {found.expires:%Y-%m-%dT%H:%M:%SZ}; here it is {now:%Y-%m-%dT%H:%M:%SZ}"
        )
    if found.created > now + skew:
        raise WireError(
            "ahead", f"made at {found.created:%Y-%m-%dT%H:%M:%SZ}; here it is {now:%Y-%m-%dT%H:%M:%SZ}"
        )


def _why(error: BaseException) -> str:
    cause = error.args[0] if error.args else error
    if isinstance(cause, WrongSignature):
        return "the signature does not belong to this request and key"
    return str(cause)[:300] if isinstance(error, InvalidSignature) or str(cause) else "not a signature"
