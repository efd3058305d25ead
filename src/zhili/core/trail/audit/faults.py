"""What an audit finds: which row of which table, which column where it can be known, and what should stand there."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Final

MOST_SHOWN: Final = 80
WORDS: Final = {
    "altered": "内容被改动，与存证不符 altered: not what its leaf says",
    "gone": "记录不见了，存证里有 gone: its leaf stands in the trail",
    "added": "存证里没有这条记录 added: no leaf says so",
    "leaf": "存证本身被改动 the leaf itself was altered",
    "number": "存证编号缺失、重复或错乱 numbers of leaves lacking, doubled or out of order",
    "root": "重算的根与记录不符 the root counted again is another one",
    "tile": "存证树的片与存证不符 a tile of the tree is not what its leaves make it",
    "signature": "签名不成立 a signature does not hold",
    "outside": "与保存在数据库之外的签名根不符 not the signed head kept outside the database",
    "file": "文件内容与其散列不符 a file's bytes are not those of its hash",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing found wrong. ``key``: the primary key, or which leaf or part of the tree where there is no row.

    ``column``: which one, several joined by ``|`` when it must be one of them, "" where it cannot be told. Values are
    told by digest or left out where they may be personal.
    """

    what: str
    table: str
    key: str
    column: str = ""
    expected: str = ""
    found: str = ""

    def words(self) -> str:
        """One line for people: 中文 English, then what was expected and what was found."""
        where = f"{self.table} {self.key}" + (f" [{self.column}]" if self.column else "")
        values = f"：{self.expected} ≠ {self.found}" if self.expected or self.found else ""
        return f"{where} {WORDS[self.what]}{values}"

    def as_json(self) -> dict[str, str]:
        return asdict(self)


def short(value: Any) -> str:
    """A value as a fault tells it."""
    text = bytes(value).hex() if isinstance(value, bytes | memoryview) else str(value)
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"


@dataclass
class Part:
    """What one batch looked at: so many rows, what was wrong, and where to go on (JSON; None at the end)."""

    seen: int = 0
    faults: list[Fault] = field(default_factory=list)
    after: Any = None
    place: Any = None
    """Where the tree stands at the end, for an audit that goes on from there another day."""
