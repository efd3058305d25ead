"""City figures over 10,000 and 1,000,000 cases: this product against plain GROUP BY, in one run.

    python -m bench.indicators [cases]

1,202 villages in 72 towns and 7 counties, 100 categories, two years; each case is opened, most are
answered, closed, rated, some returned, reopened or late. A private PostgreSQL. Limit: p95 <= 30 ms for
the city, the same at both sizes.
"""

import random
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from statistics import median, quantiles
from typing import Any
from zoneinfo import ZoneInfo

from bench import machine
from bench.database import private_database

SIZES = (10_000, 1_000_000)
LIMIT_MS = 30
FLAT = 1.5
DAYS = 730
ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2024, 11, 1, tzinfo=ZONE)
COUNTIES, TOWNS, VILLAGES, CATEGORIES = 7, 72, 1_202, 100
RAW = """
CREATE TABLE bench_case (id bigint, division bigint, county bigint, category text, opened date,
  answered date, closed date, reopened date, returned date, overdue date, rating int, late bool)"""
# The same figures without roll-ups: counts by month, by category, and exact percentiles.
PLAIN = [
    "SELECT date_trunc('month', d), sum(o), sum(a), sum(c), sum(r) FROM ("
    " SELECT opened d, 1 o, 0 a, 0 c, 0 r FROM bench_case WHERE opened BETWEEN %s AND %s"
    " UNION ALL SELECT answered, 0, 1, 0, 0 FROM bench_case WHERE answered BETWEEN %s AND %s"
    " UNION ALL SELECT closed, 0, 0, 1, 0 FROM bench_case WHERE closed BETWEEN %s AND %s"
    " UNION ALL SELECT reopened, 0, 0, 0, 1 FROM bench_case WHERE reopened BETWEEN %s AND %s) x GROUP BY 1",
    "SELECT category, count(*) FROM bench_case WHERE opened BETWEEN %s AND %s"
    " GROUP BY 1 ORDER BY 2 DESC LIMIT 10",
    "SELECT percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY closed - opened) FROM bench_case"
    " WHERE closed BETWEEN %s AND %s",
    "SELECT percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY answered - opened) FROM bench_case"
    " WHERE answered BETWEEN %s AND %s",
]

Row = tuple[Any, ...]


def places() -> tuple[list[int], dict[int, int], dict[str, int]]:
    """Make the divisions: villages, the county of each, and one place of each level by name."""
    from zhili.core.places.edition import changed
    from zhili.core.places.models import Division

    def add(level: str, number: int, parents: list[Division]) -> list[Division]:
        made = [
            Division(
                code=f"{level[:2]}{n:010}",
                name=f"{level} {n}",
                level=level,
                parent=parents[n % len(parents)] if parents else None,
                valid_from=date(2020, 1, 1),
                lon=120.7,
                lat=30.7,
            )
            for n in range(number)
        ]
        return Division.objects.bulk_create(made)

    city = add("city", 1, [])
    counties = add("county", COUNTIES, city)
    towns = add("town", TOWNS, counties)
    villages = add("village", VILLAGES, towns)
    changed()
    county_of = {v.pk: v.parent.parent_id for v in villages}
    named = {
        "city": city[0].pk,
        "county": counties[0].pk,
        "town": towns[0].pk,
        "village": villages[VILLAGES // 2].pk,
    }
    return [v.pk for v in villages], county_of, named


def cases(number: int, villages: list[int], county_of: dict[int, int]) -> Iterator[Row]:
    """Rows of the raw table, in order of opening; dates as offsets from START in days, None where not."""
    chance = random.Random(2026)
    for n in range(number):
        village = villages[int(len(villages) * chance.random() ** 1.5)]
        opened = n * DAYS // number
        answered = opened + int(chance.gammavariate(2, 2)) if chance.random() < 0.95 else None
        closed = (
            answered + int(chance.random() * 15) if answered is not None and chance.random() < 0.97 else None
        )
        late = answered is not None and answered - opened > 9
        yield (
            n,
            village,
            county_of[village],
            f"{int(CATEGORIES * chance.random() ** 2):04}",
            opened,
            answered,
            closed,
            answered + 1 if closed is not None and chance.random() < 0.04 else None,
            opened + 1 if chance.random() < 0.05 else None,
            opened + 9 if late else None,
            1 + int(chance.random() * 5) if closed is not None and chance.random() < 0.4 else None,
            late,
        )


def payloads(rows: Iterator[Row]) -> Iterator[dict[str, Any]]:
    """The steps of each case as its events would carry them."""
    moments = [(START + timedelta(days=d, hours=10)).isoformat() for d in range(DAYS + 200)]
    plain: dict[str, Any] = dict.fromkeys(
        ("first", "answered", "final", "reopened", "returned", "overdue"), False
    )
    plain |= {"scenario": "reports", "action": "x", "days": None, "rating": None, "outcome": None}
    for _, village, _, category, opened, answered, closed, reopened, returned, overdue, rating, late in rows:
        base = plain | {"division": village, "category": category, "opened_at": moments[opened]}
        yield base | {"at": moments[opened], "first": True}
        if returned is not None:
            yield base | {"at": moments[returned], "returned": True}
        if overdue is not None:
            yield base | {"at": moments[overdue], "overdue": True, "action": "overdue"}
        if answered is not None:
            yield base | {
                "at": moments[answered],
                "answered": True,
                "overdue": late,
                "days": answered - opened,
            }
        if reopened is not None:
            yield base | {"at": moments[reopened], "reopened": True}
        if closed is not None:
            yield base | {"at": moments[closed], "final": True, "outcome": "closed", "days": closed - opened,
                          "rating": rating}  # fmt: skip


def build(number: int, villages: list[int], county_of: dict[int, int]) -> None:
    """Fill the figures through fold_bulk and the raw table by COPY."""
    from django.db import connection

    from zhili.core.indicators.folding import fold_bulk
    from zhili.core.indicators.models import Cohort, Duration, Fact

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE indicators_fact, indicators_duration, indicators_cohort")
        cursor.execute("DROP TABLE IF EXISTS bench_case")
        cursor.execute(RAW)
        day = START.date()
        with cursor.copy("COPY bench_case FROM STDIN") as copy:
            for row in cases(number, villages, county_of):
                dated = [day + timedelta(days=v) if v is not None else None for v in row[4:10]]
                copy.write_row([*row[:4], *dated, *row[10:]])
        started = time.perf_counter()
        steps = fold_bulk(payloads(cases(number, villages, county_of)), batch=50_000)
        taken = time.perf_counter() - started
        cursor.execute("VACUUM ANALYZE")
        cursor.execute(
            "SELECT pg_total_relation_size('indicators_fact') + pg_total_relation_size('indicators_duration')"
            " + pg_total_relation_size('indicators_cohort')"
        )
        size = cursor.fetchone()[0] / 1e6
    rows = Fact.objects.count() + Duration.objects.count() + Cohort.objects.count()
    print(f"  {number:,} cases: {steps:,} steps folded in {taken:.0f} s ({steps / taken:,.0f}/s), "
          f"{rows:,} rows, {size:,.0f} MB")  # fmt: skip


def windows(length: int, times: int) -> list[tuple[date, date]]:
    """Spans of so many days, seldom whole months."""
    chance = random.Random(length)
    first = [START.date() + timedelta(days=chance.randrange(DAYS - length + 1)) for _ in range(times)]
    return [(day, day + timedelta(days=length - 1)) for day in first]


def timed(work: Any, spans: list[tuple[date, date]]) -> list[float]:
    """Milliseconds of each span, after one to warm up."""
    work(*spans[0])
    taken = []
    for span in spans:
        started = time.perf_counter()
        work(*span)
        taken.append((time.perf_counter() - started) * 1000)
    return taken


def plain(since: date, until: date) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for sql in PLAIN:
            cursor.execute(sql, [since, until] * (sql.count("%s") // 2))
            cursor.fetchall()


def measure(named: dict[str, int]) -> dict[tuple[str, int], tuple[float, float]]:
    """(place, days): (p50, p95) in ms."""
    from zhili.core.indicators.overview import overview
    from zhili.core.indicators.quality import quality

    found = {}
    for name, place in named.items():
        for length in (30, 92, 365, DAYS):
            taken = timed(lambda a, b, place=place: overview(place, a, b), windows(length, 60))
            found[name, length] = (median(taken), quantiles(taken, n=20)[18])
    for length in (92, 365):
        taken = timed(lambda a, b: quality(named["city"], a, b), windows(length, 30))
        found["by type", length] = (median(taken), quantiles(taken, n=20)[18])
    taken = timed(plain, windows(365, 10))
    found["GROUP BY", 365] = (median(taken), max(taken))
    return found


def run(sizes: tuple[int, ...] = SIZES) -> bool:
    with private_database() as version:
        print(f"{machine.line()}, PostgreSQL {version}, load {machine.load():.1f}")
        villages, county_of, named = places()
        results = []
        for size in sizes:
            build(size, villages, county_of)
            results.append(measure(named))
        from django.db import connection

        connection.close()
    small, large = results[0], results[-1]
    print(
        f"  {'place':<10}{'days':>6}{f'p50 / p95 ms at {sizes[0]:,}':>28}{f'{sizes[-1]:,}':>18}{'ratio':>12}"
    )
    for key, (p50, p95) in large.items():
        before = small[key]
        print(f"  {key[0]:<10}{key[1]:>6}{before[0]:>18.1f} /{before[1]:>8.1f}{p50:>10.1f} /{p95:>6.1f}"
              f"{p95 / before[1]:>12.2f}")  # fmt: skip
    worst = max(p95 for (name, _), (_, p95) in large.items() if name == "city")
    rise = max(large["city", n][1] / small["city", n][1] for n in (30, 92, 365, DAYS))
    gain = large["GROUP BY", 365][0] / large["city", 365][0]
    good = worst <= LIMIT_MS and rise <= FLAT
    print(f"  city p95 {worst:.1f} ms (limit {LIMIT_MS}), at most {rise:.2f} times the small site's, "
          f"{gain:,.0f} times faster than GROUP BY: {'ok' if good else 'TOO SLOW'}")  # fmt: skip
    return good


def main() -> int:
    sizes = (SIZES[0], int(sys.argv[1])) if len(sys.argv) > 1 else SIZES
    return 0 if run(sizes) else 1


if __name__ == "__main__":
    sys.exit(main())
