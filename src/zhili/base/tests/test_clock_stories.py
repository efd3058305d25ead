"""What happens to a limit on the way: pauses, extensions, appraisals, new starts, warnings."""

from datetime import timedelta

import pytest

from zhili.base import clock
from zhili.base.clock import Calendar, ClockError, ClockState, Duration, WorkTime
from zhili.base.tests.china import HOURS, SHANGHAI, WORK, at, end_of

NOVEMBER_3 = at("2025-11-03 10:00")  # a Monday


def started(limit: str, start: str = "2025-11-03 10:00") -> ClockState:
    return clock.start(at(start), Duration.parse(limit), WORK)


class TestPausing:
    def test_a_paused_clock_has_no_end_and_does_not_fire(self) -> None:
        state = clock.pause(started("5wd"), at("2025-11-04 09:00"), WORK, "等待当事人补正")
        assert state.paused
        assert not state.running
        assert (state.due_at, state.next_fire_at) == (None, None)
        assert not state.overdue(at("2026-11-04 09:00"))

    def test_the_working_days_of_the_pause_are_given_back(self) -> None:
        state = clock.pause(started("5wd"), at("2025-11-04 09:00"), WORK, "等待当事人补正")
        state = clock.resume(state, at("2025-11-11 15:00"), WORK)
        # Paused: 5, 6, 7, 10, 11 Nov. The limit was the 10th, five working days later is the 17th.
        assert state.due_at == end_of("2025-11-17")

    def test_a_pause_over_a_weekend_gives_nothing_back(self) -> None:
        state = clock.pause(started("5wd"), at("2025-11-07 18:00"), WORK, "x")
        assert clock.resume(state, at("2025-11-09 18:00"), WORK).due_at == started("5wd").due_at

    def test_a_pause_begun_on_the_last_day_leaves_the_day_of_resuming(self) -> None:
        state = clock.pause(started("5d"), at("2025-11-08 09:00"), WORK, "x")
        assert clock.resume(state, at("2025-11-20 09:00"), WORK).due_at == end_of("2025-11-20")

    def test_hours_are_given_back_to_the_minute(self) -> None:
        state = clock.pause(started("4wh"), at("2025-11-03 11:00"), WORK, "x")
        assert clock.resume(state, at("2025-11-04 08:45"), WORK).due_at == at("2025-11-04 11:45")

    def test_pausing_after_the_end_does_not_save_it(self) -> None:
        state = clock.pause(started("5d"), at("2025-11-10 09:00"), WORK, "x")
        assert state.due_at == end_of("2025-11-08")
        assert state.overdue(at("2025-11-10 09:00"))

    def test_pausing_at_the_very_end_does_not_save_it_either(self) -> None:
        state = clock.pause(started("4wh"), at("2025-11-03 15:30"), WORK, "x")
        assert state.due_at == at("2025-11-03 15:30")

    def test_a_pause_while_the_last_day_waits_for_the_holidays_to_end(self) -> None:
        # The 15th day is 5 October; the end has moved to the 9th when the pause begins on the 7th.
        state = clock.start(at("2025-09-20 10:00"), Duration.parse("15d"), WORK, roll=True)
        state = clock.pause(state, at("2025-10-07 09:00"), WORK, "x")
        assert clock.resume(state, at("2025-10-23 09:00"), WORK).due_at == end_of("2025-10-23")

    def test_what_cannot_be(self) -> None:
        state = started("5wd")
        with pytest.raises(ClockError, match="没有暂停"):
            clock.resume(state, at("2025-11-04"), WORK)
        with pytest.raises(ClockError, match="早于时限的开始"):
            clock.pause(state, at("2025-11-01"), WORK, "x")
        paused = clock.pause(state, at("2025-11-05"), WORK, "x")
        with pytest.raises(ClockError, match="不能再次暂停"):
            clock.pause(paused, at("2025-11-06"), WORK, "x")
        with pytest.raises(ClockError, match="恢复时间早于"):
            clock.resume(paused, at("2025-11-04"), WORK)


class TestExtending:
    def test_sixty_days_and_thirty_more_with_the_heads_approval(self) -> None:
        # 信访工作条例 34
        state = clock.extend(
            started("60d"), at("2025-12-20"), Duration(30, "d"), WORK, approval="嘉信〔2025〕8号"
        )
        assert state.due_at == end_of("2026-02-01")
        assert str(state.allowed) == "90d"
        assert state.extensions[0].approval == "嘉信〔2025〕8号"

    def test_not_without_an_approval_nor_in_another_unit_nor_by_nothing(self) -> None:
        with pytest.raises(ClockError, match="批准"):
            clock.extend(started("60d"), NOVEMBER_3, Duration(30, "d"), WORK, approval=" ")
        with pytest.raises(ClockError, match="同一单位：原时限60日"):
            clock.extend(started("60d"), NOVEMBER_3, Duration(30, "wd"), WORK, approval="8号")
        with pytest.raises(ClockError, match="大于零"):
            clock.extend(started("60d"), NOVEMBER_3, Duration(0, "d"), WORK, approval="8号")

    def test_the_warning_comes_again_before_the_new_end(self) -> None:
        state, _ = clock.fire(started("10d"), at("2025-11-12 09:00"), WORK)
        assert state.next_fire_at == end_of("2025-11-13")
        state = clock.extend(state, at("2025-11-12 10:00"), Duration(10, "d"), WORK, approval="8号")
        assert state.fired == 0
        assert state.next_fire_at == at("2025-11-20 08:30")


class TestLeavingOut:
    def test_an_appraisal_is_not_counted(self) -> None:
        state = clock.exclude(
            started("30d"), NOVEMBER_3, at("2025-11-10"), at("2025-11-20"), WORK, "鉴定期间"
        )
        assert state.due_at == end_of("2025-12-13")

    def test_overlapping_periods_are_left_out_once(self) -> None:
        state = clock.exclude(started("30d"), NOVEMBER_3, at("2025-11-10"), at("2025-11-20"), WORK, "鉴定")
        state = clock.exclude(state, NOVEMBER_3, at("2025-11-15"), at("2025-11-25"), WORK, "公告")
        assert state.due_at == end_of("2025-12-18")

    def test_a_period_after_the_end_changes_nothing(self) -> None:
        state = clock.exclude(started("5d"), NOVEMBER_3, at("2025-12-10"), at("2025-12-20"), WORK, "鉴定")
        assert state.due_at == started("5d").due_at

    def test_of_a_period_that_began_before_the_limit_only_the_rest_is_left_out(self) -> None:
        state = clock.exclude(started("5d"), NOVEMBER_3, at("2025-10-20"), at("2025-11-05"), WORK, "公告")
        assert state.due_at == end_of("2025-11-10")

    def test_one_found_later_takes_back_the_lateness(self) -> None:
        state = started("5d")
        for _ in range(2):
            state, part = clock.fire(state, at("2025-11-12"), WORK)
        assert part == 1.0
        assert state.next_fire_at is None
        state = clock.exclude(state, at("2025-11-12"), at("2025-11-04"), at("2025-11-10"), WORK, "鉴定")
        assert not state.overdue(at("2025-11-12"))
        assert state.next_fire_at is not None

    def test_what_cannot_be(self) -> None:
        with pytest.raises(ClockError, match="晚于开始"):
            clock.exclude(started("5d"), NOVEMBER_3, at("2025-11-10"), at("2025-11-10"), WORK, "x")
        with pytest.raises(ClockError, match="开始之前"):
            clock.exclude(started("5d"), NOVEMBER_3, at("2025-11-01"), at("2025-11-02"), WORK, "x")


class TestStartingAgainAndStopping:
    def test_the_whole_limit_runs_again(self) -> None:
        # 刑事诉讼法 175: 补充侦查完毕移送后，重新计算审查起诉期限
        state = clock.extend(started("30d"), NOVEMBER_3, Duration(15, "d"), WORK, approval="x")
        state = clock.restart(state, at("2025-12-01 09:00"), WORK)
        assert state.due_at == end_of("2025-12-31")
        assert (state.restarts, state.extensions, state.fired) == (1, (), 0)

    def test_it_may_run_again_under_another_limit(self) -> None:
        state = clock.restart(started("10d"), at("2025-12-01 09:00"), WORK, duration=Duration(15, "d"))
        assert state.due_at == end_of("2025-12-16")

    def test_a_stopped_clock_fires_no_more_and_remembers_whether_it_was_in_time(self) -> None:
        state = clock.stop(started("5d"), at("2025-11-07 17:00"))
        assert state.next_fire_at is None
        assert not state.overdue(at("2026-01-01"))
        assert clock.stop(started("5d"), at("2025-11-09 00:01")).overdue(at("2026-01-01"))
        with pytest.raises(ClockError, match="已经结束"):
            clock.pause(state, at("2025-11-08"), WORK, "x")

    def test_done_in_the_last_second_of_the_last_day_is_in_time(self) -> None:
        assert not clock.stop(started("5d"), end_of("2025-11-08") - timedelta(seconds=1)).overdue(
            at("2026-01-01")
        )


class TestFiring:
    def test_a_warning_in_days_comes_when_the_office_opens(self) -> None:
        # Four of five working days are used up on Friday night; nobody is there before Monday.
        assert started("5wd").next_fire_at == at("2025-11-10 08:30")

    def test_a_warning_in_hours_comes_at_its_minute(self) -> None:
        assert started("5wh").next_fire_at == at("2025-11-03 15:30")

    def test_both_are_told_in_order_even_when_the_sweep_comes_late(self) -> None:
        state, first = clock.fire(started("5wd"), at("2025-12-01"), WORK)
        state, second = clock.fire(state, at("2025-12-01"), WORK)
        assert (first, second) == (0.8, 1.0)
        with pytest.raises(ClockError, match="尚未到"):
            clock.fire(state, at("2025-12-01"), WORK)

    def test_nothing_fires_early(self) -> None:
        with pytest.raises(ClockError, match="尚未到"):
            clock.fire(started("5wd"), at("2025-11-10 08:29"), WORK)

    def test_reminders_after_the_end(self) -> None:
        state = clock.start(NOVEMBER_3, Duration.parse("10h"), WORK, thresholds=(1.0, 1.5, 2.0))
        fired = []
        while state.next_fire_at:
            fired.append(state.next_fire_at)
            state, _ = clock.fire(state, state.next_fire_at, WORK)
        assert [(moment - NOVEMBER_3).total_seconds() / 3600 for moment in fired] == [10, 15, 20]

    @pytest.mark.parametrize("thresholds", [(1.0, 0.8), (0.0, 1.0), (0.8, 0.8)])
    def test_thresholds_must_rise(self, thresholds: tuple[float, ...]) -> None:
        with pytest.raises(ValueError, match="rise"):
            clock.start(NOVEMBER_3, Duration(5, "d"), WORK, thresholds=thresholds)


def test_when_the_holidays_of_a_year_are_published_the_end_is_worked_out_anew() -> None:
    state = clock.start(at("2027-09-30 10:00"), Duration.parse("1wd"), WORK)
    assert clock.guessed_years(state, WORK) == [2027]
    october = frozenset(at(f"2027-10-0{day}").date() for day in range(1, 8))
    published = WorkTime(Calendar(october, frozenset(), 2004, 2027), HOURS, SHANGHAI)
    state = clock.recompute(state, at("2027-09-30 11:00"), published)
    assert state.due_at == end_of("2027-10-08")
    assert clock.guessed_years(state, published) == []
    assert clock.guessed_years(started("5d", "2027-09-30"), WORK) == []
