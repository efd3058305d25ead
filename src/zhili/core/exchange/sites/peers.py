"""The sites we know: added, their keys pinned and revoked, agreements loaded. Each change is a leaf of the trail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zhili.core.exchange.models import RemoteSite, SiteAgreement, SiteKey
from zhili.core.trail.changes import By


class Misfit(ValueError):
    """Something that cannot be as it was asked for; the message is for the operator."""


@dataclass(frozen=True)
class Known:
    """What an operator says of a site."""

    site: str
    title: str
    url: str
    office: str
    """Code of our office that holds what comes from there."""
    keys: tuple[bytes, ...] = ()
    """Raw public keys (32 bytes each), compared out of band."""
    trail_keys: tuple[str, ...] = ()
    private_allowed: bool = False
    by_gate: bool = False
    per_minute: int = 1_200
    division_code: str = ""


def add(known: Known, by: By) -> RemoteSite:
    """Make a site with its machine account and keys. Raises Misfit."""
    raise NotImplementedError


def add_key(site: RemoteSite, public: bytes, by: By, *, until: datetime | None = None) -> SiteKey:
    """Another key by which it is known, beside the former ones. Raises Misfit."""
    raise NotImplementedError


def revoke(key: SiteKey, by: By, reason: str) -> None:
    """It stops at once, for every process: keys are read from the database for each request."""
    raise NotImplementedError


def load_agreement(
    site: RemoteSite,
    document: dict[str, Any],
    by: By,
    *,
    procedure: str = "",
    opening: str = "",
    local_field: dict[str, str] | None = None,
) -> SiteAgreement:
    """Put an edition in force; the former one of that code is kept and no longer used. Raises Misfit, or WireError
    naming the field at fault."""
    raise NotImplementedError


def agreement(site: RemoteSite, code: str) -> SiteAgreement | None:
    """The edition in force today."""
    raise NotImplementedError


def agreements(site: RemoteSite) -> Sequence[SiteAgreement]:
    """All in force today."""
    raise NotImplementedError


def actor(site: RemoteSite) -> Any:
    """``Actor(kind="site", …)``: as whom what comes from there is done."""
    raise NotImplementedError
