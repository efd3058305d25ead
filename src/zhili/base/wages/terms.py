"""What a month's wage is reckoned from, and what it comes to: days, terms, items. Amounts are integers in fen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal, Protocol

Basis = Literal["day", "month", "piece"]
Kind = Literal["workday", "restday", "holiday"]
KINDS: Final[tuple[Kind, ...]] = ("workday", "restday", "holiday")
WITHHELD: Final = {
    "tax": "代扣个人所得税",
    "insurance": "代缴社会保险费",
    "court": "法院文书要求扣缴",
    "advance": "已预支工资",
    "damage": "赔偿单位损失",
}
"""What may be taken off, in this order. Anything else (fines, board, lodging) is refused: it is paid apart."""


ADDED: Final = {
    "top_up": ("补足最低工资", ("minimum",)),
    "back_pay": ("补发以前少发的工资", ("ledger",)),
    "leave": ("假期工资", ("leave_51", "agreed")),
}
"""What may be added to what the days earned. Only a top-up counts towards the minimum of the days worked."""


class Day(Protocol):
    """A day as worker, team leader and firm confirmed it. ``tenths``: of a day's work, 0–20 (a double shift);
    ``leaves``: of its proof.
    """

    @property
    def date(self) -> date: ...
    @property
    def tenths(self) -> int: ...
    @property
    def overtime_minutes(self) -> int: ...
    @property
    def pieces(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def leaves(self) -> Sequence[Any]: ...


@dataclass(frozen=True, slots=True)
class Terms:
    """What the contract in force says. ``rate``: fen a day, a month, or a piece.

    ``minimum_month``: the local minimum wage in fen. ``comprehensive``: hours reckoned over a period
    (综合计算工时), which an authority has allowed: then a rest day is a day like others, a holiday is not.
    """

    basis: Basis
    rate: int
    minimum_month: int = 0
    comprehensive: bool = False

    def __post_init__(self) -> None:
        if self.basis not in ("day", "month", "piece"):
            raise ValueError(f"计薪方式应为按日、按月、计件之一：{self.basis}")
        if not 0 < self.rate <= 10**9 or not 0 <= self.minimum_month <= 10**9:
            raise ValueError("工资标准以分为单位，应为正整数")


@dataclass(frozen=True, slots=True)
class Deduction:
    """Something to take off: one of ``WITHHELD``, its amount in fen (above 0), and the leaf that proves it."""

    kind: str
    amount: int
    leaf: int | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a wage slip. ``amount`` in fen, negative when taken off; ``leaves``: of the days it rests on.

    ``quantity``: tenths of a day, minutes or pieces, as ``unit`` says. ``left``: what the law did not let be taken
    off. ``rate``: fen, the rate it goes by, in a month with several; else 0.
    """

    name: str
    title: str
    amount: int
    quantity: int = 0
    unit: str = ""
    percent: int = 100
    grounds: tuple[str, ...] = ()
    leaves: tuple[int, ...] = ()
    left: int = 0
    rate: int = 0

    def as_json(self) -> dict[str, Any]:
        more = {"rate": self.rate} if self.rate else {}
        return {
            "name": self.name,
            "amount": self.amount,
            "quantity": self.quantity,
            "unit": self.unit,
            "percent": self.percent,
            "left": self.left,
            "grounds": list(self.grounds),
            "leaves": list(self.leaves),
            **more,
        }


@dataclass(frozen=True, slots=True)
class Month:
    """The wage of one worker in one month, in fen. ``gross``: earned; ``net``: to be paid to the account.

    ``ordinary``: earned without overtime, which is what the minimum is compared with; ``minimum``: the minimum for
    the share of the month worked; ``short``: how much is missing to it (0 when nothing is).
    """

    items: tuple[Item, ...]
    gross: int
    withheld: int
    net: int
    ordinary: int
    minimum: int
    days: int
    overtime_minutes: int
    leaves: tuple[int, ...]

    @property
    def short(self) -> int:
        return max(0, self.minimum - self.ordinary)

    @property
    def left(self) -> int:
        """What could not be taken off this month, in fen."""
        return sum(one.left for one in self.items)


def half_up(numerator: int, denominator: int) -> int:
    """The nearest integer, a half upwards. Both are 0 or more; raises ValueError otherwise."""
    if numerator < 0 or denominator <= 0:
        raise ValueError("only amounts of 0 or more are rounded")
    return (2 * numerator + denominator) // (2 * denominator)
