"""What another site says of itself, for a person to compare with what was told otherwise. Nothing of it is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from zhili.base.exchange import discovery, signing
from zhili.base.exchange.wire import WireError
from zhili.core.exchange.sites import client, keys
from zhili.core.exchange.sites.client import Address, Trouble
from zhili.core.exchange.sites.peers import Misfit


@dataclass(frozen=True)
class Introduced:
    """A site by its own discovery document. ``keys``: key id → 32 bytes, in its order; ``trail``: its vkeys."""

    site: str
    title: str
    url: str
    keys: dict[str, bytes]
    trail: tuple[str, ...]
    divisions: tuple[str, ...]

    def fingerprints(self) -> dict[str, str]:
        """Key id → what is read over the telephone."""
        return {keyid: keys.fingerprint(public) for keyid, public in self.keys.items()}


def look(url: str, *, private_allowed: bool = False) -> Introduced:
    """Ask the site at that address (its base, or that of its discovery document). Raises Misfit."""
    base = re.sub(r"/exchange(/v1)?/?$", "", url.strip()).rstrip("/")
    where = Address(base, private_allowed)
    try:
        said = client.ask(where, "GET", where.at(""), {}, most=discovery.MOST_BYTES)
        if said.status != 200:
            raise Misfit(_("对方没有给出站点信息（HTTP %(status)s）。") % {"status": said.status}, "url")
        told = discovery.parse(said.body)
    except Trouble as error:
        raise Misfit(_("没有连上对方：%(why)s") % {"why": error}, "url") from error
    except WireError as error:
        raise Misfit(_("对方的站点信息读不懂：%(why)s") % {"why": error}, "url") from error
    return Introduced(
        told["site"], told["title"], base, _keys(told), tuple(told.get("trail", ())), tuple(told["divisions"])
    )


def _keys(told: dict[str, Any]) -> dict[str, bytes]:
    found = {}
    for one in told["keys"]:
        keyid, public = signing.from_jwk(one)
        found[keyid] = public.public_bytes_raw()
    return found
