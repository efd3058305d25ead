"""The public city map among 100,000 public matters: page, list of a view, and what the map is sent, at each height.

    python -m bench citymap [cases]

The site's own application with all its middleware, asked in this process. Limit: p95 <= 250 ms for the whole city
seen at once (the dearest view, kept 30 s by the browser), <= 60 ms for a town and below.
"""

import os
import sys
from statistics import median, quantiles
from urllib.parse import quote

from bench import machine
from bench.asking import Server
from bench.database import private_database
from bench.lines import Line, at_most, report

SIZE = 130_000
"""Of these about 100,000 are public."""
TIMES = 30
CITY_MS, TOWN_MS = 250.0, 60.0
VIEWS = {
    "city": ("120.2,30.2,121.4,31.1", 9.0),
    "county": ("120.65,30.65,120.90,30.85", 11.3),
    "town": ("120.74,30.74,120.80,30.79", 13.2),
    "street": ("120.745,30.745,120.755,30.753", 16.0),
}


def main() -> int:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else SIZE
    os.environ["ZHILI_RATE_LIMIT"] = "0"
    with private_database() as version:
        print(f"{machine.line()}, PostgreSQL {version}")
        from bench import cases
        from django.db import connection

        from zhili import demo
        from zhili.core.cases import query

        demo.load()
        cases.fill(size)
        print(f"  {query.public().count():,} public matters, load {machine.load():.1f}")
        server = Server()
        found = {name: _measure(server, path) for name, path in _paths().items()}
        connection.close()
    return report(_lines(found))


def _paths() -> dict[str, str]:
    paths = {
        "page, whole city": "/map",
        "page, open": "/map?state=open",
        "page, a road": f"/map?q={quote('中山路88')}",
    }
    for name, (box, zoom) in VIEWS.items():
        paths[f"map, {name}"] = f"/map/matters.geojson?bbox={box}&zoom={zoom}"
        paths[f"list, {name}"] = f"/map?bbox={box}&part=list"
    return paths


def _measure(server: Server, path: str) -> float:
    """p95 in ms, after a few to warm up."""
    taken, size = [], 0
    for n in range(TIMES + 3):
        answer = server.get(path, HTTP_ACCEPT_ENCODING="gzip")
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status} {answer.body[:300].decode(errors='replace')}")
        size = len(answer.body)
        if n >= 3:
            taken.append(answer.ms)
    p95 = quantiles(taken, n=20)[18]
    print(f"    {path[:76]:<76} p50 {median(taken):>7.1f}  p95 {p95:>7.1f} ms  {size / 1000:.1f} kB")
    return p95


def _lines(found: dict[str, float]) -> list[Line]:
    far = {name: ms for name, ms in found.items() if "city" in name or "page" in name}
    close = {name: ms for name, ms in found.items() if "town" in name or "street" in name}
    lines = []
    for title, group, limit in (("whole city", far, CITY_MS), ("town and street", close, TOWN_MS)):
        worst = max(group, key=lambda name: group[name])
        lines.append(at_most(f"city map, {title}, p95", group[worst], limit, " ms", f" ({worst})"))
    return lines


if __name__ == "__main__":
    sys.exit(main())
