"""One worker's wage of a month from confirmed days. Integers in fen; every amount is rounded once, at its item.

Rounding: an item's quantity is added up over the month exactly, multiplied by its rate and its percentage, and only
then rounded to the fen, half up (四舍五入). So the order of days never matters, and a month is not dearer than its
days by a fen a day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from zhili.base.wages.law import DAMAGE_PERCENT, DAY_MINUTES, MONTH_DAYS, PERCENT
from zhili.base.wages.terms import ADDED, KINDS, WITHHELD, Day, Deduction, Item, Month, Terms, half_up


def reckon(
    terms: Terms,
    days: Iterable[Day],
    scheduled: int,
    deductions: Iterable[Deduction] = (),
    top_up: int = 0,
) -> Month:
    """A month's wage. ``scheduled``: working days of the month, statutory holidays not among them: who is paid by the
    month and worked all of them has the whole wage, holidays included. ``top_up``: fen added so that the minimum is
    reached.

    Raises ValueError, with words for people, for a day that cannot be and a deduction the law does not know.
    """
    return reckon_parts([(terms, days)], scheduled, deductions, {"top_up": top_up})


def reckon_parts(
    parts: Iterable[tuple[Terms, Iterable[Day]]],
    scheduled: int,
    deductions: Iterable[Deduction] = (),
    added: Mapping[str, int] = MappingProxyType({}),
) -> Month:
    """A month whose rate changed: each part's days by its own terms, every item rounded once for each rate.

    The parts follow one another in time. What belongs to the month as a whole is reckoned over all of it: the
    minimum, what may be taken off, and that a monthly wage is not exceeded by more days than the month has.
    ``added``: fen by ``ADDED``.
    """
    each = [(terms, list(days)) for terms, days in parts]
    worked = _looked_at(day for _terms, days in each for day in days)
    if not 0 < scheduled <= 31 or min(added.values(), default=0) < 0:
        raise ValueError("当月应出勤天数应在1到31之间")
    if len({terms.minimum_month for terms, _days in each}) != 1:
        raise ValueError("一个月只有一个最低工资标准")
    items: list[Item] = []
    left = whole = 10 * scheduled
    for terms, days in each:
        mine = sorted(days, key=lambda day: day.date)
        earn = {"day": _by_day, "month": _by_month, "piece": _by_piece}[terms.basis]
        found = [one for one in earn(terms, mine, Share(left, whole)) if one.amount or one.quantity]
        items += [replace(one, rate=terms.rate) for one in found] if len(each) > 1 else found
        if terms.basis == "month":
            left = max(0, left - sum(_within(day) for day in mine if _as_workday(terms, day)))
    for name, (title, grounds) in ADDED.items():
        if amount := added.get(name, 0):
            items.append(Item(name, title, amount, grounds=grounds))
    gross = sum(one.amount for one in items)
    ordinary = sum(one.amount for one in items if one.name in ("base", "top_up"))
    minimum = _minimum(each, scheduled)
    taken = _take_off(list(deductions), gross, minimum)
    withheld = -sum(one.amount for one in taken)
    return Month(
        items=(*items, *taken),
        gross=gross,
        withheld=withheld,
        net=gross - withheld,
        ordinary=ordinary,
        minimum=minimum,
        days=sum(day.tenths for day in worked),
        overtime_minutes=sum(day.overtime_minutes for day in worked),
        leaves=_leaves(worked),
    )


@dataclass(frozen=True, slots=True)
class Share:
    """Tenths of a month's working days: how many a monthly wage still pays for, and how many there are."""

    left: int
    whole: int


def _looked_at(days: Iterable[Day]) -> list[Day]:
    worked = sorted(days, key=lambda day: day.date)
    for before, day in zip([None, *worked], worked, strict=False):
        if before is not None and before.date == day.date:
            raise ValueError(f"{day.date:%Y-%m-%d} 有两条确认记录，请先更正")
        if not (0 <= day.tenths <= 20 and 0 <= day.overtime_minutes <= 960 and day.pieces >= 0):
            raise ValueError(f"{day.date:%Y-%m-%d} 的出勤数不在可能的范围内")
        if day.kind not in KINDS:
            raise ValueError(f"{day.date:%Y-%m-%d} 不知是工作日还是休息日")
    return worked


def _as_workday(terms: Terms, day: Day) -> bool:
    """Whether the day's own hours are paid plainly: rest days too, where hours are reckoned over a period."""
    return day.kind == "workday" or (terms.comprehensive and day.kind == "restday")


def _within(day: Day) -> int:
    """Tenths within a day's hours. What goes beyond is overtime, whether it was written as a second shift or in
    minutes.
    """
    return min(day.tenths, 10)


def _beyond(day: Day) -> int:
    """Minutes beyond a day's hours."""
    return (day.tenths - _within(day)) * DAY_MINUTES // 10 + day.overtime_minutes


def _all_minutes(day: Day) -> int:
    return day.tenths * (DAY_MINUTES // 10) + day.overtime_minutes


def _by_day(terms: Terms, days: list[Day], _share: Share) -> Iterable[Item]:
    plain = [day for day in days if _as_workday(terms, day)]
    yield _of(
        "base",
        "日工资",
        plain,
        _within,
        "tenths",
        lambda n: half_up(terms.rate * n, 10),
        ("days", "agreed"),
    )
    yield from _extra(terms, days, terms.rate, 1)


def _by_month(terms: Terms, days: list[Day], share: Share) -> Iterable[Item]:
    plain = [day for day in days if _as_workday(terms, day)]

    def worth(tenths: int) -> int:
        return half_up(terms.rate * min(tenths, share.left), share.whole)

    yield _of("base", "月工资", plain, _within, "tenths", worth, ("days", "agreed"))
    paid, whole = MONTH_DAYS
    yield from _extra(terms, days, terms.rate * whole, paid)


def _extra(terms: Terms, days: list[Day], daily: int, over: int) -> Iterable[Item]:
    """Work beyond a day's hours, on rest days and on holidays; the daily wage is ``daily / over`` fen."""
    per_minute = over * DAY_MINUTES * 100
    for kind in KINDS:
        percent = PERCENT[kind]
        of_kind = [day for day in days if _extra_kind(terms, day) == kind]
        minutes = _beyond if kind == "workday" else _all_minutes

        def worth(n: int, percent: int = percent) -> int:
            return half_up(daily * n * percent, per_minute)

        yield _of(
            f"{kind}_extra",
            {"workday": "加点工资", "restday": "休息日工资", "holiday": "法定节假日工资"}[kind],
            [day for day in of_kind if minutes(day)],
            minutes,
            "minutes",
            worth,
            (f"{kind}_{percent}", *(("month_2175",) if over != 1 else ())),
            percent,
        )


def _extra_kind(terms: Terms, day: Day) -> str:
    return "workday" if _as_workday(terms, day) else day.kind


def _by_piece(terms: Terms, days: list[Day], _share: Share) -> Iterable[Item]:
    """Pieces at their rate; those of rest days and holidays at 200% and 300%.

    Of a working day with overtime, the share of its pieces that falls to the overtime (by minutes) brings the
    further 50%.
    """
    plain = [day for day in days if _as_workday(terms, day)]
    yield _of(
        "base", "计件工资", plain, lambda d: d.pieces, "pieces", lambda n: n * terms.rate, ("days", "agreed")
    )
    yield _piece_overtime(terms, plain)
    for kind in ("restday", "holiday"):
        percent = PERCENT[kind]

        def worth(n: int, percent: int = percent) -> int:
            return half_up(n * terms.rate * percent, 100)

        yield _of(
            f"{kind}_extra",
            {"restday": "休息日计件工资", "holiday": "法定节假日计件工资"}[kind],
            [day for day in days if _extra_kind(terms, day) == kind],
            lambda d: d.pieces,
            "pieces",
            worth,
            (f"{kind}_{percent}",),
            percent,
        )


def _piece_overtime(terms: Terms, plain: list[Day]) -> Item:
    over = [day for day in plain if _beyond(day) and day.pieces]
    # One denominator for all days, so that the month is rounded once like everything else.
    denominator = 1
    for day in over:
        denominator *= _all_minutes(day)
    share = sum(denominator // _all_minutes(day) * _beyond(day) * day.pieces for day in over)
    further = PERCENT["workday"] - 100
    amount = half_up(share * terms.rate * further, denominator * 100)
    return Item(
        "workday_extra",
        "加点计件工资",
        amount,
        sum(_beyond(day) for day in over),
        "minutes",
        further,
        ("workday_150",),
        _leaves(over),
    )


def _of(
    name: str,
    title: str,
    days: Sequence[Day],
    count: Callable[[Day], int],
    unit: str,
    worth: Callable[[int], int],
    grounds: tuple[str, ...],
    percent: int = 100,
) -> Item:
    quantity = sum(count(day) for day in days)
    return Item(name, title, worth(quantity), quantity, unit, percent, grounds, _leaves(days))


def _leaves(days: Iterable[Day]) -> tuple[int, ...]:
    return tuple(sorted({leaf for day in days for leaf in day.leaves}))


def _minimum(parts: list[tuple[Terms, list[Day]]], scheduled: int) -> int:
    plain = sum(_within(day) for terms, days in parts for day in days if _as_workday(terms, day))
    return half_up(parts[0][0].minimum_month * min(plain, 10 * scheduled), 10 * scheduled)


def _take_off(deductions: list[Deduction], gross: int, minimum: int) -> list[Item]:
    """In the order of ``WITHHELD``: never more than there is; damages neither above their share nor below the
    minimum.
    """
    for one in deductions:
        if one.kind not in WITHHELD:
            raise ValueError("只能扣税、社保、法院文书、已预支的工资和赔偿；罚款、食宿费等不能从工资里扣")
        if one.amount <= 0:
            raise ValueError("扣款以分为单位，应为正整数")
    order = list(WITHHELD)
    left, damage = gross, gross * DAMAGE_PERCENT // 100
    items = []
    for one in sorted(deductions, key=lambda d: order.index(d.kind)):
        most = left
        if one.kind == "damage":
            most = max(0, min(left - minimum, damage))
        taken = min(one.amount, most)
        left -= taken
        damage -= taken if one.kind == "damage" else 0
        grounds = ("damage_20", "ledger") if one.kind == "damage" else ("ledger",)
        leaves = () if one.leaf is None else (one.leaf,)
        items.append(
            Item(
                one.kind, WITHHELD[one.kind], -taken, grounds=grounds, leaves=leaves, left=one.amount - taken
            )
        )
    return items
