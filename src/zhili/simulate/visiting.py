"""Those who only look: the seed's active residents, of whom few report anything on a day."""

from __future__ import annotations

from collections.abc import Iterator

from zhili.simulate import proportions, rhythm
from zhili.simulate.api import NOBODY, Api, Asker
from zhili.simulate.chance import Chance
from zhili.simulate.city import City
from zhili.simulate.plan import Options

LOOKS = {"map": 0.4, "statistics": 0.15, "own": 0.25, "notices": 0.12, "procedures": 0.08}


def visits(city: City, options: Options, part: float) -> Iterator[tuple[float, Chance]]:
    """The hour of each visit and its stream of chance, first come first. ``part``: of the seed's visitors."""
    a_day = options.rate * proportions.ACTIVE_A_DAY / proportions.REPORTS_A_DAY * part
    for hour in range(int(options.begin), int(options.begin + options.hours)):
        chance = Chance(options.seed, "visits", hour)
        number = chance.arrivals(a_day / 24 * rhythm.weight(hour, options.start))
        for n, at in enumerate(sorted(hour + chance.between(0, 1) for _ in range(number))):
            if at >= options.begin:
                yield at, chance.of(n)


async def visit(api: Api, city: City, chance: Chance) -> None:
    """One look at something."""
    resident = Asker(chance.one(city.residents)) if city.residents else NOBODY
    match chance.weighted(LOOKS):
        case "map":
            lon, lat = chance.one(chance.one(city.cells).points)
            box = f"{lon - 0.02:.4f},{lat - 0.02:.4f},{lon + 0.02:.4f},{lat + 0.02:.4f}"
            await api.get("/public/cases", kind="GET map", bbox=box)
        case "statistics":
            county = chance.one(city.cells).county
            await api.get("/statistics", kind="GET statistics", division=county)
        case "own":
            await api.get("/cases", resident, kind="GET own", scope="own", limit=20)
        case "notices":
            await api.get("/notices", resident, kind="GET notices")
        case _:
            await api.get("/procedures", kind="GET procedures")
