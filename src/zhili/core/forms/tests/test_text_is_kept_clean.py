import pytest

from zhili.core.forms.tests.refusing import kept, message
from zhili.core.forms.tests.sample import EverythingForm


def test_blanks_around_are_trimmed_and_only_blanks_is_no_answer() -> None:
    assert kept(EverythingForm, "line", "  你好\u3000") == "你好"
    assert kept(EverythingForm, "line", " \u3000\u200b\u2800 ") is None


def test_composed_and_decomposed_letters_become_one() -> None:
    assert kept(EverythingForm, "line", "cafe\u0301") == "caf\u00e9"


def test_marks_nobody_can_see_are_dropped() -> None:
    assert kept(EverythingForm, "line", "\u202a张\u200b三\u202c\ufeff") == "张三"


def test_every_kind_of_line_end_becomes_one() -> None:
    assert kept(EverythingForm, "story", "一\r\n二\r三\x0b四\u2028五") == "一\n二\n三\n四\n五"


@pytest.mark.parametrize("bad", ["a\0b", "a\x1bb", "a\x7fb", "a\ud800b", "a\ufffeb", "a\x9bb"])
def test_control_characters_are_refused(bad: str) -> None:
    assert message(EverythingForm, "line", bad) == "“一句话”里有看不见的控制字符，请删掉后重新输入。"


def test_a_line_break_where_one_line_is_asked_is_refused() -> None:
    assert message(EverythingForm, "line", "一\n二") == "“一句话”只能写一行，请去掉换行和制表符。"


def test_too_long_is_refused_not_cut_and_says_by_how_much() -> None:
    assert message(EverythingForm, "line", "字" * 23) == "“一句话”最多写 20 个字，现在有 23 个字，请删减。"
    assert kept(EverythingForm, "line", "字" * 20) == "字" * 20
    assert "最多写" in message(EverythingForm, "line", "e\u0301" * 1_000_000)


def test_a_character_beyond_sixteen_bits_counts_as_one() -> None:
    assert kept(EverythingForm, "line", "𠮷" * 20) == "𠮷" * 20


def test_too_short_is_refused() -> None:
    assert message(EverythingForm, "line", "字") == "“一句话”至少写 2 个字，现在有 1 个字，请补充。"


@pytest.mark.parametrize("bad", [3, True, ["a"], {"a": 1}, b"bytes", 1.5])
def test_what_is_not_text_is_refused(bad: object) -> None:
    assert message(EverythingForm, "line", bad) == "“一句话”应当是文字，请重新填写。"
