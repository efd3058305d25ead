"""Real requests in, end to end: `zhili import requests` of a third of a million rows, figures included.

    python -m bench.importing [rows]

The command runs as people run it, in a process of its own, on a private durable PostgreSQL: reading the Parquet
file, judging every row, cases, steps and leaves, figures counted and shown. The peer, in the same run: the very
rows it wrote, sent once more by one raw COPY for each table into empty tables with the same keys and indexes.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
from bench import lines, machine
from bench.database import private_database

FILE = Path(__file__).resolve().parents[2] / "shared/data/requests/nyc_council.parquet"
LIMIT = 1_500
TABLES = (
    "cases_case", "citizen_reports_report", "cases_participation", "cases_origin", "cases_step", "trail_leaf",
)  # fmt: skip


def command(rows: int | None, folder: Path) -> tuple[float, str]:
    """Seconds the command took, and what it printed."""
    asked = [sys.executable, "-m", "zhili", "import", "requests", str(FILE), "--map", "nyc_council"]
    asked += ["--rejected", str(folder / "aside.csv"), *(["--limit", str(rows)] if rows else [])]
    started = time.perf_counter()
    done = subprocess.run(
        asked, capture_output=True, text=True, check=False, env=os.environ | {"COLUMNS": "120"}
    )
    taken = time.perf_counter() - started
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return taken, done.stdout


def processor(cluster_root: str) -> tuple[float, float]:
    """Processor seconds so far: of commands that ended, and of the server's processes that are there."""
    own = resource.getrusage(resource.RUSAGE_CHILDREN)
    server = 0.0
    for one in psutil.process_iter(["cmdline", "ppid"]):
        if cluster_root in " ".join(one.info["cmdline"] or []):
            times = one.cpu_times()
            server = times.user + times.system + times.children_user + times.children_system
            server += sum(t.user + t.system for c in one.children() for t in [c.cpu_times()])
    return own.ru_utime + own.ru_stime, server


def raw_copy(folder: Path) -> float:
    """Seconds to send the same rows again, table by table, already written out as COPY's own text."""
    from django.db import connection

    taken = 0.0
    with connection.cursor() as cursor:
        for table in TABLES:
            part = folder / f"{table}.copy"
            with part.open("wb") as file, cursor.copy(f"COPY {table} TO STDOUT") as out:
                for block in out:
                    file.write(block)
            cursor.execute(f"CREATE TABLE raw_{table} (LIKE {table} INCLUDING ALL)")
            started = time.perf_counter()
            with part.open("rb") as file, cursor.copy(f"COPY raw_{table} FROM STDIN") as into:
                while block := file.read(1 << 18):
                    into.write(block)
            taken += time.perf_counter() - started
            part.unlink()
    return taken


def main() -> int:
    if not FILE.exists():
        print(f"  the real file is not here: {FILE}")
        return 0
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else None
    with private_database() as version, tempfile.TemporaryDirectory() as name:
        print(f"{machine.line()}, PostgreSQL {version}, load {machine.load():.1f}")
        from django.db import connection

        from zhili.core.cases import registry
        from zhili.core.cases.models import Case, Step

        registry.sync()
        folder = Path(name)
        root = f"{Path(os.environ['ZHILI_HOME']).parent}/pg"
        before = processor(root)
        taken, said = command(rows, folder)
        used = [b - a for a, b in zip(before, processor(root), strict=True)]
        print("\n".join("  " + line for line in said.splitlines()[:14]))
        cases, steps = Case.objects.count(), Step.objects.count()
        again, _ = command(rows, folder)
        raw = raw_copy(folder)
        connection.close()
    rate = cases / taken
    print(
        f"  {cases:,} cases, {steps:,} steps in {taken:.1f} s: {rate:,.0f}/s; once more, all in already: {again:.1f} s"
    )
    print(f"  raw COPY of the same rows: {raw:.1f} s, {cases / raw:,.0f}/s; load {machine.load():.1f}")
    each = [1000 * seconds / cases for seconds in used]
    print(
        f"  processor for each case: the command {each[0]:.2f} ms, the database {each[1]:.2f} ms:"
        f" {1000 / max(each):,.0f}/s where each has a core to itself"
    )
    note = f" ({rate * raw / cases:.2f} of a raw COPY of the same rows)"
    return lines.report([lines.at_least("import requests, end to end", rate, LIMIT, "/s", note)])


if __name__ == "__main__":
    sys.exit(main())
