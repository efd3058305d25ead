"""What an answer means for the messages it is about: taken, refused for good, or to be sent again from a number on.

The same whether it came over a line or as a file. Nothing here touches the network.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from zhili.base.exchange import wire
from zhili.core.cases.models import Case
from zhili.core.exchange.models import Link, Outgoing, Sending
from zhili.core.exchange.sites.backing_off import wait_after
from zhili.core.exchange.sites.queueing import as_message

log = logging.getLogger("zhili.exchange")
LATER: Final = frozenset({"unavailable", "slow_down", "expired", "ahead", "replayed"})
"""Refusals of one message that pass by themselves."""
HELD: Final = timedelta(days=1)
"""How long a matter waits for the other side to load the edition of the agreement that we have."""
# Numbers move through the negative, so that no two rows ever have one number in between.
RENUMBER: Final = """
UPDATE exchange_outgoing o SET seq = u.seq, digest = u.digest FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[])
AS u(id, seq, digest) WHERE o.id = u.id"""


@dataclass(slots=True)
class Settled:
    """What became of a delivery. ``odd``: links whose numbers do not fit the other side's and want looking at."""

    accepted: int = 0
    refused: int = 0
    resumed: int = 0
    later: int = 0
    odd: list[int] = field(default_factory=list)

    @property
    def moved(self) -> bool:
        """Whether it brought the line on at all."""
        return bool(self.accepted or self.refused)


def settle(rows: Sequence[Outgoing], results: Iterable[wire.Result]) -> Settled:
    """Write down what the other side said of each message. Rows it said nothing of go on waiting."""
    found = Settled()
    by_name = {(one.link.stream, one.seq): one for one in rows}
    taken: list[Outgoing] = []
    refused: list[tuple[Outgoing, wire.WireError]] = []
    for result in results:
        row = by_name.get((result.stream, result.seq))
        if row is None:
            continue
        if result.error is None:
            taken.append(row)
        else:
            refused.append((row, result.error))
    found.accepted = _accept(taken)
    gone_on: set[int] = set()
    for row, error in refused:
        if row.link_id not in gone_on and not _refuse(row, error, found):
            gone_on.add(row.link_id)  # those behind it in its stream were refused for the same reason
    return found


def _accept(rows: Sequence[Outgoing]) -> int:
    """In one statement, whatever their number."""
    if not rows:
        return 0
    waiting = Outgoing.objects.filter(pk__in=[one.pk for one in rows], state=Sending.WAITING)
    return waiting.update(
        state=Sending.SENT, accepted_at=timezone.now(), attempts=F("attempts") + 1, answer=None
    )


def _refuse(row: Outgoing, error: wire.WireError, found: Settled) -> bool:
    """One refusal; False when the rest of its stream was settled with it."""
    if error.code == "out_of_order" and error.expected is not None:
        found.resumed += resume(row.link, error.expected)
        return False
    if error.code == "unknown_stream" and row.seq > 1 and row.link.way == "out" and row.attempts < 3:
        # it lost the matter, as after a restore from a backup: from the beginning then
        Outgoing.objects.filter(pk=row.pk).update(attempts=F("attempts") + 1)
        found.resumed += resume(row.link, 1)
        return False
    if error.code == "conflict" and error.expected is None:
        put_off(row, error)
        found.odd.append(row.link_id)
        return False
    if error.code == "conflict":
        log.error("exchange: %s has another message under %s/%s", row.site_id, row.link.stream, row.seq)
        found.resumed += resume(row.link, error.expected or row.seq, row.seq)
        return False
    held = error.code == "agreement_differs" and timezone.now() - row.made_at < HELD
    if held or error.code in LATER:
        put_off(row, error)
        found.later += 1
        return False
    found.refused += refuse_for_good(row, error)
    return True  # the number is passed over: what is behind it was judged by itself


def put_off(row: Outgoing, error: wire.WireError | None, wait: timedelta | None = None) -> None:
    """Leave one message, and with it its stream, for later."""
    Outgoing.objects.filter(pk=row.pk, state=Sending.WAITING).update(
        attempts=F("attempts") + 1,
        next_at=timezone.now() + (wait or wait_after(row.attempts + 1)),
        answer=error.told() if error is not None else None,
    )


def refuse_for_good(row: Outgoing, error: wire.WireError) -> int:
    """The other side will never take it: its case is told, and its number is passed over.

    With a matter's first message all the others of its stream fall. How many were refused.
    """
    from zhili.core.exchange.sites import applying

    with transaction.atomic():
        # the matter first, as whoever takes something in locks them
        if row.link.case_id is not None:
            list(Case.objects.select_for_update(of=("self",)).filter(pk=row.link.case_id).values_list("pk"))
        waiting = Outgoing.objects.filter(link_id=row.link_id, state=Sending.WAITING)
        gone = waiting if row.kind == "hand_over" else waiting.filter(pk=row.pk)
        number = gone.update(
            state=Sending.REFUSED, answer=error.told(), attempts=F("attempts") + 1, next_at=None
        )
        if number:  # else another worker was told the same
            row.refresh_from_db()
            log.warning("exchange: %s %s/%s is refused: %s", row.site_id, row.link.stream, row.seq, error)
            applying.not_taken(row, error)
    return number


def resume(link: Link, expected: int, since: int | None = None) -> int:
    """Go on from the number the other side expects; how many messages wait again.

    What it had taken and lost (a restore from a backup) is sent once more. ``since``: our first number that it has
    given to another message (our own restore): from there on what waits is numbered anew.
    """
    with transaction.atomic():
        held = Link.objects.select_for_update(no_key=True).get(pk=link.pk)
        lost = Outgoing.objects.filter(link=held, seq__gte=expected, state=Sending.SENT)
        again = lost.update(state=Sending.WAITING, accepted_at=None)
        if again:
            log.warning("exchange: %s lost %s messages of %s; sent again", held.site_id, again, held.stream)
        low = min(since or expected, expected)
        behind = Outgoing.objects.filter(link=held, state=Sending.WAITING, seq__gte=low)
        again = behind.update(next_at=timezone.now())
        _renumber(held, low, expected)
    return again


def _renumber(link: Link, low: int, start: int) -> None:
    """The waiting messages of a held link from number ``low`` on get the numbers from ``start`` on, in their order."""
    rows = Outgoing.objects.filter(link=link, state=Sending.WAITING, seq__gte=low).order_by("seq")
    moved = []
    for seq, row in enumerate(rows, start):
        if row.seq != seq:
            row.seq = seq
            row.digest = wire.digest(as_message(row, link.stream))
            moved.append(row)
    if moved:
        ids = [row.pk for row in moved]
        with connection.cursor() as cursor:
            cursor.execute("UPDATE exchange_outgoing SET seq = -seq WHERE id = ANY(%s)", [ids])
            cursor.execute(RENUMBER, [ids, [row.seq for row in moved], [row.digest for row in moved]])
    there = Outgoing.objects.filter(link=link).exclude(state=Sending.REFUSED).order_by("-seq")
    last = there.values_list("seq", flat=True).first() or 0
    Link.objects.filter(pk=link.pk).update(out_seq=max(start - 1, last))


def as_error(answer: Mapping[str, Any] | None) -> wire.WireError | None:
    """What a message was last answered, out of its row."""
    if not answer or answer.get("code") not in wire.ERRORS:
        return None
    return wire.WireError(
        answer["code"], str(answer.get("detail", "")), str(answer.get("field", "")), answer.get("expected")
    )
