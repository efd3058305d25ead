"""What a decision table is: columns in, columns out, rows with a citation each, and which rows win.

A table is data: it says nothing about dates, who confirmed it or what a row is used for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Literal, TypeAlias

Number: TypeAlias = int | Decimal
Value: TypeAlias = int | Decimal | bool | str
Hit = Literal["unique", "first", "collect"]
Kind = Literal["number", "money", "choice", "boolean", "text"]

HITS: Final[tuple[Hit, ...]] = ("unique", "first", "collect")
IN_KINDS: Final[tuple[Kind, ...]] = ("number", "money", "choice", "boolean")
OUT_KINDS: Final[tuple[Kind, ...]] = (*IN_KINDS, "text")


@dataclass(frozen=True, slots=True)
class Anything:
    """Every value, also a fact nobody gave."""


ANY: Final = Anything()


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of these choices."""

    choices: frozenset[str]

    def __init__(self, *choices: str) -> None:
        object.__setattr__(self, "choices", frozenset(choices))


@dataclass(frozen=True, slots=True)
class Interval:
    """Numbers from ``low`` to ``high``; None is without end. Closed ends belong to it. Money is in fen."""

    low: Number | None = None
    high: Number | None = None
    low_closed: bool = True
    high_closed: bool = False


@dataclass(frozen=True, slots=True)
class Is:
    """Yes or no."""

    value: bool


Condition: TypeAlias = Anything | OneOf | Interval | Is


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``name`` is the key of a fact or of an output, ``title`` what people read.

    ``choices``: of a choice, all it may be. ``unit``: 人, 平方米, 倍; money is in fen and shown in yuan. ``least`` and
    ``most`` bound a number (both belong to it): facts beyond them are refused and gaps beyond them do not count.
    ``whole``: only whole numbers, so that "up to 2" and "from 3" leave nothing between. Money is always whole, and
    from 0 when ``least`` says nothing else.
    """

    name: str
    title: str
    kind: Kind = "number"
    choices: tuple[str, ...] = ()
    unit: str = ""
    least: Number | None = None
    most: Number | None = None
    whole: bool = False

    def __post_init__(self) -> None:
        if self.kind == "money":
            object.__setattr__(self, "whole", True)
            if self.least is None:
                object.__setattr__(self, "least", 0)


@dataclass(frozen=True, slots=True)
class Row:
    """``when`` every condition holds (a column not named: any value), ``then`` these outputs; ``citation``: the article
    of law or the document it rests on. ``number`` is how people call the row, from 1."""

    number: int
    when: Mapping[str, Condition]
    then: Mapping[str, Value]
    citation: str


@dataclass(frozen=True, slots=True)
class Table:
    """``hit``: *unique*, one row at most holds; *first*, the first that holds in the order of the rows; *collect*, all
    that hold, none being an answer too."""

    name: str
    title: str
    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]
    hit: Hit = "unique"
    rows: tuple[Row, ...] = field(default=())

    def row(self, number: int) -> Row | None:
        """The row people call by this number."""
        return next((one for one in self.rows if one.number == number), None)


class BadFacts(ValueError):
    """Facts a table cannot be asked with; ``columns`` are the names at fault."""

    def __init__(self, words: str, columns: tuple[str, ...]) -> None:
        super().__init__(words)
        self.words = words
        self.columns = columns


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a table says about facts. ``rows``: numbers of the rows that hold (of *first*: the one that won).

    ``values``: outputs by name, in a *collect* table tuples in the order of ``rows``; empty when no row holds, and
    when several rows of a *unique* table do (``ambiguous``), which a table in force never has.
    """

    rows: tuple[int, ...]
    values: Mapping[str, Value | tuple[Value, ...]]
    ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a table cannot be relied on.

    ``kind``: *gap*, facts no row holds for; *overlap*, facts two rows hold for; *never*, a row that can hold for
    nothing; *unknown column*; *no citation*; *bad value*; *too large*, more than can be proven here. ``rows``: their
    numbers. ``example``: facts that show it. ``column``: its name, where it is one. ``words``: the reason.
    """

    kind: str
    words: str
    rows: tuple[int, ...] = ()
    example: Mapping[str, Value] = field(default_factory=dict)
    column: str = ""
