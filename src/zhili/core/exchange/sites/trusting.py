"""Whose answers are believed, and which versions of the protocol another site speaks."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.utils import timezone

from zhili.base.exchange import discovery, signing, wire
from zhili.core.exchange.models import RemoteSite
from zhili.core.exchange.sites import admitting, client
from zhili.core.exchange.sites.client import Address, Trouble


def key_of(site: RemoteSite) -> signing.Resolve:
    """The keys of that one site, as they stand now: an answer by any other is none."""

    def resolve(keyid: str) -> Ed25519PublicKey | None:
        found = admitting.key_of(keyid, timezone.now())
        return Ed25519PublicKey.from_public_bytes(bytes(found.public)) if found.site_id == site.pk else None

    return resolve


def versions_of(site: RemoteSite) -> tuple[str, ...]:
    """What it says it speaks, the best first; nothing when it cannot be asked. Believed no further than that."""
    where = Address(site.url, site.private_allowed)
    try:
        said = client.ask(where, "GET", where.at(""), {}, most=discovery.MOST_BYTES)
        return tuple(discovery.parse(said.body)["protocols"]) if said.status == 200 else ()
    except (Trouble, wire.WireError):
        return ()
