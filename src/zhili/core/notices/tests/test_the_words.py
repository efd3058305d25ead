"""What a message says."""

from datetime import UTC, datetime

import pytest

from zhili.base.procedure import Notify, Party
from zhili.core.notices.composing import Facts, compose
from zhili.core.notices.tests.conftest import Matter

STEP = {"number": "26000000173", "action": "finish", "to": "handling"}
FACTS = Facts("路口灯不亮", "凤桥镇中心", datetime(2026, 11, 30, 1, 30, tzinfo=UTC))


REPORTER = Party("reporter")


def words(text: str, to=REPORTER, facts: Facts = FACTS, **changes) -> str:
    return compose(STEP | changes, Notify("*", to, text), facts, Matter, "zh-hans").body


def test_residents_read_plain_words_and_offices_the_proper_title() -> None:
    assert words("{stage}") == "正在修"
    assert words("{stage}", to="holder") == "办理中"
    assert compose(STEP, Notify("*", Party("reporter"), ""), FACTS, Matter).subject.endswith("：修好了")
    assert compose(STEP, Notify("*", "holder", ""), FACTS, Matter).subject.endswith("：修复")


def test_times_are_the_citys() -> None:
    assert words("{due}") == "11月30日 09:30"


def test_a_limit_that_ends_with_a_day_ends_at_24_oclock() -> None:
    last = Facts("", "", datetime(2026, 11, 30, 16, 0, tzinfo=UTC))
    assert words("{due}前", facts=last) == "11月30日 24:00前"
    english = compose(STEP, Notify("*", REPORTER, "{due}"), last, Matter, "en").body
    assert "30 November" in english


def test_what_is_not_known_is_said_in_general_words() -> None:
    assert words("由{office}在{due}内", facts=Facts("", "", None)) == "由承办单位在规定期限内"


def test_a_link_stands_on_a_line_of_its_own() -> None:
    linked = Facts("", "", None, "https://city.example/c/26000000173")
    assert words("已受理。", facts=linked) == "已受理。\n\nhttps://city.example/c/26000000173"


@pytest.mark.parametrize(
    ("action", "end"), [("overdue", "超过时限"), (None, "即将到期"), ("gone", "有新的进展")]
)
def test_what_the_procedure_does_not_declare_has_words_too(action, end) -> None:
    assert compose(STEP | {"action": action}, Notify("*", "holder", ""), FACTS, Matter).subject.endswith(end)


def test_a_subject_is_one_line(monkeypatch) -> None:
    monkeypatch.setattr(Matter, "title", "路灯\r\nBcc: x@example.org" + "长" * 300)
    subject = compose(STEP, Notify("*", "holder", ""), FACTS, Matter).subject
    assert len(subject) == 200
    assert "\n" not in subject
    assert "\r" not in subject
