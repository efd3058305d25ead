"""An expression compares numbers and does nothing else; what is refused is refused with its place."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhili.base.signals.expression import ExpressionRefused, compile_expression

NAMES = ("a", "b", "limit")
NUMBERS = st.recursive(
    st.one_of(st.sampled_from(NAMES), st.integers(0, 9).map(str), st.sampled_from(["0.5", "1e3"])),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda t: f"-{t}"),
        inner.map(lambda t: f"abs({t})"),
        st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(lambda t: f"{t[0]}({t[1]}, {t[2]})"),
    ),
    max_leaves=6,
)
COMPARISONS = st.one_of(
    st.tuples(NUMBERS, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), NUMBERS).map(" ".join),
    st.tuples(NUMBERS, NUMBERS, NUMBERS).map(lambda t: f"{t[0]} < {t[1]} <= {t[2]}"),
)
TRUTHS = st.recursive(
    COMPARISONS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda t: f"({t[0]}) {t[1]} ({t[2]})"),
        inner.map(lambda t: f"not ({t})"),
    ),
    max_leaves=4,
)


@given(text=TRUTHS, values=st.tuples(*[st.integers(-5, 5).map(float)] * 3))
def test_it_means_what_python_means(text: str, values: tuple[float, ...]):
    try:
        compiled = compile_expression(text, NAMES)
    except ExpressionRefused as error:
        if "longer than" not in str(error) and "nested deeper" not in str(error):
            raise
        return
    try:
        expected = eval(text, {}, dict(zip(NAMES, values, strict=True)))
    except ZeroDivisionError:
        with pytest.raises(ZeroDivisionError):
            compiled.run(values)
    else:
        assert compiled.run(values) is expected


@pytest.mark.parametrize(
    ("text", "line", "column", "name"),
    [
        ("a > limt", 1, 5, "limt"),
        ("(a > 1 and\n__import__('os').system('x') > 0)", 2, 1, "__import__('os').system"),
        ("a.real > 1", 1, 1, "a.real"),
        ("a[0] > 1", 1, 1, "a[0]"),
        ("open(a) > 1", 1, 1, "open"),
        ("(lambda: 1)() > a", 1, 1, "lambda: 1"),
        ("a ** b > 1", 1, 1, "Pow"),
        ("a // b > 1", 1, 1, "FloorDiv"),
        ("~a > 1", 1, 1, "Invert"),
        ("a in (1, 2)", 1, 1, "In"),
        ("a is b", 1, 1, "Is"),
        ("a > 'x'", 1, 5, "x"),
        ("a > True", 1, 5, "True"),
        ("a > 1j", 1, 5, "1j"),
        ("[x for x in a] > b", 1, 1, "[x for x in a]"),
        ("(a := 1) > b", 1, 2, "a := 1"),
        ("f'{a}' > b", 1, 1, "f'{a}'"),
        ("min(a) > 1", 1, 1, "min"),
        ("min(*a, b) > 1", 1, 5, "*a"),
        ("max(a, b, key=abs) > 1", 1, 1, "max"),
        ("abs > 1", 1, 1, "abs"),
        ("a if b else a > 1", 1, 1, "a if b else a > 1"),
        ("a + (b > 1) > 2", 1, 6, ""),
        ("a and b > 1", 1, 1, ""),
        ("not a", 1, 5, ""),
        ("a + b", 1, 1, ""),
        ("a > 1e999", 1, 5, ""),
        ("a > ", 1, 4, "a >"),
        ("a > 1; b > 2", 1, 6, "a > 1; b > 2"),
        ("", 1, 1, ""),
        ("import os", 1, 1, "import os"),
    ],
)
def test_what_is_refused_says_where_and_what(text, line, column, name):
    with pytest.raises(ExpressionRefused) as refused:
        compile_expression(text, NAMES)
    assert (refused.value.line, refused.value.name) == (line, name)
    assert refused.value.column == column or "not an expression" in str(refused.value)
    assert str(refused.value).startswith(f"line {line}, column ")


def test_length_and_depth_are_limited_and_nothing_breaks_the_reader():
    for text in (
        "a > " + "1 + " * 200 + "1",
        "(" * 300 + "a" + ")" * 300 + " > 1",
        "-" * 90 + "a > 1",
        "a > \0",
    ):
        with pytest.raises(ExpressionRefused):
            compile_expression(text, NAMES)
    with pytest.raises(ExpressionRefused, match="nested deeper"):
        compile_expression("a > " + "1 + (" * 22 + "b" + ")" * 22, NAMES)


@given(text=st.text(alphabet="ab <>=()+-*/.,[]{}:'\"\\\n01andortlimsx_@#é表", max_size=60))
def test_any_text_is_compiled_or_refused(text: str):
    try:
        compiled = compile_expression(text, NAMES)
    except ExpressionRefused:
        return
    try:
        assert compiled.run((1.0, 2.0, 3.0)) in (True, False)
    except ZeroDivisionError:
        assert "/" in text


def test_a_value_that_is_no_number_compares_false():
    assert compile_expression("a > b", NAMES).run((math.nan, 1, 1)) is False
