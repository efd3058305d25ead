"""Messages to other sites, put in line with the change they tell of: numbered, their digest kept, sent later.

Nothing here touches the network: ``delivering`` and ``gate`` send what waits. Call it in the transaction of the change;
then the message goes out if, and only if, the change is kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from zhili.base.exchange import wire
from zhili.core.exchange.models import Link, Outgoing
from zhili.core.people import secrets

PERSONAL_KEPT: Final = timedelta(days=90)
"""How long the sealed personal part of a message is kept: well beyond any cut, since it may have to be sent again."""
RAISE: Final = """
UPDATE exchange_link l SET out_seq = l.out_seq + u.more, moved_at = %s
FROM unnest(%s::bigint[], %s::bigint[]) AS u(id, more) WHERE l.id = u.id"""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that is to be sent.

    ``personal``: plain values by the agreement's names; sealed here, joined into ``body["personal"]`` when it is sent.
    ``files``: ids of our files that go with it; which bytes of them the other side may fetch (the cleaned copy, unless
    the agreement says originals), and their hashes, are worked out when it is first sent and put into
    ``body["files"]``. ``subject``: the account the personal part is about, if it has one.
    """

    link: Link
    kind: str
    body: Mapping[str, Any]
    personal: Mapping[str, Any] | None = None
    files: Sequence[UUID] = field(default=())
    subject: int | None = None


def enqueue(
    link: Link,
    kind: str,
    body: Mapping[str, Any],
    personal: Mapping[str, Any] | None = None,
    *,
    files: Sequence[UUID] = (),
    subject: int | None = None,
) -> Outgoing:
    """One message, the next of its stream. See Draft; for several at once ``enqueue_many``."""
    return enqueue_many([Draft(link, kind, body, personal, files, subject)])[0]


def enqueue_many(drafts: Iterable[Draft]) -> list[Outgoing]:
    """Many messages in the order given, each the next of its stream. Four queries for any number.

    Locks the links, in the order of their ids, until the transaction ends.
    """
    wanted = list(drafts)
    if not wanted:
        return []
    with transaction.atomic():
        now = timezone.now()
        last = _locked({one.link.pk for one in wanted})
        before = dict(last)
        rows, sealed = [], []
        for one in wanted:
            last[one.link.pk] += 1
            secret = _sealed(one, now) if one.personal else None
            sealed += [secret] if secret else []
            rows.append(_row(one, last[one.link.pk], secret.id if secret else None, now))
        if sealed:
            secrets.save(sealed)
        _raise({pk: last[pk] - before[pk] for pk in last}, now)
        made = Outgoing.objects.bulk_create(rows)
        for one in wanted:
            one.link.out_seq, one.link.moved_at = last[one.link.pk], now
        return made


def _locked(ids: set[int]) -> dict[int, int]:
    """The last number of each link, the links held until the transaction ends."""
    held = Link.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids).order_by("pk")
    found = dict(held.values_list("pk", "out_seq"))
    if missing := ids - set(found):
        raise Link.DoesNotExist(f"no link {sorted(missing)}")
    return found


def _raise(more: Mapping[int, int], now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(RAISE, [now, list(more), list(more.values())])


def _row(one: Draft, seq: int, secret: UUID | None, now: datetime) -> Outgoing:
    body = dict(one.body)
    if one.files:
        body["files"] = [{"file": str(pk)} for pk in one.files]
    row = Outgoing(
        link=one.link, site_id=one.link.site_id, seq=seq, kind=one.kind, body=body, secret_id=secret,
        made_at=now, next_at=now,
    )  # fmt: skip
    row.digest = wire.digest(as_message(row, one.link.stream))
    return row


def _sealed(one: Draft, now: datetime) -> secrets.SecretRow:
    plain = json.dumps(dict(one.personal or {}), ensure_ascii=False, separators=(",", ":"))
    return secrets.prepare("text", plain, one.subject, now + PERSONAL_KEPT)


def as_message(row: Outgoing, stream: str, personal: Mapping[str, Any] | None = None) -> wire.Message:
    """The message as it travels, its personal part joined."""
    body = {**row.body, "personal": dict(personal)} if personal else row.body
    return wire.Message(stream=stream, seq=row.seq, kind=row.kind, at=row.made_at, body=body)
