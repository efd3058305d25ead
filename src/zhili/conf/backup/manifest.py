"""What a backup says of itself: the last entry of the file, and the first that is read."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from zhili.conf.site import Refused

FORMAT: Final = "zhili-backup"
VERSION: Final = 1
ENTRY: Final = "manifest.json"
FILES_ENTRY: Final = "files.tsv.zst"
KEYS_ENTRY: Final = "keys.sealed"


@dataclass(frozen=True)
class Table:
    """One table: its rows as COPY text in the order of the primary key, compressed in ``entry``."""

    name: str
    columns: list[str]
    rows: int
    bytes: int
    sha256: str
    """Of the COPY text, not of its compressed form."""

    @property
    def entry(self) -> str:
        return f"tables/{self.name}.copy.zst"


@dataclass(frozen=True)
class Manifest:
    """Everything a restore needs to know before it touches anything."""

    zhili: str
    postgresql: str
    made: str
    """When the snapshot was taken: ISO 8601, UTC."""
    snapshot: str
    migrations: dict[str, list[str]]
    tables: list[Table]
    sequences: dict[str, tuple[int, bool]]
    """Name → (last value, whether it was given out), read after the tables: never behind them."""
    omitted: list[str]
    """Tables whose rows are not kept: sessions and signs of life."""
    trail: dict[str, Any]
    """``leaves``: how many; ``last``: the highest id; ``sha256``: of their table's text; ``head`` when there is one."""
    files: dict[str, Any]
    """``count``, ``bytes``, ``sha256`` of the list, ``missing``: kept in the records but not found in storage."""
    keys: dict[str, Any] | None
    """``sha256`` of the sealed keys and the ``ids`` in the ring; None when they are not in the file."""
    partitions: dict[str, dict[str, str]] = field(default_factory=dict)
    """Of partitioned tables: their parts by name, with their bounds."""
    format: str = FORMAT
    version: int = VERSION
    notes: list[str] = field(default_factory=list)

    def to_json(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1).encode()

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)


def parse(text: bytes) -> Manifest:
    """The manifest of these bytes. Refused in words when it is not ours, newer than this code, or damaged."""
    try:
        found = json.loads(text)
        kind, version = found["format"], found["version"]
    except (ValueError, KeyError, TypeError):
        raise Refused("文件的清单无法读取。 The list inside the file cannot be read.") from None
    if kind != FORMAT:
        raise Refused(f"这不是治理的备份（{kind}）。 This is not a backup of Zhili ({kind}).")
    if version != VERSION:
        raise Refused(
            f"备份格式为第 {version} 版，本程序只认第 {VERSION} 版，请用与之相应的程序版本恢复。 "
            f"The file has format {version}; this program knows format {VERSION} only. Use the program that made it."
        )
    try:
        tables = [Table(**one) for one in found.pop("tables")]
        sequences = {name: (int(v[0]), bool(v[1])) for name, v in found.pop("sequences").items()}
        return Manifest(tables=tables, sequences=sequences, **found)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise Refused(f"清单不完整：{error}。 The list inside the file is incomplete: {error}.") from None


def safe_name(name: str) -> bool:
    """Whether a name from a file may be written below the storage's root."""
    parts = name.split("/")
    return (
        bool(name)
        and not name.startswith("/")
        and "\\" not in name
        and "\0" not in name
        and not ({"", ".", ".."} & set(parts))
    )
