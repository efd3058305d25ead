"""What goes into the next delivery to a site: what waits for it, oldest first, of as many streams as there are."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from zhili.base.exchange import wire
from zhili.core.exchange.models import Outgoing, RemoteSite
from zhili.core.exchange.sites import keys, offering, witnessing
from zhili.core.exchange.sites.queueing import as_message
from zhili.core.people import secrets
from zhili.core.people.actors import Actor

FRAME: Final = 256 * 1024
"""Bytes of a delivery kept free for what stands around its messages: the checkpoint and its proof."""
AROUND: Final = 300
"""Bytes of a message besides its body, at most."""
SENDER: Final = Actor(kind="rule", label="站点协同")
# A message that waits for a better moment holds back those behind it in its stream, and no others.
DUE: Final = """
SELECT o.id FROM exchange_outgoing o
WHERE o.site_id = %(site)s AND o.id > %(after)s AND o.state = 'waiting' AND (o.next_at <= %(now)s OR %(again)s)
AND (%(gate)s OR NOT EXISTS (
    SELECT 1 FROM exchange_outgoing p WHERE p.link_id = o.link_id AND p.seq < o.seq AND p.state = 'waiting'
    AND p.next_at > %(now)s))
ORDER BY o.id LIMIT %(most)s"""


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages that travel together. ``too_large``: those of them that no delivery has room for (never sent)."""

    rows: tuple[Outgoing, ...]
    delivery: wire.Delivery
    body: bytes
    too_large: tuple[Outgoing, ...] = ()


def gather(
    site: RemoteSite,
    most: int = wire.MOST_MESSAGES,
    *,
    gate: bool = False,
    again: bool = False,
    after: int = 0,
) -> Batch | None:
    """The next delivery, or None when nothing is due. Writes only which files are offered; sends nothing.

    ``gate``: as a file, without personal values unless the agreement lets them travel so, and without waiting for the
    answer to former ones. ``again``: also what waits for a later moment, as when a file was lost. ``after``: only what
    was put in line after the message of this id.
    """
    rows = _due({"site": site.pk, "most": most, "gate": gate, "again": again, "after": after})
    if not rows:
        return None
    offering.work_out(rows)
    personal = _personal(site, [one for one in rows if not gate or gate_personal(one)])
    chosen: list[Outgoing] = []
    messages: list[wire.Message] = []
    too_large: list[Outgoing] = []
    left = wire.MOST_BYTES - FRAME
    for row in rows:
        message = as_message(row, row.link.stream, personal.get(row.pk))
        size = AROUND + len(json.dumps(message.body, ensure_ascii=False).encode())
        if size > wire.MOST_BYTES - FRAME:
            too_large.append(row)
            continue
        if size > left:
            break
        left -= size
        chosen.append(row)
        messages.append(message)
    delivery = _delivery(site, messages)
    return Batch(tuple(chosen), delivery, wire.encode(delivery), tuple(too_large))


def _due(asked: dict[str, Any]) -> list[Outgoing]:
    with connection.cursor() as cursor:
        cursor.execute(DUE, {**asked, "now": timezone.now()})
        ids = [row[0] for row in cursor.fetchall()]
    found = Outgoing.objects.filter(pk__in=ids).select_related("link__agreement").order_by("pk")
    return list(found) if ids else []


def _personal(site: RemoteSite, rows: Sequence[Outgoing]) -> dict[int, Mapping[str, Any]]:
    """The personal part of each message that has one, opened for this purpose: each opening is a leaf."""
    sealed = {one.secret_id: one for one in rows if one.secret_id is not None}
    if not sealed:
        return {}
    cases = {pk: one.link.case_id for pk, one in sealed.items() if one.link.case_id is not None}
    opened = secrets.open_many(sealed, SENDER, f"移交 {site.title}", cases=cases)
    return {sealed[pk].pk: json.loads(plain) for pk, plain in opened.items()}


def gate_personal(row: Outgoing) -> bool:
    """Whether the agreement lets its personal part travel in a file."""
    agreement = row.link.agreement
    return agreement is not None and agreement.document.get("gate_personal") is True


def _delivery(site: RemoteSite, messages: Sequence[wire.Message]) -> wire.Delivery:
    told = witnessing.offer(site)
    return wire.Delivery(
        sender=keys.site(),
        receiver=site.site,
        delivery=str(uuid.uuid4()),
        at=timezone.now(),
        messages=tuple(messages),
        **told,
    )
