"""What a site chose to share: whole documents by name, each replacing its former.

A document that waits to be delivered is not followed by a newer one: when it has gone, whatever is newest by then
goes (``share_due``). So a cut of days costs one document, not thousands.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from zhili.base.canonical import canonical
from zhili.base.exchange.wire import Message, WireError
from zhili.core.exchange.models import Direction, Link, Outgoing, RemoteSite, Sending, Topic
from zhili.core.exchange.sites import peers

PREFIX: Final = "topic:"
APART: Final = "@"
"""Between the name of a topic and the id of the one site that is shared this document."""
ON: Final = "on"
"""State of a topic's link through which ours goes out: that a site shares its own with us is no reason."""
KEEP: Final = """
INSERT INTO exchange_topic AS t (site_id, name, seq, document, at) VALUES (%s, %s, %s, %s::jsonb, %s)
ON CONFLICT (name, site_id) DO UPDATE SET seq = GREATEST(EXCLUDED.seq, t.seq + %s), document = EXCLUDED.document,
    at = EXCLUDED.at"""


@dataclass(frozen=True)
class Shared:
    """The newest of a topic as one site shares it; ``site`` and ``title`` are empty where it is our own."""

    site: str
    title: str
    document: Any
    at: datetime


@transaction.atomic
def publish(name: str, document: Any, sites: Iterable[RemoteSite] | None = None) -> int:
    """Share it with these sites (default: all active ones whose agreements name the topic). To how many it was put in
    line now; one that has this very document already is not sent it again.

    ``document``: JSON, without a personal value; its newest state is kept and shown by ``ours``.
    """
    if sites is None:
        sites = [one for one in RemoteSite.objects.filter(active=True) if agreed(one, name)]
    targets = {one.pk: one for one in sites}
    raw = canonical(document)
    before = Topic.objects.filter(site=None, name=name).first()
    if before is None or canonical(before.document) != raw:
        _keep(None, name, 1, raw, timezone.now(), more=1)
    stream = PREFIX + name
    fresh = [Link(site=one, stream=stream, way=Direction.OUT, state=ON) for one in targets.values()]
    Link.objects.bulk_create(fresh, ignore_conflicts=True)
    links = Link.objects.filter(stream=stream)
    links.filter(state=ON).exclude(site__in=targets).update(state="")
    links.filter(site__in=targets).exclude(state=ON).update(state=ON)
    return _share(name, document, hashlib.sha256(raw).hexdigest()[:40])


@transaction.atomic
def publish_to(site: RemoteSite, name: str, document: Any) -> int:
    """Share with this one site a document of its own, whatever others are shown under that name.

    As ``publish``, for what is chosen site by site; a name is used in one of the two ways, never in both.
    """
    raw = canonical(document)
    local = f"{name}{APART}{site.pk}"
    before = Topic.objects.filter(site=None, name=local).first()
    if before is None or canonical(before.document) != raw:
        _keep(None, local, 1, raw, timezone.now(), more=1)
    link = {"site": site, "stream": PREFIX + name}
    # one row serves both directions: theirs may have come first, and made it
    Link.objects.bulk_create([Link(**link, way=Direction.OUT, state=ON)], ignore_conflicts=True)
    Link.objects.filter(**link).exclude(state=ON).update(state=ON)
    return _share(local, document, hashlib.sha256(raw).hexdigest()[:40])


def told(name: str) -> set[int]:
    """Ids of the sites that were ever shared a document of their own under that name."""
    found = Topic.objects.filter(site=None, name__startswith=name + APART).values_list("name", flat=True)
    return {int(one.removeprefix(name + APART)) for one in found}


def share_due() -> int:
    """Send what changed while its former state was under way. For the worker; how many were put in line."""
    done = 0
    for topic in Topic.objects.filter(site=None).order_by("pk"):
        with transaction.atomic():
            digest = hashlib.sha256(canonical(topic.document)).hexdigest()[:40]
            done += _share(topic.name, topic.document, digest)
    return done


def latest(name: str) -> list[Shared]:
    """What every other site shares under that name, by title. One query."""
    rows = Topic.objects.filter(name=name, site__active=True).select_related("site").order_by("site__title")
    return [Shared(row.site.site, row.site.title, row.document, row.at) for row in rows if row.site]


def ours(name: str) -> Shared | None:
    """What we share ourselves under that name."""
    row = Topic.objects.filter(name=name, site=None).first()
    return Shared("", "", row.document, row.at) if row else None


def agreed(site: RemoteSite, name: str) -> bool:
    """Whether an agreement in force names the topic."""
    return any(name in one.document.get("topics", ()) for one in peers.agreements(site))


def take(link: Link, message: Message) -> None:
    """The newest of a topic of theirs. Raises WireError no_agreement."""
    name = message.stream.removeprefix(PREFIX)
    if not agreed(link.site, name):
        raise WireError("no_agreement", "no agreement in force names this topic", "stream")
    _keep(link.site_id, name, message.seq, canonical(message.body["document"]), message.at)


def _share(name: str, document: Any, digest: str) -> int:
    """In line for every site that neither has it nor has an older one under way."""
    from zhili.core.exchange.sites import queueing

    name, _apart, only = name.partition(APART)
    waiting = Outgoing.objects.filter(link=OuterRef("pk"), state=Sending.WAITING)
    due = Link.objects.filter(~Exists(waiting), stream=PREFIX + name, state=ON, site__active=True)
    due = due.filter(site_id=int(only)) if only else due
    behind = list(due.exclude(number=digest).select_related("site").order_by("pk"))
    for link in behind:
        queueing.enqueue(link, "publish", {"document": document})
        Link.objects.filter(pk=link.pk).update(number=digest)
    return len(behind)


def _keep(site: int | None, name: str, seq: int, raw: bytes, at: datetime, more: int = 0) -> None:
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [site, name, seq, raw.decode(), at, more])
