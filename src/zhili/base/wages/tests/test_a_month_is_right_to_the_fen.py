"""Wages against a second calculation, written day by day with fractions and knowing nothing of the first."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhili.base.wages.month import reckon, reckon_parts
from zhili.base.wages.terms import Deduction, Terms

SCHEDULED = 22


@dataclass(frozen=True)
class Worked:
    date: date
    tenths: int = 10
    overtime_minutes: int = 0
    pieces: int = 0
    kind: str = "workday"
    leaves: tuple[int, ...] = ()


def rounded(amount: Fraction) -> int:
    exact = Decimal(amount.numerator) / Decimal(amount.denominator)
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def naive(*parts: tuple[Terms, list[Worked]]) -> int:
    """Earned, in fen: one pot for each item at each rate, a day at a time, the earliest day first."""
    pots: dict[tuple[int, str], Fraction] = {}
    month_left = Fraction(SCHEDULED)
    paid_days = Fraction(2175, 100)
    for number, terms, day in sorted(
        ((number, terms, day) for number, (terms, days) in enumerate(parts) for day in days),
        key=lambda one: one[2].date,
    ):

        def put(pot: str, amount: Fraction, number: int = number) -> None:
            pots[number, pot] = pots.get((number, pot), Fraction(0)) + amount

        kind = "workday" if terms.comprehensive and day.kind == "restday" else day.kind
        times = {"workday": Fraction(3, 2), "restday": Fraction(2), "holiday": Fraction(3)}[kind]
        share = Fraction(day.tenths, 10)
        hours = Fraction(day.overtime_minutes, 60)
        if kind == "workday" and share > 1:  # a second shift is overtime
            share, hours = Fraction(1), hours + (share - 1) * 8
        if terms.basis == "piece":
            worth = Fraction(day.pieces * terms.rate)
            if kind == "workday":
                put("base", worth)
                if hours:
                    put("workday", worth * hours / (hours + share * 8) / 2)
            else:
                put(kind, worth * times)
            continue
        daily = Fraction(terms.rate) if terms.basis == "day" else terms.rate / paid_days
        put(kind, daily / 8 * hours * times)
        if kind != "workday":
            put(kind, daily * share * times)
        elif terms.basis == "day":
            put("base", daily * share)
        else:
            paid = min(share, month_left)
            month_left -= paid
            put("base", terms.rate * paid / SCHEDULED)
    return sum(rounded(pot) for pot in pots.values())


months = st.lists(
    st.builds(
        Worked,
        date=st.dates(date(2026, 10, 1), date(2026, 10, 31)),
        tenths=st.integers(0, 20),
        overtime_minutes=st.integers(0, 600),
        pieces=st.integers(0, 400),
        kind=st.sampled_from(["workday", "restday", "holiday"]),
    ),
    max_size=31,
    unique_by=lambda one: one.date,
)
all_terms = st.builds(
    Terms,
    basis=st.sampled_from(["day", "month", "piece"]),
    rate=st.integers(1, 2_000_000),
    minimum_month=st.just(0),
    comprehensive=st.booleans(),
)


@settings(max_examples=300, deadline=None)
@given(all_terms, months)
def test_both_calculations_agree_whatever_was_worked(terms: Terms, days: list[Worked]) -> None:
    got = reckon(terms, days, SCHEDULED)
    assert got.gross == got.net == naive((terms, days))
    assert reckon(terms, list(reversed(days)), SCHEDULED) == got


@settings(max_examples=300, deadline=None)
@given(all_terms, all_terms, months, st.integers(1, 32))
def test_a_month_with_two_rates_agrees_too(old: Terms, new: Terms, days: list[Worked], since: int) -> None:
    before = [one for one in days if one.date.day < since]
    after = [one for one in days if one.date.day >= since]
    got = reckon_parts([(old, before), (new, after)], SCHEDULED)
    assert got.gross == naive((old, before), (new, after))
    assert {one.rate for one in got.items} <= {old.rate, new.rate}
    if not after:
        assert got.gross == reckon(old, days, SCHEDULED).gross


def test_a_raise_within_the_month_rounds_once_for_each_rate() -> None:
    days = [Worked(date(2026, 10, n), tenths=5, leaves=(n,)) for n in range(8, 14)]
    old, new = Terms("day", 30_001, minimum_month=220_000), Terms("day", 33_333, minimum_month=220_000)
    got = reckon_parts([(old, days[:3]), (new, days[3:])], 22)
    # 30001 × 1.5 = 45001.5 and 33333 × 1.5 = 49999.5, each half up
    assert [(one.rate, one.amount, one.leaves) for one in got.items] == [
        (30_001, 45_002, (8, 9, 10)),
        (33_333, 50_000, (11, 12, 13)),
    ]
    assert (got.minimum, got.days) == (30_000, 30)  # of the month as a whole
    with pytest.raises(ValueError, match="两条确认"):
        reckon_parts([(old, days[:3]), (new, days[2:])], 22)


def test_a_full_month_is_the_monthly_wage_and_a_week_its_share() -> None:
    terms = Terms("month", 1_000_001)
    full = [Worked(date(2026, 10, n)) for n in range(1, 23)]
    assert reckon(terms, full, 22).net == 1_000_001
    assert reckon(terms, full[:5], 22).net == 227_273  # 1000001 × 5 ÷ 22 = 227273.0
    assert reckon(terms, [], 22).net == 0


def test_every_item_names_the_leaves_of_its_days() -> None:
    days = [
        Worked(date(2026, 10, 9), leaves=(11, 12)),
        Worked(date(2026, 10, 12), overtime_minutes=90, leaves=(21,)),
        Worked(date(2026, 10, 1), kind="holiday", leaves=(1,)),
    ]
    items = {one.name: one for one in reckon(Terms("day", 30_000), days, 18).items}
    assert {name: one.leaves for name, one in items.items()} == {
        "base": (11, 12, 21),
        "workday_extra": (21,),
        "holiday_extra": (1,),
    }
    assert [items[name].amount for name in items] == [60_000, 8_438, 90_000]  # 300 ÷ 480 × 90 × 150% = 84.375


def test_a_wage_below_the_minimum_says_how_much_is_missing_and_a_top_up_mends_it() -> None:
    terms = Terms("day", 8_000, minimum_month=249_000)
    half = [Worked(date(2026, 10, n), overtime_minutes=120) for n in range(1, 12)]
    low = reckon(terms, half, 22)
    assert (low.minimum, low.ordinary, low.short) == (124_500, 88_000, 36_500)  # overtime is not counted in
    mended = reckon(terms, half, 22, top_up=low.short)
    assert mended.short == 0
    assert mended.gross == low.gross + 36_500


def test_what_is_taken_off_has_limits_and_nothing_is_lost() -> None:
    terms = Terms("day", 20_000, minimum_month=220_000)
    days = [Worked(date(2026, 10, n)) for n in range(1, 12)]  # earned 220000, minimum 110000
    got = reckon(terms, days, 22, [Deduction("damage", 90_000, 5), Deduction("advance", 30_000, 4)])
    assert [(one.name, one.amount, one.left) for one in got.items[1:]] == [
        ("advance", -30_000, 0),
        ("damage", -44_000, 46_000),  # a fifth of what was earned
    ]
    assert (got.net, got.left) == (146_000, 46_000)
    all_gone = reckon(terms, days, 22, [Deduction("advance", 300_000)])
    assert (all_gone.net, all_gone.left) == (0, 80_000)
    with pytest.raises(ValueError, match="不能从工资里扣"):
        reckon(terms, days, 22, [Deduction("board", 1_000)])


def test_days_that_cannot_be_are_refused_in_words() -> None:
    terms = Terms("day", 20_000)
    for days, words in (
        ([Worked(date(2026, 10, 9)), Worked(date(2026, 10, 9))], "两条确认"),
        ([Worked(date(2026, 10, 9), tenths=21)], "不在可能的范围"),
        ([Worked(date(2026, 10, 9), kind="feast")], "工作日还是休息日"),
    ):
        with pytest.raises(ValueError, match=words):
            reckon(terms, days, 22)
    with pytest.raises(ValueError, match="正整数"):
        Terms("day", 0)


def test_statutory_holidays_of_a_monthly_wage_are_in_it_and_those_worked_come_on_top() -> None:
    """A month's working days leave its holidays out, so who worked all of them has the whole wage, holidays paid; of
    a daily wage a holiday not worked is paid only where it is entered as leave (劳动法 51: to be confirmed)."""
    terms = Terms("month", 660_000)
    october = [Worked(date(2026, 10, n)) for n in (8, 9, *range(12, 17), *range(19, 24), *range(26, 31))]
    assert reckon(terms, october, len(october)).net == 660_000
    worked = [*october, Worked(date(2026, 10, 1), kind="holiday")]
    more = reckon(terms, worked, len(october)).net - 660_000
    assert more == 91_034  # 6600 ÷ 21.75 × 300% = 910.3448…
    assert reckon(Terms("day", 30_000), october, len(october)).net == 30_000 * len(october)


def test_what_is_added_stands_by_its_name_and_only_a_top_up_counts_towards_the_minimum() -> None:
    terms = Terms("day", 8_000, minimum_month=220_000)
    days = [Worked(date(2026, 10, n)) for n in range(1, 12)]
    plain = reckon(terms, days, 22)
    got = reckon_parts([(terms, days)], 22, added={"leave": 16_000, "back_pay": 500})
    assert [(one.name, one.amount) for one in got.items[1:]] == [("back_pay", 500), ("leave", 16_000)]
    assert (got.gross, got.short) == (plain.gross + 16_500, plain.short)
    assert plain.short == 22_000
    with pytest.raises(ValueError, match="当月应出勤"):
        reckon_parts([(terms, days)], 22, added={"leave": -1})
