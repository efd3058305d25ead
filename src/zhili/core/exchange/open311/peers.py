"""The other servers: made, mapped, asked with their key, and how they have fared."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from zhili.core.cases import registry
from zhili.core.exchange.models import Peer, PeerService
from zhili.core.exchange.open311 import catalogue
from zhili.core.exchange.open311.client import Endpoint, Trouble
from zhili.core.people import secrets
from zhili.core.people.actors import Actor
from zhili.core.people.models import Account
from zhili.core.places.tree import nodes

ASKER = Actor(kind="rule", label="Open311")
KEY_KEPT = 3600.0
"""Seconds a process remembers an opened key: each opening is written into the trail."""
LONGEST_WAIT = timedelta(hours=1)
_keys: dict[UUID, tuple[float, str]] = {}


class Misfit(ValueError):
    """A peer that cannot be as it was asked for; the message is for the operator."""


@dataclass(frozen=True)
class Given:
    """What an operator says of a peer."""

    name: str
    url: str
    title: str = ""
    jurisdiction: str = ""
    key: str = ""
    format: str = "xml"
    pull: bool = False
    push: bool = False
    into: str = ""
    since: datetime | None = None
    every: int = 5
    private_allowed: bool = False
    unmapped: bool = True
    categories: tuple[str, ...] = ()
    division: str = ""


@transaction.atomic
def add(given: Given) -> Peer:
    """Make a peer with its machine account. Raises Misfit."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", given.name):
        raise Misfit("代号只用小写字母、数字、- 和 _。 A name has small letters, digits, - and _.")
    if Peer.objects.filter(name=given.name).exists():
        raise Misfit(f"{given.name} 已经有了。 There is a peer {given.name} already.")
    if urlsplit(given.url).scheme not in ("http", "https") or not urlsplit(given.url).hostname:
        raise Misfit("地址应为 http(s)://… 。 The address must be http(s)://….")
    if given.format not in ("xml", "json"):
        raise Misfit("format: xml | json")
    procedure, opening = _opening(given.into) if given.pull else ("", "")
    account = Account(
        username=f"open311-{given.name}", kind="machine", display_name=given.title or given.name
    )
    account.set_unusable_password()
    account.save()
    return Peer.objects.create(
        name=given.name,
        title=given.title or given.name,
        url=given.url,
        jurisdiction=given.jurisdiction,
        format=given.format,
        key_secret=seal(given.key) if given.key else None,
        account=account,
        private_allowed=given.private_allowed,
        every=max(1, given.every),
        pull=given.pull,
        procedure=procedure,
        opening=opening,
        unmapped=given.unmapped,
        pulled_until=given.since,
        push=given.push,
        categories=list(given.categories),
        division_id=_division(given.division) if given.division else None,
    )


def _opening(into: str) -> tuple[str, str]:
    """``scenario.procedure/opening``; empty: the first that anybody may begin. Raises Misfit."""
    if not into:
        first = next(iter(catalogue.services().values()), None)
        if first is None:
            raise Misfit("本站没有任何人都可发起的事项。 Nothing here may be begun by anybody.")
        return first.procedure, first.opening
    procedure, _slash, opening = into.partition("/")
    declared = registry.procedure(procedure)
    if declared is None or opening not in declared.openings or procedure not in catalogue.open_procedures():
        raise Misfit(f"没有可由任何人发起的 {into}。 No such opening for anybody.")
    return procedure, opening


def _division(code: str) -> int:
    """Raises Misfit."""
    for one in nodes().values():
        if one.code == code.ljust(12, "0") and one.valid_to is None:
            return one.id
    raise Misfit(f"没有区划 {code}。 No division {code}.")


def seal(key: str) -> UUID:
    """Keep a key as a secret."""
    row = secrets.prepare("text", key)
    secrets.save([row])
    return row.id


def change_key(peer: Peer, key: str) -> None:
    """Another key from now on; the former one is destroyed."""
    with transaction.atomic():
        former = peer.key_secret
        peer.key_secret = seal(key)
        peer.save(update_fields=["key_secret"])
        if former is not None:
            secrets.erase([former])


def endpoint(peer: Peer) -> Endpoint:
    """Where and how to ask a peer, its key opened."""
    key = _key(peer.key_secret, peer.name) if peer.key_secret else ""
    return Endpoint(peer.url, peer.jurisdiction, peer.format, key, peer.private_allowed)


def _key(secret: UUID, name: str) -> str:
    now = time.monotonic()
    kept = _keys.get(secret)
    if kept is None or now - kept[0] > KEY_KEPT:
        kept = (now, secrets.open_many([secret], ASKER, f"与 {name} 交换事项").get(secret, ""))
        _keys[secret] = kept
    return kept[1]


def map_service(peer: Peer, service_code: str, category: str) -> None:
    """Say that their service is our category. Raises Misfit for a category this site does not have."""
    if not any(one.category == category for one in catalogue.services().values()):
        raise Misfit(f"本站没有可上报的分类 {category}。 No category {category} that may be reported.")
    PeerService.objects.get_or_create(peer=peer, service_code=service_code, category=category)


def heard(peer: Peer) -> None:
    """It answered."""
    Peer.objects.filter(pk=peer.pk).update(failures=0, error="", error_at=None, heard_at=timezone.now())


def failed(peer: Peer, trouble: Trouble) -> timedelta:
    """It did not; how long to leave it alone: longer each time, at most an hour, or as long as it asked for."""
    Peer.objects.filter(pk=peer.pk).update(
        failures=F("failures") + 1, error=str(trouble)[:500], error_at=timezone.now()
    )
    peer.refresh_from_db(fields=["failures"])
    own = min(LONGEST_WAIT, timedelta(minutes=2 ** min(peer.failures - 1, 6)))
    return max(own, timedelta(seconds=trouble.wait))
