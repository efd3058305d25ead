"""One bit of a link altered, anywhere, is told apart from a link that is over or not known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhili.core.people.grants import ALPHABET, prepare
from zhili.scenarios.evidence.sharing import codes

words = st.text(ALPHABET, min_size=16, max_size=16).map(codes.with_checks)


@given(words)
def test_a_whole_link_is_read(word: str) -> None:
    assert codes.with_checks(codes.without_checks(word)) == word


@given(words)
def test_each_altered_bit_is_noticed(word: str) -> None:
    for place, sign in enumerate(word):
        for bit in range(8):
            with pytest.raises(codes.Altered):
                codes.without_checks(word[:place] + chr(ord(sign) ^ 1 << bit) + word[place + 1 :])


@given(words, st.data())
def test_up_to_four_altered_signs_are_noticed(word: str, data: st.DataObject) -> None:
    places = data.draw(st.lists(st.integers(0, codes.WHOLE - 1), min_size=1, max_size=4, unique=True))
    signs = list(word)
    for place in places:
        signs[place] = data.draw(st.sampled_from([one for one in ALPHABET if one != signs[place]]))
    with pytest.raises(codes.Altered):
        codes.without_checks("".join(signs))


@pytest.mark.parametrize("cut", [0, 1, 15, 16, 21])
def test_a_link_cut_short_is_noticed(cut: int) -> None:
    word = codes.with_checks(prepare(1, "x")[0])
    with pytest.raises(codes.Altered):
        codes.without_checks(word[:cut])
    with pytest.raises(codes.Altered):
        codes.without_checks(word + "0")
