"""When people report and when offices work: hours of simulated time, counted from the first midnight."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from zhili.simulate import proportions
from zhili.simulate.chance import Chance

OFFICE = (8.5, 17.5)
GRID = (7.0, 21.0)
PEOPLE = (7.0, 23.0)


def weight(hour: int, start: date) -> float:
    """Of the hour that begins ``hour`` hours after the first midnight; a working day's 24 add up to 24."""
    usual = sum(proportions.HOURS) / 24
    day = proportions.REST_DAY if rests(hour, start) else proportions.WORKING_DAY
    return day * proportions.HOURS[hour % 24] / usual


def rests(hour: float, start: date) -> bool:
    """Whether it is a Saturday or Sunday. Public holidays are not played."""
    return (start + timedelta(days=int(hour // 24))).weekday() >= 5


def awake(at: float, latest: float, who: tuple[float, float], start: date, chance: Chance) -> float:
    """``at``, put off until its people are at work, unless that would be after ``latest``."""
    opens, shuts = who
    day, hour = divmod(at, 24)
    office = who == OFFICE
    if opens <= hour < shuts and not (office and rests(at, start)):
        return at
    day += 1 if hour >= shuts else 0
    while office and rests(24 * day, start):
        day += 1
    put_off = 24 * day + opens + chance.between(0, 1)
    return put_off if at < put_off <= latest else at


def said(at: float, start: date) -> str:
    """A moment as people write it: 03-02 08:15."""
    return f"{datetime.combine(start, time()) + timedelta(hours=at):%m-%d %H:%M}"
