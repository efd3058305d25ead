"""A payday on a holiday comes before it (条例 14); a sheet that was changed is another sheet."""

from datetime import date

from zhili.base.calendar import Calendar
from zhili.base.wages.payday import payday, scheduled_days
from zhili.base.wages.sheet import line_digest, sheet_digest

GOLDEN_WEEK = Calendar(
    off=frozenset(date(2026, 10, n) for n in (1, 2, 5, 6, 7)), on=frozenset({date(2026, 10, 10)})
)


def test_wages_are_paid_before_a_holiday_never_after() -> None:
    assert payday(2026, 9, 7, GOLDEN_WEEK) == date(
        2026, 9, 30
    )  # the 7th is a holiday, so are the days before
    assert payday(2026, 9, 10, GOLDEN_WEEK) == date(2026, 10, 10)  # a Saturday that is worked
    assert payday(2026, 9, 18, GOLDEN_WEEK) == date(2026, 10, 16)  # a Sunday → the Friday before
    assert payday(2026, 12, 15, GOLDEN_WEEK) == date(2027, 1, 15)
    assert payday(2027, 1, 31, GOLDEN_WEEK) == date(2027, 2, 26)  # February has no 31st, its 28th is a Sunday
    assert payday(2026, 9, 25, GOLDEN_WEEK, next_month=False) == date(2026, 9, 25)
    assert scheduled_days(2026, 10, GOLDEN_WEEK) == 18


def test_one_fen_more_and_nothing_verifies() -> None:
    line = {"engagement": 4, "month": "2026-10", "items": [{"name": "base", "amount": 60_000, "leaves": [1]}]}
    changed = {**line, "items": [{"name": "base", "amount": 60_001, "leaves": [1]}]}
    other_day = {**line, "items": [{"name": "base", "amount": 60_000, "leaves": [2]}]}
    digests = {line_digest(one) for one in (line, changed, other_day)}
    assert len(digests) == 3
    head = {"project": 1, "crew": 2, "month": "2026-10"}
    one, two = (4, line_digest(line)), (9, line_digest(changed))
    assert sheet_digest(head, [one, two]) == sheet_digest(head, [two, one])
    assert sheet_digest(head, [one, two]) != sheet_digest(head, [one, (9, line_digest(line))])
