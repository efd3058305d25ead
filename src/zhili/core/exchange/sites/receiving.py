"""What comes in by the protocol: verified, put in order, applied, answered after the commit.

A delivery is taken in parts, each a transaction of at most about a second (the outbox's horizon waits for the longest
one), each message in a savepoint of its own; the answer goes out when all are on the disk. A sender that gets no answer
sends again, and is told which were taken.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone
from psycopg.errors import DeadlockDetected, SerializationFailure

from zhili.base.exchange import signing, wire
from zhili.base.exchange.errors import PROBLEM_TYPE
from zhili.base.exchange.wire import WireError
from zhili.core.exchange.models import RemoteSite
from zhili.core.exchange.sites import alarms, keys, refusals, witnessing
from zhili.core.exchange.sites.admitting import Caller, admit, remember, slow_down
from zhili.core.exchange.sites.refusals import Refusal
from zhili.core.exchange.sites.taking import Part

log = logging.getLogger("zhili.exchange")
TRIES: Final = 4
"""Of one part, when it and somebody here waited for one another."""
NO_STORE: Final = {"Cache-Control": "no-store"}


@dataclass(frozen=True)
class Reply:
    """An answer as HTTP has it."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def receive(method: str, url: str, headers: Mapping[str, str], body: bytes, *, gate: bool = False) -> Reply:
    """One delivery, whatever it came by. ``url``: the target as signed. ``gate``: it came as a file.

    Never raises for what a stranger sent: every refusal is a Reply of the protocol.
    """

    def taken(caller: Caller) -> bytes:
        return _answer(caller, _delivery(caller, body), gate)

    if len(body) > wire.MOST_BYTES:
        return refuse(signing.Request(method, url, headers), None, WireError("too_large"))
    return answering(method, url, headers, body, taken, gate=gate)


def answering(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    do: Callable[[Caller], bytes],
    *,
    gate: bool = False,
) -> Reply:
    """A signed answer to a signed request: what ``do`` gives for whoever asks, or the refusal."""
    asked = signing.Request(method, url, headers)
    caller: Caller | None = None
    try:
        caller = admit(method, url, headers, body, gate=gate)
        if not gate:
            slow_down(caller.site)
        return signed(asked, 200, do(caller))
    except WireError as error:
        return refuse(asked, caller.site if caller else None, error)
    except (OperationalError, InterfaceError):
        log.exception("exchange: the database is away")
        status, told = wire.problem(WireError("unavailable", retry_after=5))
        return Reply(status, {"Content-Type": PROBLEM_TYPE, "Retry-After": "5", **NO_STORE}, told)


def refuse(asked: signing.Request, site: RemoteSite | None, error: WireError) -> Reply:
    """The refusal of a whole request, counted and logged."""
    refusals.note(site, [Refusal(error)])
    status, told = wire.problem(error)
    more = {"Retry-After": str(error.retry_after)} if error.retry_after is not None else {}
    return signed(asked, status, told, PROBLEM_TYPE, more)


def signed(
    asked: signing.Request,
    status: int,
    body: bytes,
    content_type: str = wire.MEDIA,
    more: Mapping[str, str] | None = None,
) -> Reply:
    """An answer with our signature, bound to its request."""
    own = keys.current()
    made = signing.sign_response(status, body, asked, own.private, own.keyid, now=timezone.now())
    return Reply(status, {**made, "Content-Type": content_type, **NO_STORE, **(more or {})}, body)


def _delivery(caller: Caller, body: bytes) -> wire.Delivery:
    """Raises WireError: malformed …, unknown_version, not_for_us, bad_signature (of another site's name)."""
    delivery = wire.parse_delivery(body)
    if delivery.sender != caller.site.site:
        raise WireError("bad_signature", "the key is not of the site the delivery is from", "from")
    if delivery.receiver != keys.site():
        raise WireError("not_for_us", "", "to")
    return delivery


def _answer(caller: Caller, delivery: wire.Delivery, gate: bool) -> bytes:
    """Take it all in; the answer's bytes, when everything in it is on the disk."""
    site = caller.site
    results: list[wire.Result] = []
    part: Part | None = None
    while part is None or len(results) < len(delivery.messages):
        part = _part(caller, delivery, len(results), gate)
        results += part.results
    _tell(site, delivery, results)
    answer = wire.Answer(
        sender=keys.site(),
        receiver=site.site,
        delivery=delivery.delivery,
        at=timezone.now(),
        results=tuple(results),
        **witnessing.offer(site),
    )
    return wire.encode(answer)


def _tell(site: RemoteSite, delivery: wire.Delivery, results: list[wire.Result]) -> None:
    """What was not taken is counted and logged; a conflict is told to administrators."""
    refused = []
    for one, message in zip(results, delivery.messages, strict=True):
        if one.error is None:
            continue
        refused.append(Refusal(one.error, f"{one.stream} {one.seq} {message.kind[:20]}"))
        if one.error.code == "conflict":
            alarms.conflict(site, one.stream, one.seq)
    refusals.note(site, refused)


def _part(caller: Caller, delivery: wire.Delivery, start: int, gate: bool) -> Part:
    """The messages from number ``start`` on, as many as a transaction has time for."""
    for again in range(TRIES):
        part = Part(caller.site, delivery, start, gate=gate)
        try:
            with transaction.atomic():
                if start == 0:
                    remember(caller.verified)
                part.take()
                if start + len(part.results) == len(delivery.messages):
                    witnessing.heard(caller.site, delivery)
            return part
        except OperationalError as error:
            if again + 1 == TRIES or not isinstance(error.__cause__, DeadlockDetected | SerializationFailure):
                raise
            log.info("exchange: a part of a delivery of %s is taken again: %s", caller.site.site, error)
    raise AssertionError("unreachable")
