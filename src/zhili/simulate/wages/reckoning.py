"""What a worker is owed, reckoned a second time: by whoever plays, day by day, in fractions of a fen.

Nothing of `base/wages` is used here: a mistake there would be made twice. 劳动法 44: 150, 200 and 300 percent; 21.75
paid days in a month (both to be confirmed, as there).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Protocol

TIMES = {"workday": Fraction(3, 2), "restday": Fraction(2), "holiday": Fraction(3)}
PAID_DAYS = Fraction(87, 4)


class Did(Protocol):
    @property
    def tenths(self) -> int: ...
    @property
    def overtime(self) -> int: ...
    @property
    def pieces(self) -> int: ...


def earned(pay: str, rate: int, worked: Mapping[date, Did], kinds: Mapping[date, str], scheduled: int) -> int:
    """Fen of a month. One pot for each item of the slip, each rounded once at the end, a half upwards."""
    pots: dict[str, Fraction] = defaultdict(Fraction)
    daily = Fraction(rate) if pay == "day" else rate / PAID_DAYS
    for day, did in worked.items():
        kind = kinds[day]
        share, extra = Fraction(did.tenths, 10), Fraction(did.overtime, 60)
        if kind == "workday" and share > 1:
            share, extra = Fraction(1), extra + (share - 1) * 8
        if pay == "piece":
            worth = Fraction(did.pieces * rate)
            pots["base" if kind == "workday" else kind] += worth * (1 if kind == "workday" else TIMES[kind])
            if kind == "workday" and extra:
                pots["workday"] += worth * extra / (share * 8 + extra) / 2
            continue
        pots[kind] += daily / 8 * extra * TIMES[kind]
        if kind != "workday":
            pots[kind] += daily * share * TIMES[kind]
        else:
            pots["base"] += daily * share if pay == "day" else rate * share / scheduled
    return sum(_whole(pot) for pot in pots.values())


def _whole(amount: Fraction) -> int:
    return int(amount + Fraction(1, 2))
