"""Past penalties asked again under another version of their benchmark, from the database, as the page does it.

    python -m bench penalties [decisions]

Cases are kept as rows of a private PostgreSQL; a leader asks them again: who may see them, reading, computing and
counting, all of it by the clock. ``bench decisions`` is the same without a database, on a far larger table.
"""

import random
import sys
import time
from datetime import date
from typing import Any

from bench.lines import Line, at_least, report

DAY = date(2026, 3, 2)
STORED = 20_000


def stored(many: int) -> list[Line]:
    """Decisions kept as rows, asked again from the door of the page; the best of some rounds, by the clock."""
    from bench.database import private_database

    with private_database() as version:
        from django.db import connection

        from zhili.core.people import demo as people
        from zhili.core.people.actors import of_account
        from zhili.core.people.models import Account
        from zhili.core.places import demo as places
        from zhili.scenarios.discretion import again, demo, provisions, spread

        places.load()
        people.load()
        actor = of_account(Account.objects.get(username="leader"))
        office = demo._office()
        assert actor is not None
        assert office is not None
        demo._benchmarks(office)
        _keep(many, actor)
        with connection.cursor() as cursor:  # without statistics the plan goes through all rows for each
            cursor.execute("ANALYZE")
        under = again.versions(provisions.known()[demo.FUME])[0]
        asked = spread.Asked(demo.FUME, DAY, DAY)
        best = 0.0
        for _round in range(5):
            began = time.perf_counter()
            found = again.of(asked, under, actor)
            best = max(best, found.asked / (time.perf_counter() - began))
            assert found.asked == many == sum(found.counts.values()), found
        connection.close()
    return [at_least(f"decisions of PostgreSQL {version} recomputed", best, 5_000, "/s", f" ({many:,} rows)")]


def _keep(many: int, actor: Any) -> None:
    """Rows of cases that were decided, without the steps that led there."""
    from django.utils import timezone

    from zhili.core.cases.models import Case, Participation
    from zhili.scenarios.discretion import demo
    from zhili.scenarios.discretion.models import PenaltyDetail

    rng, now = random.Random(8), timezone.now()
    ends = {(1,): (5_000, 15_000), (2,): (15_000, 30_000), (3,): (30_000, 50_000)}
    cases, details = [], []
    for n in range(1, many + 1):
        kept = {
            "stoves": rng.randint(1, 12),
            "harm": rng.choice(("轻微", "一般", "严重")),
            "again": rng.random() < 0.3,
        }
        rows = rng.choice(list(ends))
        low, high = ends[rows]
        cases.append(
            Case(
                id=n,
                number=f"26{n:09}",
                scenario="discretion",
                procedure="discretion.penalty",
                version=1,
                stage="closed",
                opened_at=now,
                closed_at=now,
                office_id=actor.office_id,
                title="油烟",
                channel="desk",
                seq=9,
            )
        )
        details.append(
            PenaltyDetail(
                case_id=n,
                provision=demo.FUME,
                party_kind="entity",
                facts=kept,
                rows=list(rows),
                table_number=1,
                low=low * 100,
                high=high * 100,
                fine=rng.randint(low, high) * 100,
                outcome="fine",
                decided_on=DAY,
            )
        )
    Case.objects.bulk_create(cases, batch_size=2_000)
    Participation.objects.bulk_create(
        [Participation(case_id=one.pk, role="holder", office_id=actor.office_id) for one in cases],
        batch_size=5_000,
    )
    PenaltyDetail.objects.bulk_create(details, batch_size=2_000)


def main(argv: list[str]) -> int:
    return report(stored(int(argv[0]) if argv else STORED))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
