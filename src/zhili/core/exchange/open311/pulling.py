"""Requests of another server become cases here, and what changes there is written on them.

Each is opened once, under a key made of peer and number. How far we have read is kept by their clock, and moved only
when all pages of a stretch have been taken. A server without ``updated_after`` gives its latest 90 days each time,
which costs more and comes to the same.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from zhili.core.cases import doors, registry
from zhili.core.cases.errors import Refused
from zhili.core.exchange.models import Peer, PeerRequest, PeerService, State, Way
from zhili.core.exchange.open311 import client, peers
from zhili.core.exchange.open311.accepting import CHANNEL, alone
from zhili.core.exchange.open311.client import Endpoint, Row, Trouble
from zhili.core.exchange.open311.filling import fill, plan_of
from zhili.core.exchange.open311.polling import heard_of, moment, next_look
from zhili.core.exchange.open311.wire import utc
from zhili.core.forms import FormErrors

log = logging.getLogger("zhili.open311")
CLAIM = timedelta(minutes=10)
SPAN = timedelta(days=90)
OVERLAP = timedelta(minutes=10)
PAGE = 1000
PAGES_MOST = 100
ID_MOST = 100


def pull_due(limit: int = 1) -> int:
    """Ask the peers whose turn it is; how many requests were taken. Any number of workers may call this."""
    taken = 0
    for peer in _claim(limit):
        try:
            taken += sum(count for what, count in pull(peer).items() if what != "same")
            wait = timedelta(minutes=peer.every)
            peers.heard(peer)
        except Trouble as trouble:
            log.warning("open311 peer %s: %s", peer.name, trouble)
            wait = peers.failed(peer, trouble)
        Peer.objects.filter(pk=peer.pk).update(pull_at=timezone.now() + wait)
    return taken


def _claim(limit: int) -> list[Peer]:
    now = timezone.now()
    with transaction.atomic():
        due = Peer.objects.filter(active=True, pull=True, pull_at__lte=now).order_by("pull_at")
        found = list(due.select_for_update(skip_locked=True, of=("self",)).select_related("account")[:limit])
        Peer.objects.filter(pk__in=[one.pk for one in found]).update(pull_at=now + CLAIM)
    return found


def pull(peer: Peer) -> Counter[str]:
    """Everything new or changed since last time; what became of each: opened, told, same, skipped, refused.

    Raises Trouble; what was taken till then is kept.
    """
    where, tally = peers.endpoint(peer), Counter[str]()
    now = timezone.now()
    until = peer.pulled_until or now - SPAN
    while now - until > SPAN:  # a first reading that begins long ago goes by date of request
        end = until + SPAN
        for row in _pages(where, start_date=utc(until), end_date=utc(end)):
            tally[take(peer, row)] += 1
        until = end
        _keep(peer, until)
    newest = until
    for row in _pages(where, updated_after=utc(until - OVERLAP)):
        tally[take(peer, row)] += 1
        newest = max(newest, min(moment(row) or newest, now))
    _keep(peer, newest)
    return tally


def _keep(peer: Peer, until: datetime) -> None:
    Peer.objects.filter(pk=peer.pk).update(pulled_until=until)
    peer.pulled_until = until


def _pages(where: Endpoint, **query: str) -> Iterator[Row]:
    """Every request, once, until a page brings nothing new: some servers know no pages, some give fewer than asked."""
    seen: set[str] = set()
    for page in range(1, PAGES_MOST + 1):
        rows = client.get(where, "requests", "request", page=str(page), page_size=str(PAGE), **query)
        fresh = [row for row in rows if row.get("service_request_id", "") not in seen]
        if not fresh:
            return
        seen |= {row.get("service_request_id", "") for row in fresh}
        yield from fresh


def take(peer: Peer, row: Row) -> str:
    """One request of theirs; see ``pull`` for what it answers. Harmless to repeat."""
    remote_id = row.get("service_request_id", "")
    if not remote_id or len(remote_id) > ID_MOST:
        return "refused"
    known = (
        PeerRequest.objects.filter(peer=peer, way=Way.IN, remote_id=remote_id).select_related("case").first()
    )
    if known is not None:
        return "told" if heard_of(peer, known, row) else "same"
    try:
        with transaction.atomic():
            return _first(peer, row, remote_id)
    except IntegrityError:  # another worker was quicker
        return "same"


def _first(peer: Peer, row: Row, remote_id: str) -> str:
    code, status = row.get("service_code", "")[:100], row.get("status", "open").lower()[:20]
    link = PeerRequest(
        peer=peer, way=Way.IN, remote_id=remote_id, service_code=code, status=status, updated=moment(row)
    )
    link.status_notes = row.get("status_notes", "")[:1000]
    category = (
        PeerService.objects.filter(peer=peer, service_code=code).values_list("category", flat=True).first()
    )
    if status == "closed" or (category is None and not peer.unmapped):
        link.state = State.SKIPPED
        link.save()
        return "skipped"
    try:
        with transaction.atomic():
            link.case_id = _open(peer, row, remote_id, category or "")
        link.state, link.next_at = State.LINKED, next_look(peer, link)
    except (FormErrors, Refused) as error:
        link.state, link.error = State.FAILED, str(error)[:500]
        log.warning("open311 peer %s: request %s was not taken: %s", peer.name, remote_id[:40], link.error)
    link.save()
    return "opened" if link.case_id else "refused"


def _open(peer: Peer, row: Row, remote_id: str, category: str) -> int:
    form = registry.procedures()[peer.procedure].openings[peer.opening].form
    longest = getattr(plan_of(form).words, "max_length", None) or 1000
    args = {name: [row.get(theirs, "")] for name, theirs in _FIELDS.items()}
    args["description"] = [_described(peer, row, remote_id, longest)]
    if args["lat"] == args["long"] or not (args["lat"][0] and args["long"][0]):  # 0, 0: a phone without a fix
        args["lat"] = args["long"] = [""]
    try:
        data = fill(form, category, args, placed=False).data
        form.validate(data)
    except FormErrors:  # their place may be no place and their link no link: the words are what counts
        bare = {"description": args["description"], "address_string": [args["address_string"][0][:200]]}
        data = fill(form, category, bare, placed=False).data
    key = f"open311/{peer.pk}/{remote_id}"
    opened = doors.open_case(
        peer.procedure, peer.opening, alone(peer.account), data, key=key, channel=CHANNEL
    )
    return opened.case_id


_FIELDS = {"lat": "lat", "long": "long", "address_string": "address", "media_url": "media_url"}


def _described(peer: Peer, row: Row, remote_id: str, longest: int) -> str:
    """Their words, and whose they are. What does not fit the form is not lost: it stands there under its number."""
    source = f"（来自{peer.title}，编号{remote_id}）"
    words = row.get("description", "") or row.get("service_name", "") or "对方没有说明"
    room = longest - len(source) - len(row.get("media_url", "")) - 20
    if len(words) > room:
        words = words[: max(0, room - 1)] + "…"
    return f"{words}{source}"
