"""Likeness in words, and the words shown as reasons."""

import pytest

from zhili.core.cases.triage.likeness import Signs, likeness, rarity_of, shared_words
from zhili.core.cases.triage.reading import read
from zhili.core.cases.triage.similar import FLOOR, scored


def _signs(text: str) -> Signs:
    return Signs(read(text), rarity_of(None))


def test_the_same_words_are_alike_and_no_common_word_is_nothing():
    one = _signs("建国路口的路灯不亮")
    assert likeness(one, one) == pytest.approx(1)
    assert likeness(one, _signs("井盖翘起来了")) == 0
    assert likeness(one, _signs("")) == 0


def test_a_short_text_is_alike_to_a_long_one_that_says_it_too():
    long = "您好，建国路口的路灯不亮已经三天了，晚上走路很危险，孩子上学也看不清，希望尽快派人来修理"
    assert likeness(_signs("建国路口路灯不亮"), _signs(long)) > likeness(
        _signs("建国路口井盖坏了"), _signs(long)
    )
    assert likeness(_signs("建国路口路灯不亮"), _signs(long)) > 0.35


@pytest.mark.parametrize(
    ("mine", "theirs", "words"),
    [
        ("路口路灯不亮好几天", "建国路口的路灯不亮", ["路灯不亮", "路口"]),
        ("东门的垃圾没人清运", "小区东门的垃圾没人管", ["东门的垃圾没人"]),
        ("希望领导尽快处理井盖", "希望领导尽快解决路灯", []),
        ("电话13812345678", "电话13812345678", []),
    ],
)
def test_the_words_shown_stand_in_both_and_are_telling(mine, theirs, words):
    found = shared_words(_signs(mine), _signs(theirs))
    assert found == words or (not words and not any(char.isdigit() for word in found for char in word))
    for word in found:
        assert word in mine
        assert word in theirs


def test_place_time_and_words_each_count_and_none_alone_is_enough():
    assert scored(0.5, 20, 1, 300) >= FLOOR
    assert scored(0.0, 0, 0, 300) < FLOOR  # next door on the same day, about something else
    assert scored(1.0, 0, 0, 300) <= 1
    assert scored(1.0, 301, 0, 300) == 0  # the same words elsewhere
    assert scored(0.5, 20, 1, 300) > scored(0.5, 20, 60, 300)
    assert scored(0.5, 20, 1, 300) > scored(0.5, 200, 1, 300)
