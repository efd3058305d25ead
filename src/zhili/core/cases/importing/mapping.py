"""What the columns of a city's file mean: a TOML file, checked to the letter. docs/import.md tells how to write one."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib import resources
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from zhili.base.canonical import canonical
from zhili.base.sheets.errors import MappingRefused

REQUIRED: Final = ("id", "opened")
FIELDS: Final = (
    *REQUIRED, "answered", "closed", "answer", "title", "text", "address", "category", "division", "office",
    "lon", "lat", "outcome",
)  # fmt: skip
TEMPLATES: Final = ("title", "text", "address")
"""Fields that may be put together from several columns: "{type}: {descriptor}"."""
FIXABLE: Final = ("category", "division", "office", "outcome", "address", "title")
SECTIONS: Final[dict[str, tuple[str, ...]]] = {
    "": ("source", "procedure", "encoding", "delimiter", "public", "columns", "fixed", "time", "category",
         "division", "office", "outcome", "place"),
    "columns": FIELDS,
    "fixed": FIXABLE,
    "time": ("formats", "zone"),
    "category": ("values", "others", "empty", "parent", "parent_name", "prefix", "historical"),
    "division": ("values", "others"),
    "office": ("values", "others"),
    "outcome": ("values",),
    "place": ("gcj02",),
}  # fmt: skip
OTHERS: Final = ("create", "reject", "none")
FORMATS: Final = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d",
    "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d",
)  # fmt: skip
"""Tried in this order when the mapping gives none."""
PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True)
class Categories:
    """How values of the category column become codes. ``others``: create, reject or none."""

    values: Dictionary[str, str] = field(default_factory=dict)
    others: str = "reject"
    empty: str = "none"
    parent: str = ""
    parent_name: str = ""
    prefix: str = ""
    historical: bool = True
    """Counted in figures, not offered on forms."""


@dataclass(frozen=True)
class Lookup:
    """Values of the file to codes of this site. ``others``: reject or none."""

    values: Dictionary[str, str] = field(default_factory=dict)
    others: str = "reject"


@dataclass(frozen=True)
class Mapping:
    """A mapping, whole and sound in itself; whether it fits a file, `fit` tells."""

    name: str
    source: str
    columns: Dictionary[str, str]
    procedure: str = "citizen_reports.report"
    encoding: str = ""
    delimiter: str = ","
    public: bool = False
    fixed: Dictionary[str, str] = field(default_factory=dict)
    formats: tuple[str, ...] = FORMATS
    zone: ZoneInfo | None = None
    category: Categories = field(default_factory=Categories)
    division: Lookup = field(default_factory=Lookup)
    office: Lookup = field(default_factory=Lookup)
    outcomes: Dictionary[str, str] = field(default_factory=dict)
    gcj02: bool = False
    digest: str = ""
    text: str = ""

    def used(self, name: str) -> list[str]:
        """The columns of the file a field is made of."""
        given = self.columns.get(name, "")
        return PLACEHOLDER.findall(given) if name in TEMPLATES and "{" in given else [given] if given else []

    def line(self, section: str, key: str) -> int:
        """The line of the mapping where a key stands, 1 for one that is missing."""
        return _line(self.text, section, key)

    def fit(self, there: list[str]) -> None:
        """Raises MappingRefused naming the first column the file does not have."""
        for name in self.columns:
            for column in self.used(name):
                if column not in there:
                    near = get_close_matches(column, there, 1)
                    meant = f"是不是“{near[0]}”？" if near else ""
                    raise MappingRefused(
                        f"映射 {self.name} 第 {self.line('columns', name)} 行：{name} = “{column}”，文件里没有这一列。"
                        f"{meant}文件的列有：{'、'.join(there[:40])}。"
                        f" Line {self.line('columns', name)} of the mapping names the column {column!r} for "
                        f"{name}; the file has no such column."
                    )


def bundled() -> list[str]:
    """Names of the mappings that come with the platform."""
    folder = resources.files("zhili.core.cases.importing") / "mappings"
    return sorted(one.name.removesuffix(".toml") for one in folder.iterdir() if one.name.endswith(".toml"))


def read(name: str) -> Mapping:
    """A mapping by path, or by the name of one that comes along. Raises MappingRefused."""
    path = Path(name)
    if not path.exists() and name in bundled():
        folder = resources.files("zhili.core.cases.importing") / "mappings"
        return parse((folder / f"{name}.toml").read_text("utf-8"), name)
    try:
        return parse(path.read_text("utf-8-sig"), path.name)
    except FileNotFoundError:
        raise MappingRefused(
            f"没有映射文件 {name}；自带的有：{'、'.join(bundled())}。 No such mapping; there are {bundled()}."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise MappingRefused(f"映射文件 {name} 读不出来：{error} The mapping cannot be read.") from None


def parse(text: str, name: str) -> Mapping:
    """A mapping from its TOML. Raises MappingRefused naming the line of whatever does not hold."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MappingRefused(f"映射 {name} 不是有效的 TOML：{error}。 Not valid TOML.") from None
    refuse = _Refusing(name, text)
    _known(given, refuse)
    columns = {key: refuse.text("columns", key, value) for key, value in given.get("columns", {}).items()}
    for key in REQUIRED:
        if not columns.get(key):
            refuse("columns", key, f"[columns] 缺少 {key}。 [columns] lacks {key}.")
    fixed = {key: refuse.text("fixed", key, value) for key, value in given.get("fixed", {}).items()}
    for key in fixed.keys() & columns.keys():
        refuse("fixed", key, f"{key} 不能既是列又是固定值。 {key} is both a column and a fixed value.")
    source = refuse.text("", "source", given.get("source", ""))
    if not 1 <= len(source) <= 40:
        refuse(
            "", "source", "source 应为1至40个字，用来和编号一起辨认每一件。 source takes 1 to 40 characters."
        )
    time = given.get("time", {})
    return Mapping(
        name=name,
        source=source,
        columns=columns,
        procedure=refuse.text("", "procedure", given.get("procedure", Mapping.procedure)),
        encoding=refuse.text("", "encoding", given.get("encoding", "")),
        delimiter=_delimiter(given, refuse),
        public=bool(given.get("public", False)),
        fixed=fixed,
        formats=_formats(time, refuse),
        zone=_zone(time, refuse),
        category=_categories(given.get("category", {}), refuse),
        division=_lookup(given, "division", refuse),
        office=_lookup(given, "office", refuse),
        outcomes=_values(given.get("outcome", {}), "outcome", refuse),
        gcj02=bool(given.get("place", {}).get("gcj02", False)),
        digest=hashlib.sha256(canonical(given)).hexdigest(),
        text=text,
    )


class _Refusing:
    """Says where in the mapping something is wrong."""

    def __init__(self, name: str, text: str) -> None:
        self.name, self.whole = name, text

    def __call__(self, section: str, key: str, words: str) -> None:
        raise MappingRefused(f"映射 {self.name} 第 {_line(self.whole, section, key)} 行：{words}")

    def text(self, section: str, key: str, value: Any) -> str:
        if not isinstance(value, str):
            self(section, key, f"{key} 应是带引号的文字。 {key} must be text in quotes.")
        return str(value)


def _known(given: Dictionary[str, Any], refuse: _Refusing) -> None:
    for key, value in given.items():
        if key not in SECTIONS[""]:
            _unknown("", key, refuse)
        if (key in SECTIONS) != isinstance(value, dict):
            refuse(
                "", key, f"{key} 的写法不对：应写成 [{key}] 一节。 {key} must be a section, or a plain value."
            )
        for inner in value if isinstance(value, dict) else ():
            if inner not in SECTIONS[key]:
                _unknown(key, inner, refuse)


def _unknown(section: str, key: str, refuse: _Refusing) -> None:
    near = get_close_matches(key, SECTIONS[section], 1)
    meant = f"是不是 {near[0]}？" if near else f"可用的有 {'、'.join(SECTIONS[section])}。"
    refuse(section, key, f"不认识 {key}，{meant} Unknown key {key!r}.")


def _delimiter(given: Dictionary[str, Any], refuse: _Refusing) -> str:
    found = refuse.text("", "delimiter", given.get("delimiter", ","))
    if len(found) != 1:
        refuse("", "delimiter", "delimiter 应是一个字符。 delimiter must be one character.")
    return found


def _formats(time: Dictionary[str, Any], refuse: _Refusing) -> tuple[str, ...]:
    found = time.get("formats", FORMATS)
    found = [found] if isinstance(found, str) else found
    if not found or not all(isinstance(one, str) and "%" in one for one in found):
        refuse("time", "formats", 'formats 应是时间格式的列表，如 ["%Y-%m-%d"]。 formats: a list of formats.')
    return tuple(found)


def _zone(time: Dictionary[str, Any], refuse: _Refusing) -> ZoneInfo | None:
    if "zone" not in time:
        return None
    try:
        return ZoneInfo(time["zone"])
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        refuse("time", "zone", f"没有时区 {time['zone']!r}。 No such time zone.")
        return None


def _values(given: Dictionary[str, Any], section: str, refuse: _Refusing) -> dict[str, str]:
    found = given.get("values", {})
    if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
        refuse(section, "values", "values 应是“原值 = 代码”的对照表。 values: a table of texts.")
    return dict(found)


def _others(given: Dictionary[str, Any], section: str, key: str, allowed: tuple[str, ...], refuse: _Refusing,
            usual: str) -> str:  # fmt: skip
    found = given.get(key, usual)
    if found not in allowed:
        refuse(section, key, f"{key} 只能是 {'、'.join(allowed)}。 {key} is one of {', '.join(allowed)}.")
    return str(found)


def _categories(given: Dictionary[str, Any], refuse: _Refusing) -> Categories:
    texts = {
        key: refuse.text("category", key, given.get(key, "")) for key in ("parent", "parent_name", "prefix")
    }
    if len(texts["prefix"]) > 12:
        refuse("category", "prefix", "prefix 最多12个字符。 prefix: at most 12 characters.")
    return Categories(
        values=_values(given, "category", refuse),
        others=_others(given, "category", "others", OTHERS, refuse, "reject"),
        empty=_others(given, "category", "empty", OTHERS[1:], refuse, "none"),
        historical=bool(given.get("historical", True)),
        **texts,
    )


def _lookup(given: Dictionary[str, Any], section: str, refuse: _Refusing) -> Lookup:
    own = given.get(section, {})
    others = _others(own, section, "others", OTHERS[1:], refuse, "reject")
    return Lookup(_values(own, section, refuse), others)


def _line(text: str, section: str, key: str) -> int:
    """Where a key of a section stands, counted from 1; the section's head, or 1, for what is missing."""
    here, head = "", 1
    wanted = re.compile(rf"""\s*(["']?){re.escape(key)}\1\s*=""")
    for number, line in enumerate(text.splitlines(), 1):
        if found := re.match(r"\s*\[+\s*([\w.]+)", line):
            here = found[1]
            if here == section or (not section and here == key):
                head = number
        elif here == section and wanted.match(line):
            return number
    return head
