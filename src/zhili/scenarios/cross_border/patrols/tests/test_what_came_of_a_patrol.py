"""Planned, reached, late, missed; together or not: from taps alone. And what a code is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from zhili.scenarios.cross_border.patrols import codes
from zhili.scenarios.cross_border.patrols.results import REACHED, Planned, Result, Side, Tapped, result

T0 = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PLAN = [
    Planned("a", "桥东", T0),
    Planned("b", "码头", T0 + 20 * MINUTE, meeting=True),
    Planned("c", "闸口", None),
]


def tap(key: str, side: Side, minutes: int, sent: int = 0) -> Tapped:
    at = T0 + minutes * MINUTE
    return Tapped(key, side, "一组", at, at + sent * MINUTE)


def of(*taps: Tapped, now: int = 30, window: int = 15) -> Result:
    return result(
        PLAN,
        taps,
        ends=T0 + 60 * MINUTE,
        now=T0 + now * MINUTE,
        tolerance=10 * MINUTE,
        window=window * MINUTE,
        early=15 * MINUTE,
    )


def states(found: Result) -> list[str]:
    return [one.state for one in found.stops]


def test_a_checkpoint_is_reached_late_missed_or_still_to_come() -> None:
    assert states(of(now=5)) == ["waiting", "waiting", "waiting"]
    assert states(of(now=31)) == ["missed", "missed", "waiting"]
    assert states(of(now=71)) == ["missed", "missed", "missed"]
    assert states(of(tap("a", "ours", 10), tap("b", "ours", 31))) == ["reached", "late", "waiting"]
    assert states(of(tap("a", "theirs", 1))) == ["missed", "waiting", "waiting"]  # theirs is not ours
    twice = of(tap("a", "ours", 40), tap("a", "ours", 2))
    assert twice.stops[0].ours == tap("a", "ours", 2)  # the first counts, in whatever order they came
    assert twice.count("reached", "late") == 1
    assert tap("a", "ours", 2, sent=3).sent_late
    assert not tap("a", "ours", 2, sent=1).sent_late


def test_an_early_tap_and_one_nobody_can_walk_to_are_told_of_the_checkpoint() -> None:
    soon = of(tap("b", "ours", 4), now=5)
    assert states(soon)[1] == "early"
    assert soon.count(*REACHED) == 1
    assert states(of(tap("b", "ours", 5), now=5))[1] == "reached"

    def walked(*taps: Tapped) -> list[tuple[bool, int, int] | None]:
        east = [
            Planned(key, key, None, lon=120 + n / 100, lat=30.0, radius=100) for n, key in enumerate("abc")
        ]
        found = result(
            east, taps, ends=T0 + 60 * MINUTE, now=T0, tolerance=MINUTE, window=MINUTE, walking=10 / 3.6
        )
        assert found.unwalkable == sum(one.hop is not None and not one.hop.walkable for one in found.stops)
        return [one.hop and (one.hop.walkable, one.hop.metres, one.hop.minutes) for one in found.stops]

    at_once = walked(tap("a", "ours", 0), tap("b", "ours", 0), tap("c", "ours", 1))
    assert at_once == [None, (False, 963, 0), (False, 963, 1)]
    assert walked(tap("a", "ours", 0), tap("b", "ours", 7)) == [None, None, None]
    other = Tapped("b", "ours", "二组", T0, T0)
    assert walked(tap("a", "ours", 0), other) == [None, None, None]  # two teams may be at two places


def test_both_sides_within_the_window_make_it_joint() -> None:
    near = of(tap("b", "ours", 20), tap("b", "theirs", 34))
    assert near.joint
    assert near.stops[1].apart == 14
    assert not of(tap("b", "ours", 20), tap("b", "theirs", 36)).joint
    assert of(tap("b", "ours", 20), tap("b", "theirs", 36), tap("b", "ours", 30)).joint  # the nearest two
    assert not of(tap("b", "ours", 20)).joint
    assert not of(tap("a", "ours", 0), tap("a", "theirs", 0)).stops[0].met  # no meeting point
    alone = result(
        PLAN[:1], [tap("a", "ours", 0), tap("a", "theirs", 0)],
        ends=T0 + 60 * MINUTE, now=T0, tolerance=MINUTE, window=MINUTE,
    )  # fmt: skip
    assert not alone.joint


def test_a_code_is_read_as_it_is_typed_or_scanned() -> None:
    code = codes.new()
    assert len(code) == 12
    assert codes.new() != code
    assert codes.read(codes.shown(code).lower()) == code
    assert codes.read(f" {code[:6]} {code[6:]} ") == code
    assert codes.read(f"https://zhili.example/cross-border/patrols/at/x?k={code}") == code
    for nonsense in (
        "",
        "ABC",
        code + "A",
        code[:-1] + "O",
        "https://zhili.example/?q=1",
        "0" * 12,
        "码" * 12,
    ):
        assert codes.read(nonsense) == ""
    check = codes.check(code, "p1")
    assert codes.fits(code, "p1", check)
    assert not codes.fits(code, "p2", check)
    assert not codes.fits(code, "p1", "")
