"""A phone that comes back after two days puts its words beside what others wrote meanwhile."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

from zhili.core.visits.combining import Said, combine

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
EXIT = (1, "exit")


def said(pk: int, author: int, value: str, hours: float, seen: int = 0) -> Said:
    return Said(pk, EXIT, value, author, NOON + timedelta(hours=hours), seen)


def test_what_was_not_seen_is_not_replaced_and_both_stand() -> None:
    with_signal, without = said(1, 7, "yes", 1), said(2, 8, "no", 0)
    told = combine([with_signal, without])[EXIT]
    assert not told.agreed
    assert told.value is None
    assert [one.value for one in told.said] == ["no", "yes"], "in the order written"
    settled = combine([with_signal, without, said(3, 7, "no", 48, seen=2)])[EXIT]
    assert settled.value == "no"
    assert len(settled.said) == 3, "and still every word is there"


def test_who_changes_their_mind_without_signal_means_the_later_word() -> None:
    told = combine([said(1, 8, "yes", 0), said(2, 8, "no", 1)])[EXIT]
    assert (told.value, len(told.said)) == ("no", 2)


def test_two_who_say_the_same_agree_in_whatever_order_they_come() -> None:
    some = [said(1, 7, "yes", 1), said(2, 8, "yes", 0), said(3, 9, "no", 2), said(4, 9, "yes", 3)]
    first = combine(some)
    assert first[EXIT].value == "yes"
    assert all(combine(one) == first for one in permutations(some))
