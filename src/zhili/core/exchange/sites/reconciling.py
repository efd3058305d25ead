"""After a restore from a backup, here or there: what numbers the other side has of a matter, and going on after them.

Mostly the messages themselves tell (out_of_order and conflict say what is expected); this asks where they do not, and
for whoever wants to know how two sites stand to one another.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final

from django.utils import timezone

from zhili.base.exchange import signing, wire
from zhili.core.exchange.models import Link, Outgoing, RemoteSite, Sending
from zhili.core.exchange.sites import client, keys, settling
from zhili.core.exchange.sites.client import Address, Trouble
from zhili.core.exchange.sites.trusting import key_of

log = logging.getLogger("zhili.exchange")
OVER: Final = ("refused", "returned", "withdrawn", "closed")


@dataclass(frozen=True, slots=True)
class Difference:
    """A matter in which the two sides do not have the same. Numbers of messages, last of each way.

    ``kind``: they_lost (what we sent is gone there: it is sent again), we_lost (they have more of ours than we
    remember: we go on after theirs), behind (they have sent what we never got: they send it again once we say what we
    expect), unknown (they do not know the matter).
    """

    stream: str
    kind: str
    ours: int
    theirs: int
    mended: bool


def reconcile(site: RemoteSite, limit: int = 500, *, mend: bool = True) -> list[Difference]:
    """Compare the matters that are open between us, the last moved first. Raises Trouble when it cannot be asked."""
    links = Link.objects.filter(site=site, stream__startswith="matter:").exclude(state__in=OVER)
    found: list[Difference] = []
    for link in links.order_by("-moved_at", "-pk")[:limit]:
        found += _compared(site, link, ask(site, link), mend)
    return found


def ask(site: RemoteSite, link: Link) -> wire.MatterState | None:
    """How the matter stands there; None when they know of none. Raises Trouble."""
    where, key = Address(site.url, site.private_allowed), keys.current()
    url = where.at(f"/matters/{wire.matter_of(link.stream)}")
    headers = signing.sign_request("GET", url, b"", key.private, key.keyid, now=timezone.now())
    said = client.ask(where, "GET", url, headers)
    try:
        request = signing.Request("GET", url, headers)
        signing.verify_response(
            said.status, said.headers, said.body, request, key_of(site), now=timezone.now()
        )
        if said.status == 200:
            return wire.parse_state(said.body)
    except wire.WireError as error:
        raise Trouble(f"its answer cannot be trusted: {error}") from None
    problem = wire.read_problem(said.body)
    if problem is not None and problem.code == "unknown_stream":
        return None
    raise Trouble(f"{said.status} {problem or ''}".strip(), wait=said.wait)


def _compared(site: RemoteSite, link: Link, theirs: wire.MatterState | None, mend: bool) -> list[Difference]:
    sent = (
        Outgoing.objects.filter(link=link, state=Sending.SENT).order_by("-seq").values_list("seq", flat=True)
    )
    accepted = sent.first() or 0
    if theirs is None:
        if not accepted:
            return []  # the first message is still on its way
        ours_to_open = link.way == "out"
        if mend and ours_to_open:
            settling.resume(link, 1)
        return [Difference(link.stream, "unknown", accepted, 0, mend and ours_to_open)]
    found = []
    if theirs.received < accepted:
        if mend:
            settling.resume(link, theirs.received + 1)
        found.append(Difference(link.stream, "they_lost", accepted, theirs.received, mend))
    elif theirs.received > link.out_seq:
        if mend:
            settling.resume(link, theirs.received + 1, accepted + 1)
        found.append(Difference(link.stream, "we_lost", link.out_seq, theirs.received, mend))
    if theirs.sent < link.in_seq:
        found.append(Difference(link.stream, "behind", link.in_seq, theirs.sent, False))
    return found


def mend(site: RemoteSite, link_id: int) -> None:
    """One matter whose numbers the other side did not understand. A site that cannot be asked now is asked again
    when the message is tried again."""
    link = Link.objects.filter(pk=link_id).first()
    if link is None or not link.stream.startswith("matter:"):
        return
    try:
        theirs = ask(site, link)
    except Trouble as trouble:
        log.info("exchange: %s could not be asked about %s: %s", site.site, link.stream, trouble)
        return
    if theirs is not None:
        low = (
            Outgoing.objects.filter(link=link, state=Sending.WAITING)
            .order_by("seq")
            .values_list("seq", flat=True)
        )
        settling.resume(link, theirs.received + 1, low.first())
