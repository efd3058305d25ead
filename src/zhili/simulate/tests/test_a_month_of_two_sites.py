"""The plan of a month of wages, and the second reckoning its wages are held against."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import pytest

from zhili.simulate.api import Asker
from zhili.simulate.wages.plan import Did, plan
from zhili.simulate.wages.playing import Found
from zhili.simulate.wages.reckoning import earned
from zhili.simulate.wages.site import Crew, Project, Site, Worker

FIRST = date(2026, 10, 1)
DAYS = [FIRST + timedelta(days=n) for n in range(monthrange(2026, 10)[1])]
KINDS = {
    day: "holiday" if day.day < 4 else "restday" if day.weekday() > 4 or day.day < 8 else "workday"
    for day in DAYS
}


def site(first_number: int = 1) -> Site:
    def crew(n: int, *codes: str) -> Crew:
        pays = ("day", "day", "day", "piece", "month")
        rows = [Worker(n * 10 + k, code, pays[k], 30_000, "t") for k, code in enumerate(codes)]
        return Crew(n, "木工班", tuple(rows))

    both = [
        Project(
            str(n),
            str(n),
            date(2026, 11, 13),
            Asker(),
            Asker(),
            (crew(first_number + n, *(f"{n}{k}" for k in range(4)), "both"),),
        )
        for n in (0, 1)
    ]
    return Site(FIRST, date(2026, 11, 23), KINDS, Asker(), Asker(), tuple(both))


def test_the_same_seed_lives_the_same_month_on_sites_prepared_anew() -> None:
    def told(of: Site, seed: str) -> list[object]:
        return [
            (crew.workers[0].engagement % 10, day, [(x.engagement % 10, x.did, x.written) for x in lines])
            for project in of.projects
            for crew in project.crews
            for day, lines in sorted(
                (day, lines) for (n, day), lines in plan(of, seed).lines.items() if n == crew.id
            )
        ]

    assert told(site(), "1") == told(site(70), "1")
    assert told(site(), "1") != told(site(), "2")


@pytest.mark.parametrize("seed", ["1", "2", "3"])
def test_every_kind_of_day_is_in_a_month(seed: str) -> None:
    found = plan(site(), seed)
    first = {day: lines for (crew, day), lines in found.lines.items() if crew == 1}
    every = [line for lines in first.values() for line in lines]
    assert any(line.did.tenths == 20 for line in every)
    assert any(line.did.overtime == 390 for line in every)
    assert any(line.mistaken for line in every)
    (*_several, stands) = [line for line in every if line.stands]
    assert all(found.counted(stands.engagement).get(d) is None for d in first if stands in first[d])
    shared = [line.did.tenths for line in every if line.engagement == 14]
    assert shared
    assert set(shared) == {5}


def test_wages_reckoned_by_hand() -> None:
    """Each by paper: 300 yuan a day, 9333 a month (17 working days), 10.55 a piece."""
    worked = {
        date(2026, 10, 8): Did(10, 90),  # 300 + 1.5 h × 37.5 × 1.5
        date(2026, 10, 9): Did(20),  # a day and eight hours of overtime
        date(2026, 10, 10): Did(10),  # a Saturday
        date(2026, 10, 1): Did(5),  # a holiday
    }
    assert earned("day", 30_000, worked, KINDS, 17) == 60_000 + 53_438 + 60_000 + 45_000
    # 2/17 of the month; 9.5 h of overtime, a rest day and half a holiday at a 21.75th of it
    assert earned("month", 933_300, worked, KINDS, 17) == 109_800 + 76_434 + 85_821 + 64_366
    pieces = {date(2026, 10, 8): Did(10, 120, 41), date(2026, 10, 10): Did(10, 0, 7)}
    assert earned("piece", 1_055, pieces, KINDS, 17) == 43_255 + 4_326 + 14_770


def test_a_difference_of_one_fen_is_one() -> None:
    assert Found(wages=[("a", "x", 100, 100), ("a", "y", 100, 101)]).differences == [("a", "y", 100, 101)]
