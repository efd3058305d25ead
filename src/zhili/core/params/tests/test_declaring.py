"""Parameters are known by their declaration before any database is there."""

import pytest

from zhili.core import params
from zhili.core.params import Param


def test_what_was_declared_can_be_listed() -> None:
    assert params.declared()["t.accept"].unit == "d"
    assert params.declared()["t.returns"].unit == ""


def test_the_same_declaration_twice_is_harmless_and_a_different_one_is_a_mistake() -> None:
    again = params.declared()["t.accept"]
    params.declare(again)
    with pytest.raises(ValueError, match="declared twice"):
        params.declare(Param("t.accept", "20d", title="受理期限"))


@pytest.mark.parametrize(
    ("key", "default", "title"), [("", "1", "x"), (" a", "1", "x"), ("a", "", "x"), ("a", "1", "")]
)
def test_half_a_declaration_is_refused(key: str, default: str, title: str) -> None:
    with pytest.raises(ValueError, match="parameter"):
        Param(key, default, title=title)
