"""Locate a point among 20,000 cells, exactly: this product against shapely's plain STRtree, in one run.

    python bench/locate.py [cells]

The cells are the demo city's 5,997, each cut in four. No database. Limits: 300,000/s in bulk,
100,000/s one by one.
"""

import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
import shapely

from zhili.core.places import data
from zhili.core.places.data.packing import unpack
from zhili.core.places.index import NONE, Index

LIMITS = {"bulk": 300_000, "single": 100_000}


def cells(wanted: int) -> np.ndarray:
    """The demo city's cells, each quartered through its middle until there are enough."""
    found = list(unpack((Path(data.__file__).parent / "jiaxing_cells.bin.gz").read_bytes())[1])
    while len(found) < wanted:
        west, south, east, north = shapely.bounds(found).T
        middle = [(cell.centroid.x, cell.centroid.y) for cell in found]
        parts = []
        for n, (x, y) in enumerate(middle):
            frames = shapely.box([west[n], x, west[n], x], [south[n], south[n], y, y],
                                 [x, east[n], x, east[n]], [y, y, north[n], north[n]])  # fmt: skip
            parts += [part for part in shapely.intersection(found[n], frames) if part.area > 0]
        found = parts
    return np.array(found[:wanted], dtype=object)


def best(work: Callable[[], object], times: int = 3) -> float:
    """Seconds of the quickest run."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def main() -> int:
    shapes = cells(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    before = psutil.Process().memory_info().rss
    start = time.perf_counter()
    index = Index(shapes)
    built = time.perf_counter() - start
    memory = (psutil.Process().memory_info().rss - before) / 1e6
    tree = shapely.STRtree(shapes)
    drawn = np.random.default_rng(2026).uniform((west, south), (east, north), (600_000, 2))
    points = drawn[index.find_many(drawn) != NONE][:300_000]  # in the city: the harder ones
    few = points[:50_000].tolist()

    def peer_bulk() -> np.ndarray:
        point, cell = tree.query(shapely.points(points), predicate="intersects")
        found = np.full(len(points), len(shapes))
        np.minimum.at(found, point, cell)
        return found

    def peer_single() -> list[int]:
        return [int(tree.query(shapely.Point(x, y), predicate="intersects").min()) for x, y in few]

    assert (peer_bulk() == index.find_many(points)).all(), "the answers differ"
    assert peer_single() == [index.find(x, y) for x, y in few], "the answers differ"
    find = index.find
    rates = {
        "bulk": (len(points) / best(lambda: index.find_many(points)), len(points) / best(peer_bulk)),
        "single": (len(few) / best(lambda: [find(x, y) for x, y in few]), len(few) / best(peer_single)),
    }
    print(f"{platform.machine()}, {psutil.cpu_count()} cores, {len(shapes):,} cells; "
          f"index built in {built:.2f} s, {memory:.0f} MB")  # fmt: skip
    met = True
    for name, (ours, peer) in rates.items():
        met = met and ours >= LIMITS[name]
        print(f"locate {name:6}  {ours:>11,.0f}/s   limit {LIMITS[name]:>9,}/s   "
              f"plain STRtree {peer:>9,.0f}/s   ratio {ours / peer:4.1f}")  # fmt: skip
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
