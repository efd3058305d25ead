"""All matters of a played city, in the order they come: the same seed and city give the same plan.

A matter's name is its hour and its place in it (``31.4``), or that of the one it repeats and a letter (``31.4b``): it
has the same life however long the city is played, and whatever the others do.
"""

from __future__ import annotations

import hashlib
import heapq
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from zhili.simulate import lives, proportions, rhythm, wording
from zhili.simulate.chance import Chance, key
from zhili.simulate.city import Cell, City
from zhili.simulate.lives import Life, Move

JITTER = 4e-5
"""Degrees between two people's idea of the same spot, about four metres."""
PROCEDURE = "citizen_reports.report"


@dataclass(frozen=True)
class Options:
    """What a plan is made of beside the city. ``rate``: matters on a working day. ``begin``: hour of the first day.

    ``copy``: plays the same plan once more beside the first: the same decisions under other keys.
    """

    seed: str = "1"
    hours: float = 24.0
    rate: float = float(proportions.REPORTS_A_DAY)
    begin: float = 6.0
    start: date = date(2026, 3, 2)
    copy: str = ""


@dataclass(frozen=True)
class Matter:
    """One matter from its opening to its last step. ``resident``: who reports it, None without an account."""

    name: str
    at: float
    channel: str
    opening: str
    cell: str | None
    body: dict[str, Any]
    resident: int | None = None
    echoes: str | None = None
    kind: str = ""
    moves: tuple[Move, ...] = ()
    category: str = ""
    outside: bool = False
    answered: float | None = field(default=None, compare=False)

    @property
    def late(self) -> bool:
        """Whether somebody is late with it, by this plan."""
        return any(one.late for one in self.moves)

    def key(self, options: Options, step: int | str = "open") -> str:
        """The Idempotency-Key of its opening or one of its steps."""
        return key(options.seed, options.copy, self.name, step)


def plan(city: City, options: Options) -> Iterator[Matter]:
    """Every matter of the time asked for, first come first."""
    waiting: list[tuple[float, str, Matter]] = []
    end = options.begin + options.hours
    for hour in range(int(options.begin), int(end) + 1):
        while waiting and waiting[0][0] < hour:
            yield heapq.heappop(waiting)[2]
        for one in sorted(_of_hour(city, options, hour), key=lambda m: (m.at, m.name)):
            if options.begin <= one.at < end:
                heapq.heappush(waiting, (one.at, one.name, one))
    while waiting:
        yield heapq.heappop(waiting)[2]


def digest(matters: Iterator[Matter]) -> str:
    """SHA-256 over a plan: equal when every decision is."""
    total = hashlib.sha256()
    for one in matters:
        total.update(json.dumps(asdict(one), sort_keys=True, ensure_ascii=False).encode())
    return total.hexdigest()


def _of_hour(city: City, options: Options, hour: int) -> Iterator[Matter]:
    """Those that begin in one hour, and the repeats of each, whenever they come."""
    mean = options.rate / 24 * rhythm.weight(hour, options.start) / (1 + proportions.REPEATED * 2)
    chance = Chance(options.seed, "hour", hour)
    for n in range(chance.arrivals(mean)):
        at = hour + chance.between(0, 1)
        first = _matter(city, options, f"{hour}.{n}", at)
        yield first
        yield from _repeats(city, options, first)


def _matter(city: City, options: Options, name: str, at: float) -> Matter:
    chance = Chance(options.seed, "matter", name)
    channel = chance.weighted(proportions.CHANNELS)
    code = wording.category(chance.of("category"))
    cell = chance.one(city.cells)
    where = wording.spot(chance)
    inside = channel in ("patrol", "fixed") or chance.hits(_located_of_reported())
    outside = not inside and not chance.hits(proportions.UNPLACED)
    place: dict[str, Any] = {"address": wording.address(cell, where)}
    if inside:
        place["lon"], place["lat"] = chance.one(cell.points)
    elif outside:
        place = {"address": where}
        place["lon"], place["lat"] = chance.one(city.outside)
    said = channel in ("patrol", "fixed") or chance.hits(proportions.SAYS_CATEGORY)
    life = Life(city, options.start, chance.of("life"), at, cell if inside else None, code)
    text = wording.report(code, where, chance.of("words"))
    body = _body(channel, text, place, code if said else None, chance.of("body"))
    reporter = channel not in ("patrol", "fixed")
    if channel == "fixed":
        life.kind = "fixed"
    elif channel == "patrol":
        lives.found(life)
    elif inside:
        lives.draw(life, reporter=reporter, said=said)
    else:
        lives.placeless(life, reporter=reporter, outside=outside, where=cell)
    return Matter(
        name, round(at, 4), channel, _opening(channel), cell.office, body, _resident(channel, city, chance),
        None, life.kind, tuple(life.moves), code, not inside, _answered(channel, at, life),
    )  # fmt: skip


def _answered(channel: str, at: float, life: Life) -> float | None:
    return at if channel == "fixed" else life.answered


def _located_of_reported() -> float:
    """A grid worker always stands in a cell: others lie outside more often, that the whole be as the seed says."""
    own = proportions.CHANNELS["patrol"] + proportions.CHANNELS["fixed"]
    return (proportions.LOCATED - own) / (1 - own)


def _repeats(city: City, options: Options, first: Matter) -> Iterator[Matter]:
    """Others see the same hole in the road and report it too, while it is open."""
    chance = Chance(options.seed, "repeats", first.name)
    until = first.answered
    fit = first.moves and not first.outside and first.kind == "handled" and until is not None
    if not fit or until is None or not chance.hits(proportions.REPEATED):
        return
    cell = next(c for c in city.cells if c.office == first.cell)
    for letter in "bcd"[: chance.number(1, 3)]:
        at = first.at + (until - first.at) * chance.between(0.05, 0.5)
        yield _repeat(city, options, first, cell, f"{first.name}{letter}", at, until)


def _repeat(
    city: City, options: Options, first: Matter, cell: Cell, name: str, at: float, until: float
) -> Matter:
    chance = Chance(options.seed, "matter", name)
    channel = chance.weighted({"account": 0.6, "anonymous": 0.4})
    place = {
        "lon": round(first.body["place"]["lon"] + chance.between(-JITTER, JITTER), 6),
        "lat": round(first.body["place"]["lat"] + chance.between(-JITTER, JITTER), 6),
        "address": first.body["place"]["address"],
    }
    text = wording.report(first.category, wording.spot(chance), chance.of("words"), echo=True)
    body = _body(channel, text, place, first.category, chance.of("body"))
    life = Life(city, options.start, chance.of("life"), at, cell, first.category)
    if chance.hits(proportions.MERGED):
        lives.echo(life, first.name, until)
    else:
        lives.draw(life, reporter=True, said=True)
    return Matter(
        name, round(at, 4), channel, "report", cell.office, body, _resident(channel, city, chance),
        first.name, life.kind, tuple(life.moves), first.category, False, life.answered,
    )  # fmt: skip


def _opening(channel: str) -> str:
    return {"hotline": "on_behalf", "patrol": "find", "fixed": "found_fixed"}.get(channel, "report")


def _resident(channel: str, city: City, chance: Chance) -> int | None:
    known = max(1, len(city.residents))
    return chance.number(0, known - 1) if channel == "account" else None


def _body(channel: str, text: str, place: dict[str, Any], code: str | None, chance: Chance) -> dict[str, Any]:
    """The opening's form, filled in."""
    body: dict[str, Any] = {"what": text, "place": place}
    if code is not None:
        body["category"] = code
    if channel in ("anonymous", "account"):
        body["anonymous"] = channel == "anonymous" or chance.hits(0.4)
    if channel in ("named", "hotline") or body.get("anonymous") is False:
        body |= {"anonymous": False, "name": wording.name(chance), "phone": wording.telephone(chance)}
    return body
