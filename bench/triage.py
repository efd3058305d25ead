"""What triage costs one report among 10,000 and 100,000 cases: suggestion and duplicates, end to end in the process.

    python -m bench triage [cases]

A model of the demo city's own categories (learned from texts made of their names: its size is real, its wisdom is
not), the city's cases as the other benchmarks have them, each with the step it began with. For reports at random
places: the category with its reasons, then likely duplicates among public matters (as a reporter asks) and among all
an office may see (as the desk asks). Limit: 20 ms for both together, p95, and flat. Then what asking a model costs a
process in memory and start-up, without the libraries that learn.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from bench import machine
from bench.database import private_database
from bench.lines import Line, at_most, report

SIZES = (10_000, 100_000)
TIMES = 200
LIMIT_MS, FLAT = 20.0, 1.5
SAID = [
    "好几天没人管",
    "晚上很危险",
    "味道很大",
    "影响走路",
    "孩子差点摔倒",
    "一直没人来修",
    "请尽快派人来看",
    "车都过不去",
]
STEPS = """
INSERT INTO cases_step
  (case_id, seq, at, action, from_stage, to_stage, actor_kind, party, category, late, data, why, salt)
SELECT c.id, 1, c.opened_at, 'report', '', 'received', 'anonymous', '', c.category, false,
  jsonb_build_object('what',
    c.title || '，' || (ARRAY['晚上很危险','影响走路','味道很大','一直没人来修'])[1 + (c.id % 4)::int]),
  '[]', '\\x00' FROM cases_case c WHERE c.id > 10000000"""
ASKING = """
import os, sys, time, psutil
import django; django.setup()
import numpy
me = psutil.Process(); before = me.memory_info().rss; start = time.perf_counter()
from zhili.core.cases.triage import keeping, saying
from zhili.core.cases.triage.reading import read
model = keeping.model("citizen_reports")
saying.say(model, read("小区东门的路灯不亮"))
taken = time.perf_counter() - start
assert not {"sklearn", "scipy", "jieba"} & set(sys.modules), "learning libraries were loaded"
print(taken * 1000, (me.memory_info().rss - before) / 2**20)
"""


def main() -> int:
    sizes = (*SIZES[:-1], int(sys.argv[1])) if len(sys.argv) > 1 else SIZES
    with private_database() as version:
        print(f"{machine.line()}, PostgreSQL {version}")
        from bench import cases
        from django.db import connection

        from zhili import demo

        demo.load()
        size, learned = _teach()
        print(
            f"  model: {size / 2**20:.1f} MB on disk, {len(learned.labels)} categories, {len(learned.idf):,} pieces"
        )
        results = []
        for number in sizes:
            filled = cases.fill(number)
            with connection.cursor() as cursor:
                cursor.execute(STEPS)
                cursor.execute("VACUUM ANALYZE cases_step")
            results.append(_measure(filled))
            for name, taken in results[-1].items():
                print(f"    {number:>9,} {name:<32} p50 {median(taken):6.2f}  p95 {_p95(taken):6.2f} ms")
        lines = _lines(sizes, results)
        connection.close()
        lines.extend(_asking())
    return report(lines)


def _teach() -> tuple[int, Any]:
    from django.utils import timezone

    from zhili.core.cases.triage import teaching, training
    from zhili.core.cases.triage.examples import Example
    from zhili.core.cases.triage.reading import read

    draw = random.Random(1)
    names = teaching.names_of("citizen_reports")
    rows = [
        Example(
            read(f"{draw.choice(said)}{draw.choice(SAID)}，{draw.choice(SAID)}{draw.choice(words)}"), code
        )
        for code, words in names.items()
        for said in [[f"{word}坏了", f"{word}没人管", f"门口{word}"] for word in words]
        for _n in range(6)
    ]
    start = time.perf_counter()
    learned = training.learn(rows, timezone.now(), names=names, right=0.5, repeats=1)
    print(
        f"  learned {len(rows):,} made-up matters in {time.perf_counter() - start:.0f} s, load {machine.load():.1f}"
    )
    return teaching.keep("citizen_reports", learned).stat().st_size, learned


def _measure(filled: Any) -> dict[str, list[float]]:
    from zhili.core.cases.models import Case
    from zhili.core.cases.triage import similar, suggesting
    from zhili.core.cases.triage.reading import read
    from zhili.core.people.actors import of_account
    from zhili.core.people.models import PostHolding

    held = (
        PostHolding.objects.filter(post__office_id=filled.county)
        .select_related("account")
        .order_by("id")
        .first()
    )
    assert held is not None
    actor = of_account(held.account)
    draw = random.Random(2)
    placed = Case.objects.filter(closed_at=None, lon__isnull=False, id__gt=10_000_000)
    some = draw.sample(list(placed.values_list("pk", flat=True)), TIMES + 10)
    names = ("suggestion", "duplicates, reporter", "duplicates, desk", "both", "both, our processor time")
    taken: dict[str, list[float]] = {name: [] for name in names}
    found = 0
    for n, case in enumerate(Case.objects.filter(pk__in=some)):
        text = f"{case.title}，{draw.choice(SAID)}"
        used, start = time.process_time(), time.perf_counter()
        suggesting.for_text("citizen_reports", read(text))
        middle = time.perf_counter()
        found += len(similar.for_reporter("citizen_reports", text, case.lon or 0, case.lat or 0))
        end, used = time.perf_counter(), time.process_time() - used
        similar.for_case(case, actor)
        last = time.perf_counter()
        if n >= 10:
            both = max(end - middle, last - end) + middle - start
            spans = (middle - start, end - middle, last - end, both, used)
            for name, span in zip(names, spans, strict=True):
                taken[name].append(span * 1000)
    assert found, "nothing alike was found, so nothing was measured"
    return taken


def _asking() -> list[Line]:
    """A fresh process that asks the model once: what it adds to one that has Django and numpy already."""
    with tempfile.NamedTemporaryFile("w", suffix=".py") as script:
        script.write(ASKING)
        script.flush()
        root = str(Path(__file__).parents[1])
        ran = subprocess.run(
            [sys.executable, "-W", "ignore", script.name],
            env=os.environ | {"PYTHONPATH": root, "DJANGO_SETTINGS_MODULE": "zhili.conf.settings"},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    taken, memory = map(float, ran.stdout.split())
    return [
        at_most("triage: first question of a process", taken, 1000, " ms"),
        at_most("triage: memory of the model in a process", memory, 64, " MB"),
    ]


def _p95(taken: list[float]) -> float:
    return quantiles(taken, n=20)[18]


def _lines(sizes: tuple[int, ...], results: list[dict[str, list[float]]]) -> list[Line]:
    small, large = results[0]["both"], results[-1]["both"]
    own = median(results[-1]["both, our processor time"])
    note = f" (p50 {median(large):.1f}, of which our processor {own:.1f}; load {machine.load():.1f})"
    return [
        at_most(f"triage of a report among {sizes[-1]:,}, p95", _p95(large), LIMIT_MS, " ms", note),
        at_most(f"… p50 over that among {sizes[0]:,}", median(large) / median(small), FLAT, "×"),
    ]


if __name__ == "__main__":
    sys.exit(main())
