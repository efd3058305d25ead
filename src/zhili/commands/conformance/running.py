"""One run of the kit: all checks in their order, and the report."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from zhili.base.exchange import wire
from zhili.commands.conformance import checks_signing, checks_streams, checks_trail, keeping
from zhili.commands.conformance.asking import Peer, Unreachable, client
from zhili.commands.conformance.checks import BROKEN, CHECKS, KEPT, MARK, NOT_RUN, Outcome, Trial, judge
from zhili.commands.conformance.listening import Shelf

__all__ = ["Settings", "Stranger", "report", "run", "run_all", "summary", "trial_of"]
_LAST = ("withdraw_accepted", "flood_slowed")
"""What follows needs the matter the first ends; after a flood nothing more is taken for a while."""
_PARTS = (checks_signing, checks_streams, checks_trail)


class Stranger(Exception):
    """The tested site does not know the kit: there is nothing to try until its operator has done two things."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator says. ``keys``: of the tested site, told out of band; without them those it tells itself."""

    base: str
    keys: dict[str, Ed25519PublicKey] = field(default_factory=dict)
    trail_keys: Sequence[str] = ()
    flood: bool = False
    gate: Path | None = None
    transport: httpx.BaseTransport | None = None
    now: Callable[[], datetime] = keeping.now


def trial_of(kit: keeping.Kit, settings: Settings) -> Trial:
    """A run that has not begun."""
    peer = Peer(kit, settings.base, client(settings.transport), dict(settings.keys), settings.now)
    shelf = Shelf(kit, peer.keys, settings.now)
    return Trial(peer, shelf, trail_keys=tuple(settings.trail_keys), flood=settings.flood, gate=settings.gate)


def run(trial: Trial, only: Collection[str] = ()) -> Iterator[Outcome]:
    """Every check, or those named. Raises Unreachable when nobody is there, Stranger when it does not know the kit."""
    with trial.peer.client:
        peer = trial.peer
        peer.send("GET", peer.url(wire.DISCOVERY_PATH), {}, b"")
        said = peer.deliver()
        if said.error is not None and said.error.code in ("unknown_site", "unknown_key"):
            raise Stranger(said.error.detail)
        wanted = [one for one in CHECKS if not only or one.name in only]
        late = [one for name in _LAST for one in wanted if one.name == name]
        for one in wanted:
            if one not in late:
                yield judge(one, trial)
        for one in late:
            outcome = judge(one, trial)
            if one.name == _LAST[0] and (why := _withdrawn(trial)):
                outcome = Outcome(one, BROKEN, why)
            yield outcome


def run_all(kit: keeping.Kit, settings: Settings) -> list[Outcome]:
    """All outcomes at once."""
    return list(run(trial_of(kit, settings)))


def report(outcomes: Sequence[Outcome], base: str, peer: str) -> str:
    """For programs: JSON."""
    told: dict[str, Any] = {
        "protocol": wire.PROTOCOL,
        "url": base,
        "site": peer,
        "passed": not _count(outcomes, BROKEN),
        KEPT: _count(outcomes, KEPT),
        BROKEN: _count(outcomes, BROKEN),
        NOT_RUN: _count(outcomes, NOT_RUN),
        "checks": [one.told() for one in outcomes],
    }
    return json.dumps(told, ensure_ascii=False, indent=1)


def line(one: Outcome) -> str:
    """One line for people."""
    why = f"\n         {one.why}" if one.why else ""
    return f"{MARK[one.state]} §{one.check.section:<5}{one.check.words}{why}"


def summary(outcomes: Sequence[Outcome]) -> str:
    """The last line."""
    kept, broken, not_run = (_count(outcomes, state) for state in (KEPT, BROKEN, NOT_RUN))
    return f"{kept} 项符合 kept, {broken} 项不符合 not kept, {not_run} 项未测 not tried"


def _withdrawn(trial: Trial) -> str:
    try:
        return checks_streams.withdraw_all(trial)
    except Unreachable as why:
        return str(why)


def _count(outcomes: Sequence[Outcome], state: str) -> int:
    return sum(one.state == state for one in outcomes)
