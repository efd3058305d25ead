"""`zhili trail audit`: every row the trail covers held against its leaf, and the tree against its heads."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from zhili.conf.auditing import nightly
from zhili.core.files.audited import Stored
from zhili.core.trail.audit import running
from zhili.core.trail.audit.faults import Fault
from zhili.core.trail.audit.running import Report

SOUND, FAULTY, NOT_DONE = 0, 1, 2


def audit(since: int | None, sample: bool, files: bool, as_json: bool) -> int:
    """0: all is as the trail says; 1: faults, each by name; 2: it could not be done."""
    console = Console(highlight=False, soft_wrap=True)
    started = time.monotonic()
    try:
        report = _run(since, sample, files, quiet=as_json or not console.is_terminal)
    except LookupError as error:
        Console(stderr=True).print(f"没有做成 not done: {error}")
        return NOT_DONE
    took = time.monotonic() - started
    if since is None and not sample:
        nightly.keep(report)
    if as_json:
        console.print_json(json.dumps(report.as_json() | {"seconds": round(took, 1)}, ensure_ascii=False))
    else:
        _tell(console, report, took)
    return FAULTY if report.faults else SOUND


def _run(since: int | None, sample: bool, files: bool, *, quiet: bool) -> Report:
    if sample:
        return running.sample()
    columns = (
        TextColumn("{task.description:<28}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), disable=quiet) as bars:
        tasks = {}

        def told(name: str, seen: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=total)
            bars.update(tasks[name], completed=seen, total=max(total, seen))

        if since is not None:
            return running.since(since, told)
        return running.whole([Stored()] if files else [], told)


def _tell(console: Console, report: Report, took: float) -> None:
    rows = sum(report.seen.values())
    for name, seen in report.seen.items():
        console.print(f"{name:<28} {seen:>12,}")
    console.print(f"{rows:,} 行 rows, {took:.1f} s ({rows / max(took, 0.001):,.0f}/s)")
    if not report.faults:
        console.print("[green]全部与存证相符。 Everything is as the trail says.[/]")
        return
    for fault in report.faults:
        console.print(fault.words(), style="red", markup=False)
    total = len(report.faults) + report.more
    console.print(
        f"{total} 处不符；怎么办见 docs/operate.md“核对存证”。 {total} faults; what to do: docs/operate.md."
    )


def standing() -> Iterator[tuple[str, str, str]]:
    """What `zhili doctor` says of the audits of the nights, as (state, what, what to do)."""
    ended, state = nightly.standing()
    if faults := state.get("faults"):
        yield (
            "fail",
            f"存证核对发现 {len(faults)} 处不符 faults in the trail: {Fault(**faults[0]).words()}",
            "zhili trail audit；docs/operate.md“核对存证”",
        )
    elif ended is None and not state:
        yield (
            "warn",
            "没有核对过存证 the trail was never audited",
            "worker 在运行吗？或 or zhili trail audit",
        )
    else:
        old = ended is not None and timezone.now() - ended > 3 * nightly.LATEST
        told = (
            f"存证核对 audit: {timezone.localtime(ended):%F %R}"
            if ended
            else "存证核对进行中 audit under way"
        )
        size = (state.get("tree") or {}).get("size", 0)
        yield (
            "warn" if old else "ok",
            f"{told}，到 to {size:,}",
            "worker 在运行吗？ Is the worker running?" if old else "",
        )
