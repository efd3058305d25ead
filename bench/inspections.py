"""A year's inspections of a city merged into visits: 40,000 objects, 400,000 due checks, 28 bodies.

    python -m bench.inspections [objects] [share of the officers]

Made up: eight kinds of objects, each with twelve items of seven bodies, ten due in the year for each object, windows
of one to four months; 260 working days; as many officers as single visits would take; a speciality for every eighth
item; a few bodies that may not go together; at most six visits a year to a business. The plan is then checked by other
arithmetic than the method's own. The peer is one visit for each check.
Limit: 60 s on one core. Then a draw of 1,000 from 100,000: by the method alone, limit 1 s.
"""

import sys
import time

import numpy as np
from bench import machine
from bench.lines import Line, at_most, report

from zhili.base import draw
from zhili.base.draw import Candidate
from zhili.base.merging import Checks, Merged, Terms, Why, merge

OBJECTS, PER_OBJECT, BODIES, DAYS, KINDS = 40_000, 10, 28, 365, 8
LIMIT_S, DRAW_S, ABOVE = 60.0, 1.0, 5.0
APART = [(0, 5), (0, 6), (1, 5), (1, 7)]
DRAWN, OF = 1_000, 100_000


def city(objects: int, share: float = 1.0) -> tuple[Checks, Terms]:
    """The checks of a year and who could make them."""
    dice = np.random.default_rng(8)
    items = KINDS * 12
    turn = np.r_[dice.permutation(BODIES), dice.permutation(BODIES)]  # every body has items of a kind or two
    of_kind = np.array_split(turn, KINDS)
    item_body = np.array([of_kind[i // 12][i % 12 % 7] for i in range(items)])
    item_minutes = dice.integers(2, 9, items) * 5
    item_special = np.where(dice.random(items) < 0.125, np.arange(items), -1)
    window = dice.integers(30, 121, items)
    kind = dice.integers(0, KINDS, objects)
    n = objects * PER_OBJECT
    obj = np.repeat(np.arange(objects), PER_OBJECT)
    item = kind[obj] * 12 + dice.integers(0, 12, n)
    first = dice.integers(0, DAYS - 30, n)
    checks = Checks.of(
        object=obj,
        body=item_body[item],
        first=first,
        last=np.minimum(first + window[item], DAYS - 1),
        minutes=item_minutes[item],
        speciality=item_special[item],
        beyond_cap=dice.random(n) < 0.02,
        alone=dice.random(n) < 0.005,
    )
    return checks, _terms(checks, objects, share)


def _terms(checks: Checks, objects: int, share: float) -> Terms:
    working = np.arange(DAYS) % 7 < 5
    single = np.bincount(checks.body, weights=checks.minutes + 30, minlength=BODIES)
    teams = np.maximum(1, np.ceil(single / working.sum() / 360)).astype(int)
    capacity = (share * teams[:, None] * 360).astype(int) * working[None, :]
    special = {}
    for body, speciality in np.unique(np.stack([checks.body, checks.speciality], axis=1), axis=0).tolist():
        if speciality >= 0:
            special[body, speciality] = capacity[body] // 3 // 360 * 360 + 360 * working
    compatible = np.ones((BODIES, BODIES), bool)
    for one, other in APART:
        compatible[one, other] = compatible[other, one] = False
    business = np.arange(objects) - (
        np.arange(objects) % 10 == 9
    )  # one object in ten is its neighbour's second
    return Terms(business, np.full(objects, 6), capacity, compatible, special)


def refuse_a_bad_plan(made: Merged) -> None:
    """Every term again, by sums over visits. Raises AssertionError."""
    checks, terms, at = made.checks, made.terms, np.flatnonzero(made.visit >= 0)
    visit = made.visit[at]
    day = np.array([v.day for v in made.visits])
    owner = np.array([v.object for v in made.visits])
    assert (checks.first[at] <= day[visit]).all()
    assert (day[visit] <= checks.last[at]).all()
    assert (owner[visit] == checks.object[at]).all()
    lonely = np.bincount(visit, weights=checks.alone[at])
    assert (np.bincount(visit)[lonely > 0] == 1).all()
    member = np.zeros((len(made.visits), BODIES), bool)
    member[visit, checks.body[at]] = True
    for one, other in APART:
        assert not (member[:, one] & member[:, other]).any()
    length = np.zeros((len(made.visits), BODIES))
    np.add.at(length, (visit, checks.body[at]), checks.minutes[at])
    used = np.zeros((BODIES, DAYS))
    v, b = np.nonzero(member)
    np.add.at(used, (b, day[v]), length[v, b] + terms.approach)
    assert (used <= terms.capacity).all()
    for (body, speciality), minutes in terms.special.items():
        some = np.unique(visit[(checks.body[at] == body) & (checks.speciality[at] == speciality)])
        taken = np.bincount(day[some], weights=length[some, body] + terms.approach, minlength=DAYS)
        assert (taken <= minutes).all()
    counted = np.bincount(visit, weights=~checks.beyond_cap[at]) > 0
    assert (np.bincount(terms.business[owner[counted]], minlength=len(terms.left)) <= terms.left).all()


def merging(objects: int, share: float) -> list[Line]:
    checks, terms = city(objects, share)
    start = time.process_time()
    made = merge(checks, terms)
    taken = time.process_time() - start
    refuse_a_bad_plan(made)
    visits, n = len(made.visits), len(checks)
    names = {why.name.lower(): int((made.why == why).sum()) for why in Why if why is not Why.PLACED}
    saved = made.saved / made.placed
    print(
        f"  {n:,} checks: {made.placed:,} placed in {visits:,} visits, {made.placed / visits:.2f} each\n"
        f"  not placed: {names}\n"
        f"  one visit for each check: {made.placed:,}; {saved:.0%} saved\n"
        f"  {made.minutes_saved / 60:,.0f} hours of getting there and away saved\n"
        f"  no plan of these checks has fewer than {made.bound:,}"
    )
    work = f"plan of {objects:,} objects, {n:,} checks, {BODIES} bodies"
    above = 100 * (visits / made.bound - 1)
    return [
        at_most(work, taken, LIMIT_S, " s", " of processor"),
        at_most(
            "its visits above the lower bound", above, ABOVE, "%", f", {saved:.0%} fewer than one a check"
        ),
    ]


def drawing() -> list[Line]:
    listed = [Candidate(f"P{n:06}", f"O{n % BODIES:02}") for n in range(OF)]
    start = time.process_time()
    frozen = draw.canonical_list(listed)
    names = draw.run(frozen, DRAWN, ["0" * 64, [3, 11, 17, 22]])
    taken = time.process_time() - start
    assert len({one.name for one in names}) == DRAWN
    return [at_most(f"draw of {DRAWN:,} from {OF:,}, by office", taken, DRAW_S, " s", " of processor")]


def main() -> int:
    objects = int(sys.argv[1]) if len(sys.argv) > 1 else OBJECTS
    print(f"{machine.line()}, load {machine.load():.1f}")
    share = float(sys.argv[2]) if len(sys.argv) > 2 else 1.0
    return report(merging(objects, share) + drawing())


if __name__ == "__main__":
    sys.exit(main())
