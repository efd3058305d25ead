"""Open311 among 10,000 and 100,000 (or so many) cases: flat, and beside our own public list.

    python -m bench open311 [cases]

The site's own application with all its middleware, asked in this process as by a stranger's program. A page of fifty
requests is held against a page of fifty of ``/api/v1/cases?scope=public``, asked in turn with it; what a city of any
size must not change is how the two stand to each other.
"""

import os
import sys
from datetime import UTC, datetime, timedelta
from statistics import median

from bench import machine
from bench.asking import Server
from bench.database import private_database
from bench.lines import Line, at_most, report

SIZES = (10_000, 100_000)
TIMES = 30
PEER = "/api/v1/cases?scope=public&limit=50"
AGAINST_PEER, FLAT, LIMIT_TRIPS = 6.0, 2.0, 6
STEPS = """
INSERT INTO cases_step (case_id, seq, at, action, from_stage, to_stage, actor_kind, party, category, late, data, why,
  salt)
SELECT c.id, s.seq, s.at, s.action, '', CASE WHEN s.seq = 1 THEN 'received' ELSE c.stage END, 'post', '', c.category,
       false, s.data, '[]', '\\x00'
FROM cases_case c CROSS JOIN LATERAL (VALUES
  (1, c.opened_at, 'report', jsonb_build_object('what', c.title)),
  (2, c.opened_at + interval '1 hour', 'accept', '{}'::jsonb),
  (3, least(c.opened_at + interval '4 days', now()), CASE WHEN c.answered_at IS NULL THEN 'progress' ELSE 'finish' END,
   jsonb_build_object('note', '已到现场', 'answer', '已办好'))) AS s (seq, at, action, data)
ORDER BY s.at"""
Found = dict[str, tuple[float, float, float]]
"""By question: p50 in ms, the same over the peer's asked in turn with it, round trips."""


def main() -> int:
    sizes = (*SIZES[:-1], int(sys.argv[1])) if len(sys.argv) > 1 else SIZES
    os.environ["ZHILI_RATE_LIMIT"] = "0"
    os.environ.setdefault("ZHILI_LOG_LEVEL", "ERROR")
    with private_database() as version:
        print(f"{machine.line()}, PostgreSQL {version}")
        from bench import cases
        from django.db import connection

        from zhili import demo

        demo.load()
        server = Server()
        results: list[Found] = []
        for size in sizes:
            cases.fill(size)
            with connection.cursor() as cursor:
                cursor.execute(STEPS)
                cursor.execute("VACUUM ANALYZE")
            results.append({name: _measure(server, path) for name, path in _questions().items()})
            _show(size, results[-1])
        connection.close()
    return report(_lines(sizes, results))


def _questions() -> dict[str, str]:
    ago = (datetime.now(UTC) - timedelta(hours=6)).strftime("%Y-%m-%dT%H:%M:%SZ")
    old = (datetime.now(UTC) - timedelta(days=400)).strftime("%Y-%m-%dT%H:%M:%SZ")
    root = "/open311/v2"
    return {
        "services": f"{root}/services.json",
        "requests, 50": f"{root}/requests.json?page_size=50",
        "requests, 50, xml": f"{root}/requests.xml?page_size=50",
        "requests, open, one service, 50": f"{root}/requests.json?page_size=50&status=open&service_code=101013",
        "requests of a span long ago, 50": f"{root}/requests.json?page_size=50&start_date={old}",
        "requests within 2 km, 50": f"{root}/requests.json?page_size=50&lat=30.75&long=120.75&radius=2000",
        "requests changed within 6 hours, 50": f"{root}/requests.json?page_size=50&updated_after={ago}",
        "updates within 6 hours, 50": f"{root}/servicerequestupdates.json?page_size=50&start_date={ago}",
        "requests, the most: 1000": f"{root}/requests.json",
    }


def _measure(server: Server, path: str) -> tuple[float, float, float]:
    """Each question in turn with the peer's, so that whatever else the machine does weighs on both."""
    own, peers = [], []
    for n in range(TIMES + 3):
        peer, answer = server.get(PEER), server.get(path)
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status} {answer.body[:300].decode(errors='replace')}")
        if n >= 3:
            own.append(answer)
            peers.append(peer.ms)
    p50 = median(one.ms for one in own)
    return p50, p50 / median(peers), median(one.trips for one in own)


def _show(size: int, found: Found) -> None:
    print(f"  {size:,} cases, load {machine.load():.1f}")
    for name, (p50, ratio, trips) in found.items():
        print(
            f"    {name:<36} p50 {p50:>7.1f} ms, {ratio:>5.1f} × our public list of 50, {trips:.0f} round trips"
        )


def _lines(sizes: tuple[int, ...], results: list[Found]) -> list[Line]:
    small, large = results[0], results[-1]
    pages = [name for name in large if name.endswith(("50", "xml"))]
    worst = max(pages, key=lambda name: large[name][1])
    rise = max(pages, key=lambda name: large[name][1] / small[name][1])
    trips = max(pages, key=lambda name: large[name][2])
    among = f" among {sizes[-1]:,}"
    note = f" ({worst}; {large[worst][0]:.1f} ms)"
    return [
        at_most(
            f"Open311 page of 50{among} over our public list's", large[worst][1], AGAINST_PEER, "×", note
        ),
        at_most(
            f"… that over the same among {sizes[0]:,}",
            large[rise][1] / small[rise][1],
            FLAT,
            "×",
            f" ({rise})",
        ),
        at_most("… round trips to the database", large[trips][2], LIMIT_TRIPS, "", f" ({trips})"),
    ]


if __name__ == "__main__":
    sys.exit(main())
