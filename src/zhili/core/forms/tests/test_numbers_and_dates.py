from datetime import date, datetime

import pytest

from zhili.core.forms import Date, Form, Integer
from zhili.core.forms.tests.refusing import errors_of, kept, message
from zhili.core.forms.tests.sample import EverythingForm


@pytest.mark.parametrize("given", [7, "7", " 7 ", "７", "+7", "007", 7.0])
def test_a_whole_number_as_browsers_and_programs_send_it(given: object) -> None:
    assert kept(EverythingForm, "count", given) == 7


@pytest.mark.parametrize(
    "bad",
    [True, "seven", "7.5", 7.5, "1e2", "0x1f", float("nan"), float("inf"), "NaN", [7], "1_000", "²", 10**400],
)
def test_what_is_no_whole_number_is_refused(bad: object) -> None:
    assert "请改正" in message(EverythingForm, "count", bad)


def test_a_number_outside_its_range_is_told_the_range() -> None:
    assert message(EverythingForm, "count", "101") == "“人数”应在 0 到 100 之间，请改正。"


def test_a_number_other_readers_would_round_is_refused() -> None:
    class Loose(Form):
        n = Integer("数")

    assert Loose.validate({"n": 2**53 - 1}).values == {"n": 2**53 - 1}
    assert "n" in errors_of(Loose, {"n": 2**53})


@pytest.mark.parametrize(
    ("given", "wanted"), [("12.5", "12.50"), (12, "12.00"), (0.1, "0.10"), ("-0", "0.00")]
)
def test_money_is_kept_exactly_as_text(given: object, wanted: str) -> None:
    assert kept(EverythingForm, "cost", given) == wanted


@pytest.mark.parametrize(
    "bad", ["12.345", float("nan"), float("-inf"), "Infinity", True, "1e3", "-1", "1000.01", [], {}]
)
def test_what_is_no_amount_is_refused_or_no_answer(bad: object) -> None:
    if bad in ([], {}):
        assert kept(EverythingForm, "cost", bad) is None
    else:
        assert "请改正" in message(EverythingForm, "cost", bad)


@pytest.mark.parametrize(
    "given", ["2026-11-21", "2026/11/21", "2026年11月21日", "２０２６-11-21", date(2026, 11, 21)]
)
def test_a_day_however_it_is_written(given: object) -> None:
    assert kept(EverythingForm, "day", given) == "2026-11-21"


def test_a_day_that_does_not_exist_is_refused() -> None:
    assert message(EverythingForm, "day", "2026-02-30") == "“日期”里的日期不存在，请对照日历改正。"


def test_a_day_outside_its_limits_is_told_the_limit() -> None:
    assert message(EverythingForm, "day", "2019-12-31") == "“日期”不能早于 2020-01-01，请改正。"
    assert message(EverythingForm, "day", "2031-01-01") == "“日期”不能晚于 2030-12-31，请改正。"


def test_a_limit_may_move_with_the_calendar() -> None:
    class Past(Form):
        day = Date("哪天", not_after=date.today)

    assert "day" in errors_of(Past, {"day": "2199-01-01"})
    assert Past.validate({"day": date.today().isoformat()}).values


def test_a_moment_without_a_zone_is_meant_here() -> None:
    assert kept(EverythingForm, "moment", "2026-11-21T15:04") == "2026-11-21T15:04:00+08:00"
    assert kept(EverythingForm, "moment", "2026-11-21T07:04:00Z") == "2026-11-21T07:04:00+00:00"
    assert kept(EverythingForm, "moment", datetime(2026, 11, 21, 15, 4)) == "2026-11-21T15:04:00+08:00"


@pytest.mark.parametrize(
    "bad", ["2026-11-21", "15:04", "2026-11-21T25:00", 20261121, "0001-01-01T00:00:00+14:00", "x"]
)
def test_what_is_no_moment_is_refused(bad: object) -> None:
    assert "请改正" in message(EverythingForm, "moment", bad)


@pytest.mark.parametrize(
    ("given", "wanted"), [(True, True), ("on", True), ("true", True), ("是", True), ("1", True)]
)
def test_yes_in_the_words_of_browsers_and_people(given: object, wanted: bool) -> None:
    assert EverythingForm.validate({"agreed": given}).values["agreed"] is wanted


@pytest.mark.parametrize("bad", [1, 0, "maybe", [True], 1.0])
def test_what_is_neither_yes_nor_no_is_refused(bad: object) -> None:
    assert errors_of(EverythingForm, {"agreed": bad})["agreed"] == ["“已阅读须知”只能填“是”或“否”。"]


def test_a_rating_is_one_to_five() -> None:
    assert kept(EverythingForm, "stars", "5") == 5
    assert "1 到 5" in message(EverythingForm, "stars", 6)
