"""What a benchmark reports: lines of the one table."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

RESULT = "ZHILI_BENCH_RESULT"
"""Names the file where a part leaves its lines for `python -m bench`."""


@dataclass(frozen=True)
class Line:
    """One row: the work, what it must reach, what was measured, how it stands to its limit or peer."""

    work: str
    target: str
    measured: str
    ratio: str
    met: bool


def at_least(work: str, measured: float, target: float, unit: str, note: str = "") -> Line:
    """More is better; the ratio is measured over target."""
    return Line(
        work,
        f"≥ {target:,.0f}{unit}",
        f"{measured:,.0f}{unit}{note}",
        f"{measured / target:.2f}",
        measured >= target,
    )


def at_most(work: str, measured: float, target: float, unit: str, note: str = "") -> Line:
    """Less is better; the ratio is still target over measured, so that above 1 is good in every line."""
    shown = f"{measured:,.1f}{unit}{note}"
    ratio = f"{target / measured:.2f}" if measured else "∞"
    return Line(work, f"≤ {target:g}{unit}", shown, ratio, measured <= target)


def report(lines: list[Line]) -> int:
    """Print them, leave them for the table, and give the exit code: 0 if all targets are met."""
    for line in lines:
        print(
            f"  {line.work}: {line.measured} (target {line.target}, {line.ratio}) {'ok' if line.met else 'MISSED'}"
        )
    if path := os.environ.get(RESULT):
        Path(path).write_text(json.dumps([asdict(line) for line in lines], ensure_ascii=False))
    return 0 if all(line.met for line in lines) else 1
