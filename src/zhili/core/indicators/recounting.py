"""The published figures, counted again from the open data alone, and compared. No database, no Django.

docs/verify_stats.py does the same with the standard library only, written apart. A difference has a name: which
figure, as published and as counted.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from zhili.core.indicators.measures import nearest_rank

FORMAT: Final = "zhili-stats/1"
MATTERS, FIGURES = "matters.csv", "figures.json"
LARGEST: Final = 2**31
"""Bytes of open data that are read; a file that unpacks to more is refused."""
ENDS: Final = ("closed", "refused", "withdrawn")
TIMELY: Final = {"o": "on_time", "u": "unclocked"}


class NotAPublication(ValueError):
    """The file is not one of published statistics, or is cut."""


@dataclass
class Count:
    """Sums over some matters of one month."""

    sums: dict[str, int] = field(default_factory=dict)
    to_answer: list[int] = field(default_factory=list)
    to_close: list[int] = field(default_factory=list)

    def add(self, name: str, amount: int = 1) -> None:
        self.sums[name] = self.sums.get(name, 0) + amount

    def figures(self) -> dict[str, Any]:
        """Every figure by its definition's name."""
        answer, close = _pairs(self.to_answer), _pairs(self.to_close)
        speeds = {
            "to_answer_median": nearest_rank(answer, 0.5),
            "to_answer_p90": nearest_rank(answer, 0.9),
            "to_close_median": nearest_rank(close, 0.5),
            "to_close_p90": nearest_rank(close, 0.9),
        }
        return figures_of(self.sums, speeds)


def figures_of(sums: Mapping[str, int], speeds: Mapping[str, int | None]) -> dict[str, Any]:
    """The figures of a month from its sums and its percentiles of days; shares to four places."""
    names = ("opened", "answered", *ENDS, "reopened", "returned", "overdue", "on_time", "unclocked")
    found: dict[str, Any] = {n: sums.get(n, 0) for n in (*names, "rated", "rating_sum", "settled")}
    found["open"] = found["opened"] - found["settled"]
    found["closed_share"] = share(found["settled"], found["opened"])
    found["reopened_share"] = share(found["reopened"], found["answered"])
    found["on_time_share"] = share(found["on_time"], found["answered"] - found["unclocked"])
    found["rating"] = share(found["rating_sum"], found["rated"])
    return found | dict(speeds)


def share(part: int, whole: int) -> float | None:
    """Rounded to four places, half up, by whole numbers: no two machines differ. None of nothing."""
    return (20_000 * part + whole) // (2 * whole) / 10_000 if whole else None


def recount(rows: Iterable[Mapping[str, str]], month: date) -> dict[str, Any]:
    """``all``, ``by_scenario`` and ``by_category`` of one month, from rows of the open data.

    Raises NotAPublication for a row that cannot be read.
    """
    whole = Count()
    scenarios: dict[str, Count] = {}
    categories: dict[tuple[str, str], Count] = {}
    for number, row in enumerate(rows, start=2):
        try:
            scenario = row["scenario"]
            for count in (whole, scenarios.setdefault(scenario, Count())):
                _add(count, row, month)
            if date.fromisoformat(row["opened"]).replace(day=1) == month:
                one = categories.setdefault((scenario, row["category"]), Count())
                one.add("opened")
                one.add("settled", len(_parts(row["ends"])))
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            raise NotAPublication(f"matters.csv line {number}: {error}") from error
    return {
        "all": whole.figures(),
        "by_scenario": {
            name: one.figures() for name, one in sorted(scenarios.items()) if any(one.sums.values())
        },
        "by_category": [
            category_figures(scenario, category, one.sums.get("opened", 0), one.sums.get("settled", 0))
            for (scenario, category), one in sorted(categories.items())
        ],
    }


def category_figures(scenario: str, category: str, opened: int, settled: int) -> dict[str, Any]:
    """One line of ``by_category``."""
    return {
        "scenario": scenario,
        "category": category,
        "opened": opened,
        "settled": settled,
        "closed_share": share(settled, opened),
    }


def _add(count: Count, row: Mapping[str, str], month: date) -> None:
    opened = date.fromisoformat(row["opened"])
    if opened.replace(day=1) == month:
        count.add("opened")
        count.add("settled", len(_parts(row["ends"])))
    for day, how in _within(row["answers"], month):
        count.add("answered")
        count.add(TIMELY.get(how, "late"))
        count.to_answer.append((day - opened).days)
    for day, outcome in _within(row["ends"], month):
        if outcome not in ENDS:
            raise ValueError(f"unknown outcome {outcome!r}")
        count.add(outcome)
        if outcome == "closed":
            count.to_close.append((day - opened).days)
    for name, column in (("reopened", "reopenings"), ("returned", "returns"), ("overdue", "overdues")):
        count.add(name, len(_within(row[column], month)))
    for _day, mark in _within(row["ratings"], month):
        count.add("rated")
        count.add("rating_sum", int(mark))


def _parts(text: str) -> list[str]:
    return text.split(";") if text else []


def _within(text: str, month: date) -> list[tuple[date, str]]:
    """(day, what stands after it) of the parts that lie in the month."""
    split = [part.partition(":") for part in _parts(text)]
    found = [(date.fromisoformat(day), rest) for day, _colon, rest in split]
    return [(day, rest) for day, rest in found if day.replace(day=1) == month]


def _pairs(days: list[int]) -> list[tuple[int, int]]:
    counts: dict[int, int] = {}
    for one in days:
        counts[one] = counts.get(one, 0) + 1
    return sorted(counts.items())


def read(path: Path) -> tuple[dict[str, Any], bytes]:
    """The document and the open data of a published file. Raises NotAPublication."""
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(one.file_size for one in packed.infolist()) > LARGEST:
                raise NotAPublication("the file unpacks to more than it may")
            document, matters = json.loads(packed.read(FIGURES)), packed.read(MATTERS)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, EOFError) as error:
        raise NotAPublication(f"{type(error).__name__}: {error}") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise NotAPublication(f"not published statistics ({FORMAT})")
    return document, matters


def verify(path: Path, published: Mapping[str, Any] | None = None) -> list[str]:
    """Every difference between a published file's figures (or another document's) and its open data; none when equal.

    Raises NotAPublication.
    """
    document, matters = read(path)
    try:
        month = date.fromisoformat(document["period"]["from"])
        found = recount(csv.DictReader(io.StringIO(matters.decode("utf-8-sig"))), month)
        differences = [*compare(document["figures"], found)]
        if hashlib.sha256(matters).hexdigest() != document["matters_sha256"]:
            differences.append(f"{MATTERS}: sha256")
        if published is not None:
            told = {k: v for k, v in published.items() if k != "publication"}
            differences += [f"published {one}" for one in compare(told, document)]
    except (KeyError, TypeError, ValueError, UnicodeDecodeError) as error:
        if isinstance(error, NotAPublication):
            raise
        raise NotAPublication(f"{type(error).__name__}: {error}") from error
    return differences


def compare(told: Any, found: Any, name: str = "") -> list[str]:
    """Named differences of two documents: ``all.opened: 12 published, 13 counted``."""
    if isinstance(told, Mapping) and isinstance(found, Mapping):
        keys = sorted({*told, *found}, key=str)
        return [
            d for k in keys for d in compare(told.get(k), found.get(k), f"{name}.{k}" if name else str(k))
        ]
    if isinstance(told, list) and isinstance(found, list) and len(told) == len(found):
        return [
            d for i, pair in enumerate(zip(told, found, strict=True)) for d in compare(*pair, f"{name}[{i}]")
        ]
    if isinstance(told, list) and isinstance(found, list):
        return [f"{name}: {len(told)} published, {len(found)} counted"]
    return [] if told == found else [f"{name}: {told} published, {found} counted"]
