import pytest

from zhili.core.forms import Choice, Form, Office
from zhili.core.forms.tests.refusing import errors_of, kept, message
from zhili.core.forms.tests.sample import EverythingForm


def test_only_what_is_offered_can_be_chosen() -> None:
    assert kept(EverythingForm, "one", " a ") == "a"
    assert message(EverythingForm, "one", "甲") == "“单选”里没有这个选项，请从列出的选项中选。"
    assert "没有这个选项" in message(EverythingForm, "one", ["a"])


def test_several_may_be_chosen_each_once() -> None:
    assert kept(EverythingForm, "some", ["c", "a", "c"]) == ["c", "a"]
    assert kept(EverythingForm, "some", "a、b") == ["a", "b"]
    assert "没有这个选项" in message(EverythingForm, "some", ["a", "z"])
    assert "没有这个选项" in message(EverythingForm, "some", {"a": 1})


def test_a_list_that_changes_is_asked_each_time() -> None:
    offered = ["x"]

    class Changing(Form):
        pick = Choice("选", lambda: offered, required=True)

    assert "pick" in errors_of(Changing, {"pick": "y"})
    offered.append("y")
    assert Changing.validate({"pick": "y"}).values == {"pick": "y"}


def test_the_caller_may_narrow_the_choices() -> None:
    class Hand(Form):
        office = Office("交给", required=True)

    assert Hand.validate({"office": "7"}).values == {"office": 7}
    assert Hand.validate({"office": 7}, choices={"office": [(7, "新嘉街道")]}).values == {"office": 7}
    assert "office" in errors_of(Hand, {"office": 8}, choices={"office": [(7, "新嘉街道")]})


@pytest.mark.parametrize("bad", ["0", -1, "x", True, 2**70, 1.5])
def test_what_is_no_office_is_refused(bad: object) -> None:
    assert "没有" in message(EverythingForm, "office", bad)
