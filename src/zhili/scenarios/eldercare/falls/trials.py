"""Reads recorded trials: daily acts and falls of persons who acted them. Needed to learn and to prove, not to run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from zhili.scenarios.eldercare.falls.features import Numbers
from zhili.scenarios.eldercare.falls.resampling import Rows
from zhili.scenarios.eldercare.falls.stream import Detector

BEGINNING: Final = datetime(2026, 1, 1, tzinfo=UTC)
BEFORE, AFTER = 0.5, 1.0  # s around the marked fall in which its peak may lie
OLD: Final = "U2"  # persons U21 … U30 are the old ones; they acted no falls


@dataclass(frozen=True, slots=True)
class Trial:
    """`hz` is counted, rows over seconds: the marks of time are those of arrival, in bursts of a tenth of a second."""

    name: str
    person: str
    rows: Rows
    hz: float
    fall: tuple[float, float] | None  # s from the start

    @property
    def seconds(self) -> float:
        return len(self.rows) / self.hz

    @property
    def act(self) -> str:
        return self.name[:3]

    @property
    def old(self) -> bool:
        return int(self.person[1:]) > 20

    def falling(self, second: float) -> bool:
        return self.fall is not None and self.fall[0] - BEFORE <= second <= self.fall[1] + AFTER

    def innocent(self, second: float) -> bool:
        """Certainly no part of a fall."""
        return self.fall is None or second < self.fall[0] - 1.5


def load(path: Path) -> list[Trial]:
    """The trials of a CSV (gzip) with trial, person, is_fall, fall_start_s, fall_end_s, t_s, ax, ay, az."""
    marks = {"fall_start_s": pl.Float64, "fall_end_s": pl.Float64}
    table = pl.read_csv(path, schema_overrides=marks, null_values=[""])
    found = []
    for _, rows in table.group_by("trial", maintain_order=True):
        seconds = rows["t_s"].to_numpy()
        name, person, is_fall, start, end = rows.row(0)[:5]
        accelerations = rows.select("ax", "ay", "az").to_numpy().astype(np.float32)
        hz = (len(seconds) - 1) / float(seconds[-1] - seconds[0])
        found.append(Trial(name, person, accelerations, hz, (start, end) if is_fall else None))
    return found


def thinned(trial: Trial) -> Trial:
    """Every fifth row left out: a daily act at the rate of the falls."""
    keep = np.arange(len(trial.rows)) % 5 != 4
    return replace(trial, rows=trial.rows[keep], hz=trial.hz * 0.8)


def streamed(detector: Detector, trial: Trial, chunk: float = 1.0) -> list[tuple[float, float]]:
    """(second, likelihood) of all the detector says of a trial handed over in chunks of so many seconds."""
    state: bytes | None = None
    found: list[tuple[float, float]] = []
    size = max(1, round(chunk * trial.hz))
    for first in range(0, len(trial.rows), size):
        at = BEGINNING + timedelta(seconds=first / trial.hz)
        state, said = detector.push(state, trial.rows[first : first + size], trial.hz, at)
        found += [((when - BEGINNING).total_seconds(), likelihood) for when, likelihood in said]
    return found


def by_person(trials: Iterable[Trial]) -> dict[str, list[Trial]]:
    found: dict[str, list[Trial]] = {}
    for trial in trials:
        found.setdefault(trial.person, []).append(trial)
    return dict(sorted(found.items()))


def plain_peaks(trial: Trial) -> Iterator[tuple[float, float]]:
    """(second, m/s²) of the peaks of the raw magnitude, the highest within a second: the plain threshold's view."""
    size: Numbers = np.sqrt((trial.rows.astype(np.float64) ** 2).sum(axis=1))
    apart = round(trial.hz)
    for row in range(len(size)):
        near = size[max(0, row - apart) : row + apart + 1]
        if size[row] >= near.max() and not (size[max(0, row - apart) : row] == size[row]).any():
            yield row / trial.hz, float(size[row])
