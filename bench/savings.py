"""What merging saves on the demo city's own 40,000 premises, by the seeded catalogue.

    python -m bench.visits savings [premises]

The premises are those that `ZHILI_DEMO_PREMISES=40000 zhili demo` loads. Each item in force that is made on site is
due on the share of its kind of premises that its ratio says, in each county, as often as its frequency says, each time
within its part of the year; who is drawn follows from a fixed seed. Bodies are the counties' own offices. Capacity is
what one visit for each check would take (1.0), then four fifths of it; then every item on every premises of its kind.
"""

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from bench.lines import Line, at_least

from zhili.base.merging import Checks, Merged, Terms, Why, merge

SEED = 8
APPROACH, TEAM = 30, 360
SHARES = (1.0, 0.8)
LEAST = 35.0
"""Percent of visits; the figure itself is what counts."""


@dataclass
class Year:
    """A year's due checks with what each of their rows is called."""

    checks: Checks
    business: Sequence[int]
    bodies: list[str]
    kinds: list[str]
    item: list[str] = field(default_factory=list)
    classes: dict[str, str] = field(default_factory=dict)


def due(everywhere: bool = False) -> Year:
    """From the demo's tables: premises in use, items in force made on site, offices by county.

    ``everywhere``: of every item all premises of its kind, not the share its ratio says.
    """
    from zhili.core.people.models import Office
    from zhili.core.places import tree
    from zhili.core.registers.models import Premises
    from zhili.scenarios.inspections.catalogue.kinds import BODIES
    from zhili.scenarios.inspections.models import Entry, Scene

    dice, days = np.random.default_rng(SEED), 365
    offices = {one.code: one.name for one in Office.objects.filter(level="county", valid_to=None)}
    found = Premises.objects.filter(active=True, firm__status="active").order_by("pk")
    places = list(found.values_list("pk", "kind", "firm_id", "division_id"))
    there: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row, (_pk, kind, _firm, division) in enumerate(places):
        there[kind, tree.node(division).code[:6]].append(row)
    bodies: dict[str, int] = {}
    columns: dict[str, list[int]] = defaultdict(list)
    item: list[str] = []
    for entry in Entry.objects.filter(state="in_force", method="onsite").order_by("code"):
        for (_kind, county), rows in there.items():
            office = f"{county}000000-{entry.body}"
            if _kind != entry.object_kind or office not in offices:
                continue
            body = bodies.setdefault(office, len(bodies))
            share = 100 if everywhere else entry.ratio
            drawn = dice.permutation(rows)[: -(-len(rows) * share // 100)]
            for n in range(entry.frequency):
                columns["object"] += drawn.tolist()
                columns["body"] += [body] * len(drawn)
                columns["first"] += [n * days // entry.frequency] * len(drawn)
                columns["last"] += [(n + 1) * days // entry.frequency - 1] * len(drawn)
                columns["minutes"] += [entry.minutes] * len(drawn)
                item += [entry.code] * len(drawn)
    classes: dict[str, str] = {}
    for scene in Scene.objects.order_by("code"):
        for code in scene.items:
            classes.setdefault(code, str(scene.group))
    kinds = [str(BODIES[one.rpartition("-")[2]]) for one in bodies]
    firms = np.unique([firm for _pk, _kind, firm, _division in places], return_inverse=True)[1]
    return Year(Checks.of(**columns), firms.tolist(), [offices[one] for one in bodies], kinds, item, classes)


def terms(year: Year, share: float) -> Terms:
    """The year's working days; as many teams as single visits would take, times ``share``; four visits a business."""
    working = np.arange(365) % 7 < 5
    count = len(year.bodies)
    single = np.bincount(year.checks.body, weights=year.checks.minutes + APPROACH, minlength=count)
    teams = np.maximum(1, np.floor(share * np.ceil(single / working.sum() / TEAM))).astype(int)
    businesses = int(max(year.business)) + 1
    return Terms(
        np.array(year.business), np.full(businesses, 4), teams[:, None] * TEAM * working[None, :],
        np.ones((count, count), bool), approach=APPROACH,
    )  # fmt: skip


def tell(year: Year, made: Merged, share: float) -> float:
    """The tables as docs/visits.md has them; percent of visits saved."""
    saved = _sum_up(made, share)
    at = np.flatnonzero(made.visit >= 0)
    bodies = [year.kinds[n] for n in made.checks.body[at]]
    _table("body", bodies, made.visit[at])
    _table("class", [year.classes.get(year.item[n], "—") for n in at], made.visit[at])
    return saved


def _sum_up(made: Merged, share: float) -> float:
    why = {one.name.lower(): int((made.why == one).sum()) for one in Why if one is not Why.PLACED}
    saved = 100 * made.saved / made.placed
    print(f"\ncapacity {share}: {len(made.checks):,} checks due, {made.placed:,} placed, not placed {why}")
    print(
        f"one visit for each check {made.placed:,}; merged {len(made.visits):,}; {saved:.0f}% saved; no plan below "
        f"{made.bound:,} ({100 * (len(made.visits) / made.bound - 1):.1f}% above); {made.minutes_saved / 60:,.0f} hours"
    )
    return saved


def _table(title: str, names: Sequence[str], visit: Sequence[int]) -> None:
    """Of each name: its checks, the visits it is part of, how many of these it shares with another name."""
    checks: dict[str, int] = defaultdict(int)
    of_visit: dict[int, set[str]] = defaultdict(set)
    for name, one in zip(names, visit, strict=True):
        checks[name] += 1
        of_visit[one].add(name)
    goes, together = defaultdict(int), defaultdict(int)
    for own in of_visit.values():
        for name in own:
            goes[name] += 1
            together[name] += len(own) > 1
    print(f"| {title} | checks | visits it is part of | of these with others |\n|---|---|---|---|")
    for name in sorted(checks, key=lambda one: -checks[one]):
        share = 100 * together[name] / goes[name]
        print(f"| {name} | {checks[name]:,} | {goes[name]:,} | {share:.0f}% |")


def lines_of() -> list[Line]:
    """Both capacities with their tables, then every item everywhere in one line. The demo city is loaded."""
    year, found = due(), []
    for share in SHARES:
        made, spent = _merged(year, share)
        saved = tell(year, made, share)
        work = f"visits saved on the demo's {len(year.business):,} premises, capacity {share}"
        found.append(at_least(work, saved, LEAST, "%", f", {spent:.1f} s of processor"))
    year = due(everywhere=True)
    print("\nevery item on every premises of its kind")
    _sum_up(_merged(year, 1.0)[0], 1.0)
    return found


def _merged(year: Year, share: float) -> tuple[Merged, float]:
    started = time.process_time()
    made = merge(year.checks, terms(year, share))
    return made, time.process_time() - started
