"""Everybody goes on in the order of the plan, no faster than asked and no more at once than allowed."""

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import pytest

from zhili.simulate.pace import Pace, Stopped


def played(pace: Pace, hours: list[list[float]], seen: list[tuple[float, int]], busy: float = 0.0) -> None:
    """Lives that begin at their first hour and go on at each of the others."""

    async def life(n: int) -> None:
        seen.append((hours[n][0], n))
        for at in hours[n][1:]:
            await asyncio.sleep(busy)
            await pace.wait(at)
            seen.append((at, n))

    def lives() -> Iterator[tuple[float, Any]]:
        for n, own in enumerate(hours):
            yield own[0], life(n)

    asyncio.run(pace.play(lives()))


def test_without_waiting_it_is_still_the_plans_order() -> None:
    seen: list[tuple[float, int]] = []
    played(Pace(0, 1, 0), [[0.0, 5.0, 9.0], [1.0, 2.0], [3.0, 4.0]], seen)
    assert [at for at, _ in seen] == [0, 1, 2, 3, 4, 5, 9]


def test_an_hour_takes_its_part_of_an_hour() -> None:
    seen: list[tuple[float, int]] = []
    began = time.monotonic()
    played(Pace(36_000, 4, 0), [[0.0, 2.0], [1.0, 3.0]], seen)  # ten hours a second
    assert time.monotonic() - began >= 0.3
    assert [at for at, _ in seen] == [0, 1, 2, 3]


def test_what_was_played_before_is_not_waited_for() -> None:
    began = time.monotonic()
    played(Pace(60, 4, 0, caught_up=1000), [[0.0, 500.0, 900.0]], [])
    assert time.monotonic() - began < 5


def test_no_more_at_once_than_allowed() -> None:
    pace, most = Pace(0, 3, 0), 0

    async def life(n: int) -> None:
        nonlocal most
        await asyncio.sleep(0.01)
        most = max(most, pace.running)
        await pace.wait(100 + n)
        await asyncio.sleep(0.01)
        most = max(most, pace.running)

    asyncio.run(pace.play((float(n), life(n)) for n in range(20)))
    assert most == 3
    assert pace.running == 0


def test_it_ends_at_its_hour_and_leaves_the_rest() -> None:
    seen: list[tuple[float, int]] = []
    played(Pace(0, 4, 0, until=4.5), [[0.0, 5.0], [1.0, 4.0], [6.0]], seen)
    assert [at for at, _ in seen] == [0, 1, 4]


def test_stopped_it_ends_the_steps_begun_and_begins_no_other() -> None:
    pace, ended = Pace(0, 4, 0), []

    async def life(n: int) -> None:
        if n == 3:
            pace.stop()
        await asyncio.sleep(0.02)
        ended.append(n)
        await pace.wait(50)
        ended.append("late")

    asyncio.run(pace.play((float(n), life(n)) for n in range(10)))
    assert ended == [0, 1, 2, 3]


def test_a_fault_of_one_life_stops_all_and_is_told() -> None:
    pace = Pace(0, 4, 0)

    async def life(n: int) -> None:
        await pace.wait(n + 1)
        if n == 1:
            raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        asyncio.run(pace.play((float(n), life(n)) for n in range(6)))


def test_a_life_cannot_go_on_after_the_end() -> None:
    async def late() -> None:
        pace = Pace(0, 1, 0, until=3)
        with pytest.raises(Stopped):
            await pace.wait(4)

    asyncio.run(late())
