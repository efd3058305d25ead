"""The messages of one delivery: which are next, which were taken before, which cannot be taken; each by itself."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from zhili.base.exchange import bodies, wire
from zhili.base.exchange.wire import Message, Result, WireError
from zhili.core.cases.models import Case
from zhili.core.exchange.models import Direction, Incoming, Link, RemoteSite
from zhili.core.exchange.sites import peers, topics
from zhili.core.people import secrets

log = logging.getLogger("zhili.exchange")
SECONDS: Final = 1.0
"""A part ends after the message that outlasts this."""
RAISE: Final = """
UPDATE exchange_link l SET in_seq = u.taken, judged_seq = u.judged, moved_at = %s
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS u(id, taken, judged) WHERE l.id = u.id"""
PASSING: Final = "mend"
"""What a sender does after a refusal that may not pass by itself: its number may then be passed over."""


@dataclass
class Part:
    """Messages of a delivery from ``start`` on, in one transaction. ``results``: one for each that was judged."""

    site: RemoteSite
    delivery: wire.Delivery
    start: int
    gate: bool = False
    results: list[Result] = field(default_factory=list)
    _links: dict[str, Link] = field(default_factory=dict)
    _before: dict[tuple[int, int], bytes] = field(default_factory=dict)
    _taken: list[Incoming] = field(default_factory=list)
    _fresh: set[str] = field(default_factory=set)
    _moved: dict[int, Link] = field(default_factory=dict)

    def take(self) -> None:
        """Judge and apply them in order until all are done or the time is up; then write down which were taken."""
        messages = self.delivery.messages[self.start :]
        end = time.monotonic() + SECONDS
        self._hold(messages)
        for one in messages:
            self.results.append(self._result(one))
            if time.monotonic() > end:
                break
        self._write()

    def _hold(self, messages: Sequence[Message]) -> None:
        """Lock their streams, the matters first: whoever acts on a matter here locks it and then its stream."""
        streams = {one.stream for one in messages}
        there = Link.objects.filter(site=self.site, stream__in=streams)
        known = dict(there.values_list("stream", "case_id"))
        if cases := sorted({pk for pk in known.values() if pk is not None}):
            list(
                Case.objects.select_for_update(of=("self",))
                .filter(pk__in=cases)
                .order_by("pk")
                .values_list("pk")
            )
        self._fresh = {one.stream for one in messages if one.stream not in known and _begins(one)}
        if self._fresh:
            made = [Link(site=self.site, stream=one, way=Direction.IN) for one in sorted(self._fresh)]
            Link.objects.bulk_create(made, ignore_conflicts=True)
        held = (
            there.select_for_update(of=("self",), no_key=True)
            .select_related("agreement", "case")
            .order_by("pk")
        )
        for link in held:
            link.site = self.site
            self._links[link.stream] = link
        self._remember(messages)

    def _remember(self, messages: Iterable[Message]) -> None:
        """The hashes of those that were taken before."""
        old = [
            (self._links[one.stream].pk, one.seq)
            for one in messages
            if one.stream in self._links and one.seq <= self._links[one.stream].in_seq
        ]
        if not old:
            return
        rows = Incoming.objects.filter(link_id__in={pk for pk, _ in old}, seq__in={seq for _, seq in old})
        self._before = {
            (pk, seq): bytes(hash_) for pk, seq, hash_ in rows.values_list("link_id", "seq", "digest")
        }

    def _result(self, one: Message) -> Result:
        link = self._links.get(one.stream)
        try:
            if link is None:
                raise _unknown(one)
            return Result(one.stream, one.seq, self._judge(link, one))
        except WireError as error:
            if link is not None and error.then == PASSING and link.in_seq < one.seq == link.judged_seq + 1:
                link.judged_seq = one.seq
                self._moved[link.pk] = link
            return Result(one.stream, one.seq, "refused", error)

    def _judge(self, link: Link, one: Message) -> str:
        """accepted or duplicate. Raises WireError."""
        if one.seq <= link.in_seq:
            if self._before.get((link.pk, one.seq)) == digest(one):
                return "duplicate"
            raise WireError("conflict", expected=link.in_seq + 1)
        if one.seq > max(link.in_seq, link.judged_seq) + 1:
            raise WireError("out_of_order", expected=link.in_seq + 1)
        opener = link.way == Direction.IN
        bodies.check_side(one.stream, one.seq, one.kind, from_opener=opener)
        bodies.check(one.kind, one.body)
        self._through_gate(one)
        self._apply(link, one)
        link.in_seq = link.judged_seq = one.seq
        self._moved[link.pk] = link
        self._taken.append(
            Incoming(
                link=link,
                seq=one.seq,
                kind=one.kind,
                digest=digest(one),
                received_at=timezone.now(),
                delivery=self.delivery.delivery,
            )
        )
        return "accepted"

    def _apply(self, link: Link, one: Message) -> None:
        """In a savepoint of its own. Raises WireError; a fault of ours is one that may pass (unavailable)."""
        try:
            with transaction.atomic():
                if one.kind == "publish":
                    topics.take(link, one)
                else:
                    from zhili.core.exchange.sites import applying

                    applying.apply(link, one, self.site)
        except WireError:
            self._undone(link)
            raise
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            # where it failed, and not in what words: those could hold values of the message
            where = traceback.extract_tb(error.__traceback__)[-1]
            log.error(
                "exchange: %s %s %s of %s could not be applied: %s at %s:%s",
                one.stream, one.seq, one.kind, self.site.site, type(error).__name__, where.filename, where.lineno,
            )  # fmt: skip
            self._undone(link)
            raise WireError("unavailable", "it could not be taken in; our engineers were told") from None

    def _through_gate(self, one: Message) -> None:
        """Personal values come by file only where the agreement says so. Raises WireError field_not_agreed."""
        if not self.gate or not one.body.get("personal"):
            return
        found = peers.agreement(self.site, str(one.body.get("agreement", "")))
        if found is None or found.document.get("gate_personal") is not True:
            raise WireError(
                "field_not_agreed", "personal values may not travel in a gate file", "body.personal"
            )

    def _undone(self, link: Link) -> None:
        """What applying it had set on the link stands no more; how far we are is written only at the end."""
        taken, judged = link.in_seq, link.judged_seq
        link.refresh_from_db()
        link.site, link.in_seq, link.judged_seq = self.site, taken, judged

    def _write(self) -> None:
        if self._taken:
            Incoming.objects.bulk_create(self._taken)
        if self._moved:
            moved = list(self._moved.values())
            given = [
                [one.pk for one in moved],
                [one.in_seq for one in moved],
                [one.judged_seq for one in moved],
            ]
            with connection.cursor() as cursor:
                cursor.execute(RAISE, [timezone.now(), *given])
        empty = [
            link.pk
            for stream in self._fresh
            if (link := self._links.get(stream)) is not None and link.in_seq == 0
        ]
        if empty:
            Link.objects.filter(pk__in=empty, in_seq=0, out_seq=0).delete()


def _begins(one: Message) -> bool:
    """Whether a stream we do not know may begin with it."""
    return one.seq == 1 and one.kind == ("publish" if one.stream.startswith("topic:") else "hand_over")


def _unknown(one: Message) -> WireError:
    """A matter we do not have: its beginning is missing, or it never was one."""
    if one.seq > 1 and one.stream.startswith("matter:") and one.kind in bodies.OPENER:
        return WireError("out_of_order", expected=1)
    if one.seq > 1 and one.stream.startswith("topic:"):
        return WireError("out_of_order", expected=1)
    return WireError("unknown_stream")


def digest(one: Message) -> bytes:
    """By which a repeat is told."""
    found = wire.digest(one)
    return secrets.blind_index("text", found.hex()) if one.body.get("personal") else found
