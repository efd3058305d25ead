"""`zhili exchange conformance`: the kit at the command line. Needs no database and no settings."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from rich.console import Console

from zhili.base.exchange import discovery, signing, wire
from zhili.base.exchange.errors import WireError
from zhili.commands.conformance import keeping, running
from zhili.commands.conformance.asking import Unreachable, client
from zhili.commands.conformance.checks import BROKEN, Outcome, Trial
from zhili.commands.conformance.listening import listen

console = Console(highlight=False, soft_wrap=True)
PASSED, FAILED, IMPOSSIBLE = 0, 1, 2


def prepare(folder: Path, url: str, site: str, category: str, address: str, place: str) -> int:
    """Make a kit for a site: named, or asked for its name. 0, or 2 when it cannot be made."""
    try:
        peer = site or _name_of(url)
        lon, lat = (float(part) for part in place.split(","))
        kit = keeping.init(folder, peer, category, address or keeping.NOWHERE, (lon, lat), keeping.now())
    except (OSError, ValueError, WireError, Unreachable, keeping.Unprepared) as error:
        return _impossible(str(error))
    console.print(keeping.told(kit, folder), markup=False)
    return PASSED


def trial(
    url: str,
    folder: Path,
    listening: str,
    keys: Sequence[str],
    trail_keys: Sequence[str],
    flood: bool,
    as_json: bool,
    gate: bool = False,
) -> int:
    """Run every check and tell. 0 all kept, 1 some broken, 2 nothing could be tried."""
    try:
        kit = keeping.load(folder)
        known = dict(_key(kit.peer, one) for one in keys)
        settings = running.Settings(url.rstrip("/"), known, trail_keys, flood, folder if gate else None)
        tried = running.trial_of(kit, settings)
        with ExitStack() as stack:
            if listening:
                host, _, port = listening.rpartition(":")
                server = listen(tried.shelf, host or "127.0.0.1", int(port))
                stack.callback(server.shutdown)
            outcomes = _run(tried, quiet=as_json)
    except running.Stranger as error:
        return _impossible(
            f"{error}\n对方还不认识这个测试工具，请先照 {folder / keeping.TOLD} 做两步。"
            f" The tested site does not know the kit yet: see {folder / keeping.TOLD}."
        )
    except (OSError, ValueError, Unreachable, keeping.Unprepared) as error:
        return _impossible(str(error))
    if as_json:
        print(running.report(outcomes, url, kit.peer))  # noqa: T201
    else:
        if not keys:
            console.print(
                "对方公钥取自其自述，未经核对（--key）。 Its key is the one it tells itself, not compared (--key)."
            )
        console.print(running.summary(outcomes))
    return FAILED if any(one.state == BROKEN for one in outcomes) else PASSED


def _run(tried: Trial, *, quiet: bool) -> list[Outcome]:
    outcomes = []
    for one in running.run(tried):
        outcomes.append(one)
        if not quiet:
            console.print(running.line(one), markup=False)
    return outcomes


def _name_of(url: str) -> str:
    if not url:
        raise ValueError("请给出地址或 --site。 Give the address or --site.")
    with client() as asking:
        try:
            said = asking.get(url.rstrip("/") + wire.DISCOVERY_PATH)
        except Exception as error:  # whatever httpx meets there
            raise Unreachable(f"{url}: {error}") from None
    return str(discovery.parse(said.content)["site"])


def _key(site: str, text: str) -> tuple[str, Ed25519PublicKey]:
    plain = text.strip().replace("-", "+").replace("_", "/").rstrip("=")
    raw = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    public = Ed25519PublicKey.from_public_bytes(raw)
    return signing.keyid(site, public), public


def _impossible(words: str) -> int:
    console.print(words, style="red", markup=False)
    return IMPOSSIBLE
