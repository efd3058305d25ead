"""One import from beginning to end, or from where it was stopped to the end.

The whole file is read and judged first; only then do good rows go in, in the file's order. Each batch keeps its
cases and the file's place in one transaction, so a kill at any moment loses nothing and doubles nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import polars as pl
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from zhili.base.geo import gcj02_to_wgs84
from zhili.base.sheets import reading, rejected
from zhili.base.sheets.errors import ImportRefused
from zhili.base.sheets.reading import ROW, Bad, Table
from zhili.core.cases import loading
from zhili.core.cases.importing import checking, codes
from zhili.core.cases.importing.mapping import Mapping
from zhili.core.cases.loading import HistoryRow, Loaded
from zhili.core.cases.models import ImportRun

SIDE: Final = ".rejected.csv"
PATIENCE_S: Final = 600
"""How long to wait for figures that are being rebuilt."""
FIELDS: Final = (
    "id", "opened", "answered", "closed", "title", "text", "answer", "address", "category", "division",
    "office", "outcome", "lon", "lat",
)  # fmt: skip


@dataclass
class Outcome:
    """What an import did. ``before`` rows had been dealt with by an earlier run that was stopped."""

    rows: int = 0
    came_in: int = 0
    already: int = 0
    before: int = 0
    bad: list[Bad] = field(default_factory=list)
    side: Path | None = None
    made: list[str] = field(default_factory=list)
    encoding: str = ""
    whole: bool = True
    steps: int = 0
    seconds: float = 0.0
    first: datetime | None = None
    last: datetime | None = None


@dataclass
class Watcher:
    """Whoever wants to see it go: rows to do, rows done, and why it waits."""

    begin: Callable[[int, int], None] = lambda rows, before: None
    step: Callable[[int], None] = lambda rows: None
    wait: Callable[[str], None] = lambda why: None


def run(
    path: Path,
    mapping: Mapping,
    *,
    dry_run: bool = False,
    limit: int | None = None,
    side: Path | None = None,
    watcher: Watcher | None = None,
) -> Outcome:
    """Import a file. Raises ImportRefused (or MappingRefused), with nothing written, when it cannot be."""
    watcher = watcher or Watcher()
    started = time.monotonic()
    side = side or path.with_name(path.name + SIDE)
    table, sha256, run_ = _open(path, mapping)
    checked = checking.check(table, mapping)
    found = codes.resolve(checked, mapping, write=not dry_run)
    checking.refuse_if_most(checked.bad, table, mapping)
    if limit is not None:
        checked.good = checked.good.filter(pl.col(ROW) <= limit)
        checked.bad = [one for one in checked.bad if one.row <= limit]
    good = checked.good
    outcome = Outcome(
        rows=min(limit or table.rows, table.rows),
        bad=checked.bad,
        side=side if checked.bad else None,
        made=found.made,
        encoding=table.encoding,
        whole=table.whole,
        first=good["opened"].min(),  # type: ignore[arg-type]
        last=good["opened"].max(),  # type: ignore[arg-type]
    )
    _write_side(side, table, checked.bad)
    if not dry_run:
        row = run_ or _begin(path, mapping, table, sha256)
        outcome.before = row.place
        _load(row, mapping, good, found, outcome, watcher)
        if limit is None:
            _end(row, table, len({one.row for one in checked.bad}))
    outcome.seconds = time.monotonic() - started
    return outcome


def _open(path: Path, mapping: Mapping) -> tuple[Table, str, ImportRun | None]:
    """The file, its digest, and an unfinished run of it, or of a shorter one this file begins with."""
    if not path.is_file():
        raise ImportRefused(f"没有文件 {path}。 No such file.")
    runs = list(ImportRun.objects.filter(mapping=mapping.digest).order_by("-place"))
    shorter = tuple({one.size for one in runs if one.size < path.stat().st_size})
    sha256, prefixes = reading.digest(path, shorter)
    table = reading.read(path, mapping.encoding, mapping.delimiter)
    for one in runs:
        if one.sha256 == sha256 and one.finished_at is None:
            return table, sha256, one
        cut = one.finished_at is None and prefixes.get(one.size) == one.sha256
        if cut and not any(r.sha256 == sha256 for r in runs):
            return table, sha256, _begin(path, mapping, table, sha256, place=min(one.place, one.rows))
    return table, sha256, None


def _begin(path: Path, mapping: Mapping, table: Table, sha256: str, place: int = 0) -> ImportRun:
    """A run at its beginning; a finished one of the same file starts again, to find everything in already."""
    row, _made = ImportRun.objects.update_or_create(
        sha256=sha256,
        mapping=mapping.digest,
        defaults={
            "source": mapping.source,
            "file": path.name[:255],
            "size": path.stat().st_size,
            "rows": table.rows,
            "place": place,
            "came_in": 0,
            "already": 0,
            "aside": 0,
            "whole": table.whole,
            "finished_at": None,
        },
    )
    return row


def _load(
    run_: ImportRun,
    mapping: Mapping,
    good: pl.DataFrame,
    found: codes.Codes,
    outcome: Outcome,
    watcher: Watcher,
) -> None:
    todo = good.filter(pl.col(ROW) > run_.place).sort(ROW)
    watcher.begin(good.height, good.height - todo.height)
    size, start = loading.FIRST_BATCH, 0
    while start < todo.height:
        part = todo.slice(start, size)
        began = time.monotonic()
        rows = list(_rows(part, mapping, found))
        loaded = _patiently(partial(_batch, run_, rows, int(part[ROW][-1])), watcher)
        outcome.came_in += loaded.came_in
        outcome.already += loaded.already
        outcome.steps += loaded.steps
        start += part.height
        size = loading.next_size(size, time.monotonic() - began)
        watcher.step(part.height)


def _batch(run_: ImportRun, rows: list[HistoryRow], place: int) -> Loaded:
    with transaction.atomic():
        loaded = loading.load_batch(rows)
        ImportRun.objects.filter(pk=run_.pk).update(
            place=place,
            came_in=F("came_in") + loaded.came_in,
            already=F("already") + loaded.already,
            updated_at=Now(),
        )
    return loaded


def _patiently(work: Callable[[], Loaded], watcher: Watcher) -> Loaded:
    """Figures being rebuilt keep history out for a while: wait for them, a bounded time."""
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            return work()
        except loading.TryLater as later:
            if time.monotonic() > end:
                raise
            watcher.wait(str(later))
            time.sleep(1)


def _end(run_: ImportRun, table: Table, aside: int) -> None:
    changes: dict[str, Any] = {"place": table.rows, "aside": aside, "whole": table.whole, "updated_at": Now()}
    ImportRun.objects.filter(pk=run_.pk).update(**changes, finished_at=Now() if table.whole else None)


def _rows(part: pl.DataFrame, mapping: Mapping, found: codes.Codes) -> Iterator[HistoryRow]:
    source, procedure, public = mapping.source, mapping.procedure, mapping.public
    category, division = found.category, found.division
    for (
        key,
        opened,
        answered,
        closed,
        title,
        text,
        answer,
        address,
        kind,
        place,
        office,
        end,
        lon,
        lat,
    ) in part.select(FIELDS).iter_rows():
        if lon is not None and mapping.gcj02:
            lon, lat = gcj02_to_wgs84(lon, lat)
        yield HistoryRow(
            source, key, procedure, opened, category[kind], title, text, division[place], lon, lat, address,
            found.office[office], answered, answer, closed, found.outcome[end], public,
        )  # fmt: skip


def _write_side(side: Path, table: Table, bad: list[Bad]) -> None:
    try:
        rejected.write(side, table, bad)
    except OSError as error:
        raise ImportRefused(
            f"搁置的行写不进 {side}：{error.strerror}；请用 --rejected 另指一个文件。没有导入任何内容。"
            " The rows set aside cannot be written there: name another file with --rejected. Nothing was imported."
        ) from None
