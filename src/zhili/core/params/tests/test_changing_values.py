"""A value is never overwritten: a new one is dated, the former is closed and kept."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from zhili.core import params
from zhili.core.params import Param, ParamRefused, declarations
from zhili.core.params.models import Parameter
from zhili.core.params.writing import ALWAYS

pytestmark = pytest.mark.django_db

Row = tuple[str, date, date | None]


def rows(key: str = "t.accept") -> list[Row]:
    return list(
        Parameter.objects.filter(key=key)
        .order_by("valid_from")
        .values_list("value", "valid_from", "valid_to")
    )


def test_defaults_are_written_once() -> None:
    assert params.sync() == 3
    assert params.sync() == 0
    assert rows() == [("15d", ALWAYS, None)]


def test_a_new_value_closes_the_former() -> None:
    params.sync()
    row = params.set_value("t.accept", " 10d ", date(2030, 1, 1), 7, note="试行")
    assert rows() == [("15d", ALWAYS, date(2030, 1, 1)), ("10d", date(2030, 1, 1), None)]
    assert (row.unit, row.source, row.set_by_id, row.title) == ("d", "信访工作条例", 7, "受理期限")


def test_one_put_between_two_ends_where_the_next_begins() -> None:
    params.sync()
    params.set_value("t.accept", "10d", date(2030, 1, 1))
    params.set_value("t.accept", "12d", date(2029, 1, 1))
    assert rows() == [
        ("15d", ALWAYS, date(2029, 1, 1)),
        ("12d", date(2029, 1, 1), date(2030, 1, 1)),
        ("10d", date(2030, 1, 1), None),
    ]


def test_a_value_whose_day_has_not_come_may_be_set_again() -> None:
    params.sync()
    first = params.set_value("t.accept", "10d", date(2030, 1, 1))
    again = params.set_value("t.accept", "11d", date(2030, 1, 1))
    assert first.pk == again.pk
    assert rows()[-1] == ("11d", date(2030, 1, 1), None)


def test_a_value_in_force_cannot_be_rewritten() -> None:
    today = timezone.localdate()
    params.set_value("t.accept", "10d", today)
    with pytest.raises(ParamRefused, match="已经生效，不能改写"):
        params.set_value("t.accept", "11d", today)


def test_it_can_be_set_before_the_defaults_were_written() -> None:
    params.set_value("t.accept", "10d", date(2030, 1, 1))
    assert params.get("t.accept").text == "15d"
    assert params.get("t.accept", date(2030, 1, 1)).text == "10d"


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("t.accept", "15", "应为时限"),
        ("t.accept", "", "1到200个字符"),
        ("t.returns", "三", "应为数字"),
        ("t.returns", "nan", "应为数字"),
        ("t.nothing", "1", "没有名为"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_and_nothing_changes(key: str, value: str, words: str) -> None:
    params.sync()
    with pytest.raises(ParamRefused, match=words):
        params.set_value(key, value, date(2030, 1, 1))
    assert Parameter.objects.count() == 3


def test_the_change_is_seen_at_once_in_this_process() -> None:
    params.sync()
    assert params.get("t.accept").text == "15d"
    params.set_value("t.accept", "10d", timezone.localdate())
    assert params.get("t.accept").text == "10d"


def test_the_database_itself_refuses_two_open_values_and_a_period_that_ends_before_it_begins() -> None:
    params.sync()
    with pytest.raises(IntegrityError), transaction.atomic():
        Parameter.objects.create(key="t.accept", value="1d", valid_from=date(2030, 1, 1), title="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        Parameter.objects.create(
            key="t.x", value="1d", valid_from=date(2030, 1, 2), valid_to=date(2030, 1, 1), title="x"
        )


class TestANewVersionOfTheProduct:
    def _declare(self, monkeypatch: pytest.MonkeyPatch, default: str, article: str = "第二十二条") -> None:
        monkeypatch.setattr(declarations, "_declared", {})
        params.declare(Param("t.accept", default, title="受理期限", source="信访工作条例", article=article))

    def test_a_changed_default_holds_from_the_upgrade_on(self, monkeypatch: pytest.MonkeyPatch) -> None:
        params.sync()
        self._declare(monkeypatch, "20d")
        assert params.sync() == 1
        today = timezone.localdate()
        assert rows() == [("15d", ALWAYS, today), ("20d", today, None)]
        assert params.get("t.accept", today - timedelta(days=1)).text == "15d"

    def test_what_an_office_set_itself_is_left_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        params.sync()
        params.set_value("t.accept", "10d", timezone.localdate(), 7)
        self._declare(monkeypatch, "20d")
        assert params.sync() == 0
        assert params.get("t.accept").text == "10d"

    def test_a_source_put_right_needs_no_new_period(self, monkeypatch: pytest.MonkeyPatch) -> None:
        params.sync()
        self._declare(monkeypatch, "15d", "第二十三条")
        assert params.sync() == 1
        assert rows() == [("15d", ALWAYS, None)]
        assert params.get("t.accept").article == "第二十三条"


@pytest.fixture
def committed() -> Iterator[Callable[..., object]]:
    """Runs a function on a connection of its own, outside the test's transaction; cleans up behind it."""

    def elsewhere(function: Callable[..., object], *arguments: object) -> object:
        try:
            return function(*arguments)
        finally:
            connection.close()

    yield elsewhere
    with ThreadPoolExecutor(1) as pool:
        pool.submit(elsewhere, lambda: Parameter.objects.filter(key="t.accept").delete()).result()


def test_people_setting_it_at_the_same_moment_leave_no_overlap(committed: Callable[..., object]) -> None:
    days = [date(2030, 1, day) for day in range(1, 9)]
    together = threading.Barrier(len(days), timeout=30)

    def set_one(day: date) -> None:
        together.wait()
        params.set_value("t.accept", f"{day.day}d", day)

    with ThreadPoolExecutor(len(days)) as pool:
        for done in [pool.submit(committed, set_one, day) for day in days]:
            done.result()
    kept = rows()
    assert [value for value, _, _ in kept] == [f"{day.day}d" for day in days]
    assert all(former[2] == following[1] for former, following in pairwise(kept))
    assert kept[-1][2] is None
