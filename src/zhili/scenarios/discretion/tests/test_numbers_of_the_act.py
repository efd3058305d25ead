"""Every number of 行政处罚法 that is counted here, against its article."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from zhili.base.calendar import Calendar
from zhili.base.clock import Duration
from zhili.core.params import declarations
from zhili.scenarios.discretion import law
from zhili.scenarios.discretion.law import Span, late_fee

# National Day 2026 as it was worked: 1–7 October free, Sunday 20 September and Saturday 10 October worked.
OCTOBER = Calendar(
    off=frozenset(date(2026, 10, day) for day in (1, 2, 5, 6, 7)),
    on=frozenset({date(2026, 9, 20), date(2026, 10, 10)}),
)


def test_limits_are_those_of_the_act_and_its_short_ones_are_working_days() -> None:
    wanted = {
        "discretion.decide": ("90d", "第六十条"),
        "discretion.serve": ("7wd", "第六十一条、第八十五条"),
        "discretion.pay": ("15d", "第六十七条"),
        "discretion.ask_hearing": ("5wd", "第六十四条、第八十五条"),
        "discretion.preserved": ("7wd", "第五十六条、第八十五条"),
        "discretion.hand_in": ("2wd", "第七十一条、第八十五条"),
    }
    known = declarations.declared()
    for key, (limit, article) in wanted.items():
        assert (known[key].default, known[key].article) == (limit, article)
        assert known[key].confirmed
        assert Duration.parse(limit)
    unsure = [p for key, p in known.items() if key.startswith("discretion.") and not p.article]
    assert not [p.key for p in unsure if p.confirmed], "what the Act does not say is shown as 待确认"


def test_a_hearing_is_seven_whole_working_days_after_its_notice_over_a_holiday() -> None:
    # notice on Monday 28 September: 29, 30 September, 8, 9, 10 (a worked Saturday), 12, 13 October lie between
    assert law.hearing_from(date(2026, 9, 28), OCTOBER) == date(2026, 10, 14)
    assert law.hearing_from(date(2026, 11, 2), Calendar()) == date(2026, 11, 12)


def test_a_window_counts_from_the_day_it_was_served_not_from_when_it_was_written_down() -> None:
    served = date(2026, 9, 28)
    assert law.working_days_left(served, served, 5, OCTOBER) == 5
    assert law.working_days_left(served, date(2026, 10, 7), 5, OCTOBER) == 3
    assert law.working_days_left(served, date(2026, 10, 10), 5, OCTOBER) == 0
    assert law.working_days_left(served, date(2026, 11, 1), 5, OCTOBER) == 0
    assert (law.days_left(served, served, 15), law.days_left(served, date(2026, 10, 20), 15)) == (15, 0)


@pytest.mark.parametrize(
    ("ended", "grave", "last"),
    [
        (date(2024, 3, 1), False, date(2026, 3, 1)),
        (date(2024, 2, 29), False, date(2026, 2, 28)),
        (date(2024, 2, 29), True, date(2029, 2, 28)),
        (date(2021, 7, 15), True, date(2026, 7, 15)),
    ],
)
def test_two_years_or_five(ended: date, grave: bool, last: date) -> None:
    assert law.last_day_to_discover(ended, grave=grave) == last


def test_on_the_spot_two_hundred_for_a_person_three_thousand_for_an_entity() -> None:
    assert [law.spot_limit(kind) for kind, _title in law.PARTIES] == [200_00, 200_00, 3_000_00]


def test_three_hundredths_a_day_and_never_more_than_the_fine() -> None:
    due = date(2026, 3, 1)
    assert late_fee(10_000_00, due, due).fee == 0
    assert late_fee(10_000_00, due, date(2026, 3, 2)).fee == 300_00
    assert late_fee(10_000_00, due, date(2026, 3, 11)).fee == 3_000_00
    assert late_fee(10_000_00, due, due + timedelta(days=33)).fee == 9_900_00
    a_year = late_fee(10_000_00, due, due + timedelta(days=365))
    assert (a_year.fee, a_year.uncapped, a_year.capped) == (10_000_00, 109_500_00, True)
    assert late_fee(33, due, date(2026, 3, 2)).fee == 0, "a part of a fen is dropped"


def test_no_late_fee_while_a_review_or_a_suit_lasts() -> None:
    due, fine = date(2026, 3, 1), 1_000_00
    review = Span(date(2026, 3, 4), date(2026, 4, 20))
    told = late_fee(fine, due, date(2026, 4, 22), stopped=[review])
    assert (told.days, told.stopped, told.fee) == (2 + 2, 48, 120_00)
    suit = Span(date(2026, 4, 15))  # still going on, and begun before the review was decided
    assert late_fee(fine, due, date(2027, 1, 1), stopped=[review, suit]).fee == 60_00
    before = Span(date(2026, 2, 1), date(2026, 3, 1))
    assert late_fee(fine, due, date(2026, 3, 2), stopped=[before]).fee == 30_00


def test_what_was_paid_bears_no_late_fee_from_the_next_day() -> None:
    due = date(2026, 3, 1)
    half = {date(2026, 3, 2): 500_00}
    assert late_fee(1_000_00, due, date(2026, 3, 4), paid=half).fee == 30_00 + 15_00 + 15_00
    whole = {date(2026, 3, 1): 400_00, date(2026, 3, 3): 600_00}
    assert late_fee(1_000_00, due, date(2026, 12, 31), paid=whole).fee == 18_00 + 18_00


def test_money_is_read_in_yuan() -> None:
    assert [law.yuan(one) for one in (0, 20_000, 300_000, 123_456)] == ["0", "200", "3,000", "1,234.56"]
