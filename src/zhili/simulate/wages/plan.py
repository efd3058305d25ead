"""What happens on the two sites, drawn from the seed before anything is played: the same seed, the same month."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from zhili.simulate.chance import Chance
from zhili.simulate.wages.site import Crew, Site

OVERTIME = {0: 5.0, 60: 2.0, 90: 2.0, 120: 1.5, 45: 0.5}
"""Minutes, and how often. Our own."""
MISTAKEN = 0.02
STANDING = 0.004
WEEKLY = 0.5
"""How many look at their days once a week only."""


@dataclass(frozen=True)
class Did:
    """A day's work. ``tenths``: 10 is a day, 20 a double shift."""

    tenths: int = 10
    overtime: int = 0
    pieces: int = 0


@dataclass(frozen=True)
class Line:
    """A worker's day. ``written``: what the leader first wrote; another than ``did`` when mistaken.

    ``stands``: the worker says no and nobody corrects it, so the day does not count.
    """

    engagement: int
    did: Did
    written: Did
    stands: bool = False

    @property
    def mistaken(self) -> bool:
        return self.did != self.written


@dataclass(frozen=True)
class Month:
    """By crew and day, the lines; who looks only once a week; the one advance (engagement, fen)."""

    lines: dict[tuple[int, date], tuple[Line, ...]]
    weekly: frozenset[int]
    advance: tuple[int, int]
    silent: int

    def counted(self, engagement: int) -> dict[date, Did]:
        """What all three say yes to in the end."""
        found = {}
        for (_crew, day), lines in self.lines.items():
            for one in lines:
                if one.engagement == engagement and not one.stands:
                    found[day] = one.did
        return found


def plan(site: Site, seed: str) -> Month:
    """By places, not by the site's own numbers: sites prepared anew live the same month."""
    shared = _shared(site)
    crews = [
        (crew, Chance(seed, "wages", site.month, p, c))
        for p, project in enumerate(site.projects)
        for c, crew in enumerate(project.crews)
    ]
    lines = {
        (crew.id, day): tuple(_day(site, crew, day, chance, shared))
        for crew, chance in crews
        for day in site.kinds
        if site.kinds[day] != "holiday" or chance.of("holiday", day).hits(0.5)
    }
    weekly = frozenset(
        worker.engagement
        for crew, chance in crews
        for place, worker in enumerate(crew.workers)
        if chance.of("habit", place).hits(WEEKLY)
    )
    paying = site.projects[0].crews
    return Month(
        lines,
        weekly,
        (paying[0].workers[1].engagement, 50_000),
        paying[-1].workers[-1].engagement,
    )


def _shared(site: Site) -> frozenset[str]:
    """Codes of workers who stand on both sites; nobody where there is one site only."""
    if len(site.projects) < 2:
        return frozenset()
    there = [{one.code for crew in project.crews for one in crew.workers} for project in site.projects]
    return frozenset(set.intersection(*there))


def _day(site: Site, crew: Crew, day: date, chance: Chance, shared: frozenset[str]) -> Iterator[Line]:
    if day.weekday() == 6 and not chance.of("sunday", day).hits(0.3):
        return
    for place, worker in enumerate(crew.workers):
        own = chance.of(place, day)
        did = _did(own, day, place, worker.pay, worker.code in shared)
        if did is None:
            continue
        sure = {(1, 6): "mistaken", (2, 9): "stands"}.get((place, day.day), "")
        if crew is not site.projects[0].crews[0]:
            sure = ""
        if sure == "stands" or own.hits(STANDING):
            yield Line(worker.engagement, did, did, stands=True)
        elif sure == "mistaken" or own.hits(MISTAKEN):
            yield Line(worker.engagement, did, Did(did.tenths // 2, 0, did.pieces // 2))
        else:
            yield Line(worker.engagement, did, did)


def _did(own: Chance, day: date, place: int, pay: str, shared: bool) -> Did | None:
    """None: not there. The second worker has a double shift on the 13th, the third works past midnight on the 14th."""
    pieces = own.number(25, 60) if pay == "piece" else 0
    if shared:  # half a day here, half a day there
        return Did(5, 0, pieces)
    if place == 1 and day.day == 13:
        return Did(20, 0, pieces)
    if place == 2 and day.day == 14:
        return Did(10, 390, pieces)
    if place > 0 and own.hits(0.04) and day.day not in (6, 9):
        return None
    if own.hits(0.05):
        return Did(5, 0, pieces)
    return Did(10, own.weighted(OVERTIME), pieces)
