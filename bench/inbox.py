"""An office's inbox among 10,000, 100,000 and 1,000,000 cases: time in the server and round trips, flat.

    python -m bench inbox [cases]

The site's own application with all its middleware, asked in this process: the programs' list and the pages, first
page and following ones, with and without filters, for the busiest office; then what a county sees of its area, and
the public map. Limit for the inbox: p95 <= 30 ms, <= 10 queries, the same at every size.
"""

import json
import os
import sys
from statistics import median, quantiles

from bench import machine
from bench.asking import Server
from bench.database import private_database
from bench.lines import Line, at_most, report

SIZES = (10_000, 100_000, 1_000_000)
TIMES = 100
LIMIT_MS, LIMIT_TRIPS, FLAT = 30.0, 10, 1.5
Asked = tuple[str, dict[str, str], bool]


def main() -> int:
    sizes = (*SIZES[:-1], int(sys.argv[1])) if len(sys.argv) > 1 else SIZES
    os.environ["ZHILI_RATE_LIMIT"] = "0"
    with private_database() as version:
        print(f"{machine.line()}, PostgreSQL {version}")
        from bench import cases
        from django.db import connection

        from zhili import demo

        demo.load()
        server = Server()
        results: list[dict[str, tuple[float, float, float]]] = []
        for size in sizes:
            filled = cases.fill(size)
            results.append(
                {name: _measure(server, *asked) for name, asked in _questions(server, filled).items()}
            )
            _show(size, results[-1])
        connection.close()
    return report(_lines(sizes, results))


def _questions(server: Server, filled: object) -> dict[str, Asked]:
    """Address, headers, and whether it is the inbox that has a limit."""
    from bench.cases import Filled

    assert isinstance(filled, Filled)
    busy, county = _headers(filled.busy), _headers(filled.county)
    code = filled.codes[0]
    inbox = "/api/v1/cases?scope=inbox&sort=due&limit=50"
    following = json.loads(server.get(inbox, **busy).body)["next"]
    return {
        "API inbox": (inbox, busy, True),
        "API inbox, stage and category": (f"{inbox}&stage=handling&category={code}", busy, True),
        "API inbox, following page": (f"{inbox}&cursor={following}", busy, True),
        "API inbox, overdue": (f"{inbox}&overdue=true", busy, True),
        "desk": ("/desk", busy, True),
        "desk, stage and category": (
            f"/desk?stage=citizen_reports.report:handling&category={code}",
            busy,
            True,
        ),
        "API area, newest": ("/api/v1/cases?scope=visible&limit=50", county, False),
        "API area, open, due first": (
            "/api/v1/cases?scope=visible&state=open&sort=due&limit=50",
            county,
            False,
        ),
        "desk, area": ("/desk?view=area", county, False),
        "public list": ("/api/v1/cases?scope=public&limit=50", {}, False),
        "public map, a square": ("/api/v1/public/cases?bbox=120.74,30.74,120.78,30.78&limit=50", {}, False),
        "public map, a street": (
            "/api/v1/public/cases?bbox=120.745,30.745,120.749,30.749&limit=50",
            {},
            False,
        ),
    }


def _headers(office: int) -> dict[str, str]:
    """A signed-in session of somebody in a post of this office, which serves pages and API alike."""
    from django.conf import settings
    from django.test import Client

    from zhili.core.people.models import PostHolding

    held = PostHolding.objects.filter(post__office_id=office).select_related("account").order_by("id").first()
    assert held is not None
    client = Client()
    client.force_login(held.account)
    session = client.session
    session["post"] = held.post_id
    session.save()
    return {
        "HTTP_COOKIE": f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    }


def _measure(server: Server, path: str, headers: dict[str, str], limited: bool) -> tuple[float, float, float]:
    """(p50, p95 in ms, round trips) after a few to warm up.

    Round trips are the median: every five seconds one asker looks whether places, offices or duties have changed.
    """
    answers = []
    for n in range(TIMES + 5):
        answer = server.get(path, **headers)
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status} {answer.body[:300].decode(errors='replace')}")
        if n >= 5:
            answers.append(answer)
    taken = [one.ms for one in answers]
    return median(taken), quantiles(taken, n=20)[18], median(one.trips for one in answers)


def _show(size: int, found: dict[str, tuple[float, float, float]]) -> None:
    print(f"  {size:,} cases, load {machine.load():.1f}")
    for name, (p50, p95, trips) in found.items():
        print(f"    {name:<34} p50 {p50:>7.1f}  p95 {p95:>7.1f} ms  {trips:.0f} round trips")


def _lines(sizes: tuple[int, ...], results: list[dict[str, tuple[float, float, float]]]) -> list[Line]:
    small, large = results[0], results[-1]
    limited = [name for name in large if "inbox" in name or name in ("desk", "desk, stage and category")]
    worst = max(limited, key=lambda name: large[name][1])
    trips = max(limited, key=lambda name: large[name][2])
    rise = max(limited, key=lambda name: large[name][0] / small[name][0])
    area = max((name for name in large if name not in limited), key=lambda name: large[name][1])
    among = f" among {sizes[-1]:,}"
    return [
        at_most(
            f"office inbox{among}, p95",
            large[worst][1],
            LIMIT_MS,
            " ms",
            f" ({worst}; p50 {large[worst][0]:.1f})",
        ),
        at_most("… round trips to the database", large[trips][2], LIMIT_TRIPS, "", f" ({trips})"),
        at_most(
            f"… p50 over that among {sizes[0]:,}", large[rise][0] / small[rise][0], FLAT, "×", f" ({rise})"
        ),
        at_most(f"area lists and public map{among}, p95", large[area][1], LIMIT_MS, " ms", f" ({area})"),
    ]


if __name__ == "__main__":
    sys.exit(main())
