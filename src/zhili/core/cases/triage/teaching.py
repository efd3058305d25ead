"""Gathering what there is to learn, learning it, and keeping the model: what `zhili triage train` does."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _

from zhili.core import params
from zhili.core.cases.categories import choices
from zhili.core.cases.models import Category
from zhili.core.cases.triage import keeping, training
from zhili.core.cases.triage.examples import MOST, Example, from_cases
from zhili.core.cases.triage.model import Model, save
from zhili.core.cases.triage.reading import read

ENCODINGS = ("utf-8-sig", "gb18030")
LONGEST_CELL = 10_000_000
BACKGROUND = 5_000
"""Matters nobody decided that are read for how rare words are; the newest."""


class BadFile(ValueError):
    """The file cannot be read as told; str() says what is missing."""


def from_file(path: Path, text: str, label: str, title: str = "") -> Iterator[Example]:
    """Rows of a CSV (UTF-8 or GB18030) as examples. Raises BadFile, naming the columns there are."""
    csv.field_size_limit(LONGEST_CELL)
    try:
        rows = csv.DictReader(io.StringIO(_decoded(path), newline=""))
        there = rows.fieldnames or []
        if missing := [column for column in (text, label, title) if column and column not in there]:
            words = _("文件里没有这一列：%(missing)s。有：%(there)s。")
            raise BadFile(words % {"missing": "、".join(missing), "there": "、".join(there)})
        for row in rows:
            yield Example(
                read(row[text] or "", (row[title] or "") if title else ""), (row[label] or "").strip()
            )
    except (OSError, csv.Error) as error:
        raise BadFile(str(error)) from error


def _decoded(path: Path) -> str:
    raw = path.read_bytes()
    for encoding in ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadFile(_("读不出文字：文件应是 UTF-8 或 GB18030 编码。"))


def known_only(given: Iterable[Example], scenario: str) -> Iterator[Example]:
    """Labels as codes of categories in use, given by code or by name; any other counts as not decided."""
    codes = {code: code for code, _name in choices(scenario)}
    by_name = {name: code for code, name in choices(scenario)}
    for one in given:
        yield Example(one.text, codes.get(one.label) or by_name.get(one.label, ""))


def names_of(scenario: str) -> dict[str, list[str]]:
    """What each category in use is called: its own name, its keywords, and the names of those above it."""
    rows = {row.code: row for row in Category.objects.filter(scenario=scenario, active=True)}
    found: dict[str, list[str]] = {}
    for code, _name in choices(scenario):
        above = rows.get(rows[code].parent) if code in rows else None
        if code in rows:
            found[code] = [rows[code].name, *rows[code].words, *([above.name] if above else [])]
    return found


def learn(scenario: str, more: Iterable[Example], at: datetime, *, seed: int = training.SEED) -> Model:
    """From decided matters and ``more``; not kept yet. Raises training.TooFew."""
    return training.learn(
        _some_background([*known_only(more, scenario), *known_only(from_cases(scenario, MOST), scenario)]),
        at,
        right=_right(),
        names=names_of(scenario),
        seed=seed,
    )


def learn_only(given: Iterable[Example], at: datetime, *, seed: int = training.SEED) -> Model:
    """From a file alone, whatever its labels: for trying, never for a site. Raises training.TooFew."""
    rows = list(given)
    names = {one.label: [one.label] for one in rows if one.label}
    return training.learn(rows, at, right=_right(), names=names, seed=seed)


def keep(scenario: str, model: Model) -> Path:
    """In force from now on: the processes of the site take it up within seconds."""
    path = keeping.path(scenario)
    save(model, path)
    keeping.forget()
    return path


def _some_background(given: Iterable[Example]) -> Iterator[Example]:
    left = BACKGROUND
    for one in given:
        if one.label:
            yield one
        elif left:
            left -= 1
            yield one


def _right() -> float:
    text = params.get("triage.right_percent").text
    return min(100, int(text)) / 100 if text.isascii() and text.isdigit() else 0.8
