"""Every condition said again, slowly and plainly: the whole history at once, nothing remembered, everything recounted.

Each gives the moments (seconds of the day) at which the rule fires. Readings come sorted, each once.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise, product

from zhili.base.signals.conditions import (
    Absence,
    Condition,
    Expression,
    Geofence,
    Sequence,
    Threshold,
    Window,
)
from zhili.base.signals.measures import Reading
from zhili.base.signals.tests.making import when_of

Told = list[tuple[float, Reading]]
STEPS = 60


def fires(
    condition: Condition, tuning: dict[str, float], readings: list[Reading], until: float, zone=None
) -> list[float]:
    told = [(when_of(one), one) for one in readings]
    match condition:
        case Threshold():
            return threshold(condition, tuning, told)
        case Geofence():
            return geofence(condition, tuning, told, zone)
        case Window():
            return window(condition, tuning, told)
        case Absence():
            return absence(condition, tuning, told, until)
        case Sequence():
            return sequence(condition, tuning, told)
        case Expression():
            return expression(condition, tuning, told)
    return sorted({t for t, _one in told})


def stretches(told: Told, silence: float) -> list[Told]:
    """Cut wherever nothing was heard for longer than that."""
    found: list[Told] = []
    for t, one in told:
        if not found or t - found[-1][-1][0] > silence:
            found.append([])
        found[-1].append((t, one))
    return found


def edges(
    told: Told, beyond: Callable[[Reading], bool], still: Callable[[Reading], bool], hold: float, fresh: float
) -> list[float]:
    found = []
    for stretch in stretches(told, fresh):
        fired: int | None = None
        for i, (t, _one) in enumerate(stretch):
            if fired is not None and any(not still(one) for _t, one in stretch[fired : i + 1]):
                fired = None
            held = any(
                t - stretch[j][0] >= hold and all(beyond(one) for _t, one in stretch[j : i + 1])
                for j in range(i + 1)
            )
            if fired is None and held:
                found.append(t)
                fired = i
    return found


def threshold(c: Threshold, tuning: dict[str, float], told: Told) -> list[float]:
    hold = tuning[c.hold.name] if c.hold else 0
    if c.above:
        limit = tuning[c.above.name]
        back = tuning[c.back.name] if c.back else limit
        return edges(told, lambda one: one.value > limit, lambda one: one.value > back, hold, c.fresh)
    limit = tuning[c.below.name]
    back = tuning[c.back.name] if c.back else limit
    return edges(told, lambda one: one.value < limit, lambda one: one.value < back, hold, c.fresh)


def geofence(c: Geofence, tuning: dict[str, float], told: Told, zone) -> list[float]:
    told = [(t, one) for t, one in told if one.value <= c.blur]

    def there(one: Reading) -> bool:
        return (zone.outside(one.point) <= 0) == c.inside

    return edges(told, there, there, tuning[c.hold.name] if c.hold else 0, c.fresh)


def window(c: Window, tuning: dict[str, float], told: Told) -> list[float]:
    over, step = tuning[c.over.name], int(tuning[c.over.name] * 1000) // STEPS
    found = []
    for stretch in stretches(told, over):
        before = False
        for i, (t, last) in enumerate(stretch):
            inside = [one for _t, one in stretch[: i + 1] if _number(last, step) - _number(one, step) < STEPS]
            values = [one.value for one in inside]
            folded = {
                "count": len(values),
                "sum": sum(values),
                "mean": sum(values) / len(values),
                "min": min(values),
                "max": max(values),
                "change": values[-1] - values[0],
            }[c.fold]
            if c.above:
                true = folded > tuning[c.above.name]
            else:
                true = folded < tuning[c.below.name] and t - stretch[0][0] >= over
            true = true and len(values) >= c.least
            if true and not before:
                found.append(t)
            before = true
    return found


def _number(one: Reading, step: int) -> int:
    return round(one.at.timestamp() * 1000) // step


def absence(c: Absence, tuning: dict[str, float], told: Told, until: float) -> list[float]:
    longer = tuning[c.longer.name]
    moments = [t for t, _one in told] + [until]
    return [a + longer for a, b in pairwise(moments) if b - a > longer] if told else []


def sequence(c: Sequence, tuning: dict[str, float], told: Told) -> list[float]:
    found: list[float] = []
    within = tuning[c.within.name]
    for end in sorted({t for t, _one in told}):
        since = [
            (t, one) for t, one in told if t <= end and t > (found[-1] if found else -1) and end - t <= within
        ]
        fitting = [[t for t, one in since if _fits(link, tuning, one)] for link in c.links]
        chains = product(*fitting[:-1], [end] if end in fitting[-1] else [])
        if any(all(a < b for a, b in pairwise(chain)) for chain in chains):
            found.append(end)
    return found


def _fits(link, tuning: dict[str, float], one: Reading) -> bool:
    if one.measure != link.measure:
        return False
    if link.above:
        return one.value > tuning[link.above.name]
    return link.below is None or one.value < tuning[link.below.name]


def expression(c: Expression, tuning: dict[str, float], told: Told) -> list[float]:
    found: list[float] = []
    judged: list[tuple[float, bool]] = []
    for moment in sorted({t for t, _one in told}):
        latest = {}
        for t, one in told:
            if t <= moment:
                latest[one.measure] = (t, one.value)
        if set(latest) != set(c.measures) or any(moment - t > c.fresh for t, _value in latest.values()):
            continue
        try:
            true = eval(c.text, {}, tuning | {name: value for name, (_t, value) in latest.items()})
        except ZeroDivisionError:
            continue
        stays = judged and judged[-1][1] and moment - judged[-1][0] <= c.fresh
        if true and not stays:
            found.append(moment)
        judged.append((moment, true))
    return found
