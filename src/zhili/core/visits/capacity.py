"""What minutes bodies and their specialists have on which day: by certificates valid that day, less what is planned."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from zhili.core import params
from zhili.core.people.offices import tree
from zhili.core.visits.models import DueCheck, Inspector, VisitState

Minutes = NDArray[np.int64]


def number(key: str) -> int:
    """A parameter that is a whole number."""
    return int(float(params.get(key).text))


def inspectors_of(bodies: Sequence[int]) -> dict[int, list[Inspector]]:
    """Active officers of each body: of its own office, or of one below it that is nearest to this body."""
    found: dict[int, list[Inspector]] = {one: [] for one in bodies}
    for inspector in Inspector.objects.filter(active=True).order_by("pk"):
        nearest = next((n.id for n in tree().chain(inspector.office_id) if n.id in found), None)
        if nearest is not None:
            found[nearest].append(inspector)
    return found


def of_bodies(
    bodies: Sequence[int], first: date, days: int
) -> tuple[Minutes, dict[tuple[int, str], Minutes]]:
    """(bodies × days) minutes of teams of two, and those of each (body, speciality); less what visits have taken.

    An officer with several specialities counts for the one fewest colleagues have, so that nobody is counted twice.
    """
    team = number("visits.team_minutes")
    calendar = params.calendar()
    working = np.array([calendar.is_working(first + timedelta(days=n)) for n in range(days)])
    people = inspectors_of(bodies)
    teams = np.zeros((len(bodies), days), dtype=np.int64)
    special: dict[tuple[int, str], Minutes] = defaultdict(lambda: np.zeros(days, dtype=np.int64))
    for row, body in enumerate(bodies):
        held = Counter(s for one in people[body] for s in one.specialities)
        for one in people[body]:
            last = min((one.certificate_until - first).days + 1, days)
            if last <= 0:
                continue
            teams[row, :last] += 1
            if one.specialities:
                rarest = min(one.specialities, key=lambda s: (held[s], s))
                special[row, rarest][:last] += team
    minutes = teams // 2 * team
    _less_planned(minutes, special, bodies, first, days)
    return minutes * working, {key: np.maximum(value, 0) * working for key, value in special.items()}


def _less_planned(
    minutes: Minutes,
    special: Mapping[tuple[int, str], Minutes],
    bodies: Sequence[int],
    first: date,
    days: int,
) -> None:
    at = {body: row for row, body in enumerate(bodies)}
    for body, day, length, specialities in _planned(bodies, first, first + timedelta(days=days - 1)):
        row, column = at[body], (day - first).days
        minutes[row, column] -= length * max(1, (len(specialities) + 1) // 2)
        for one in specialities:
            if (row, one) in special:
                special[row, one][column] -= length
    np.maximum(minutes, 0, out=minutes)


def _planned(bodies: Sequence[int], first: date, last: date) -> Iterator[tuple[int, date, int, set[str]]]:
    """(body, day, minutes, specialities) of each body at each visit that stands in these days."""
    approach = number("visits.approach_minutes")
    rows = (
        DueCheck.objects.filter(visit__date__range=(first, last), body__in=bodies)
        .exclude(visit__state=VisitState.DROPPED)
        .order_by("visit_id", "body_id")
        .values_list("visit_id", "body_id", "visit__date", "item__minutes", "item__speciality")
    )
    open_: tuple[int, int] | None = None
    day, length, specialities = first, 0, set[str]()
    for visit, body, date_, minutes, speciality in rows.iterator(10_000):
        if (visit, body) != open_:
            if open_ is not None:
                yield open_[1], day, length, specialities
            open_, day, length, specialities = (visit, body), date_, approach, set()
        length += minutes
        specialities |= {speciality} - {""}
    if open_ is not None:
        yield open_[1], day, length, specialities
