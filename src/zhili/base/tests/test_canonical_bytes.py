"""The bytes that are hashed: the same value always gives the same bytes, whoever writes them."""

import enum
import hashlib
import json
import random
from datetime import date
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from zhili.base.canonical import CanonicalError, canonical, commitment, leaf_hash

SAFE = 2**53 - 1
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-SAFE, SAFE)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=5),
    max_leaves=12,
)


@given(values)
def test_the_fast_way_and_the_reference_library_never_differ(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@given(st.dictionaries(st.text(max_size=4), scalars, max_size=8), st.randoms())
def test_the_order_in_which_fields_were_filled_in_does_not_matter(
    value: dict[str, Any], rnd: random.Random
) -> None:
    shuffled = list(value.items())
    rnd.shuffle(shuffled)
    assert canonical(dict(shuffled)) == canonical(value)


def test_the_example_of_the_rfc() -> None:
    # RFC 8785 §3.2.2 and §3.2.3
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"\u002f",
        "literals": [None, True, False],
    }
    expected = (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    assert canonical(value) == expected.encode()


def test_keys_are_sorted_as_utf_16_not_by_code_point() -> None:
    # RFC 8785 §3.2.3: 😂 (surrogates D83D…) sorts before U+FB33, though its code point is greater.
    assert canonical({"\ufb33": 1, "😂": 2}) == '{"😂":2,"\ufb33":1}'.encode()


def test_chinese_text_is_kept_as_it_is() -> None:
    assert (
        canonical({"事项": "门口积水", "附": ["甲", "乙"]}) == '{"事项":"门口积水","附":["甲","乙"]}'.encode()
    )


class Colour(enum.StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        2**53,
        {1: "a"},
        date(2026, 1, 1),
        b"x",
        {"a": {1, 2}},
        "\ud800",
        {"\udfff": 1},
    ],
)
def test_what_has_no_canonical_form_is_refused(value: Any) -> None:
    with pytest.raises(CanonicalError):
        canonical(value)


def test_an_enumerated_word_is_written_as_its_value() -> None:
    assert canonical({"c": Colour.RED}) == b'{"c":"red"}'


def test_leaf_hash_is_that_of_rfc_6962() -> None:
    # The published hash of the empty leaf (RFC 6962 implementations agree on it).
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


def test_a_commitment_binds_the_value_and_needs_a_real_salt() -> None:
    salt = bytes(range(16))
    assert commitment(salt, "张三") == hashlib.sha256(salt + b'"' + "张三".encode() + b'"').digest()
    assert commitment(salt, "张三") != commitment(salt[::-1], "张三")
    with pytest.raises(ValueError, match="at least 16"):
        commitment(b"short", "张三")


def test_canonical_bytes_read_back_as_the_value() -> None:
    value = {"a": [1, 2.5, "三"], "b": None}
    assert json.loads(canonical(value)) == value
