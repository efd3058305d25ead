from zhili.core.forms import Bool, Choice, Form, Integer, Text
from zhili.core.forms.tests.refusing import errors_of
from zhili.core.forms.tests.sample import ReportForm, filled


def test_a_name_is_required_unless_anonymous() -> None:
    assert errors_of(ReportForm, filled(name=None)) == {"name": ["请填写“姓名”。"]}
    assert ReportForm.validate(filled(name=None, anonymous=True)).personal == {}


def test_a_name_typed_before_choosing_anonymous_goes_nowhere() -> None:
    cleaned = ReportForm.validate(filled(anonymous="on", phone="not even a phone"))
    assert cleaned.personal == {}
    assert "name" not in cleaned.values


class Chain(Form):
    kind = Choice("类型", [("a", "甲"), ("b", "乙"), ("c", "丙")], required=True)
    big = Bool("规模较大", when=("kind", ("a", "b")))
    why = Text("原因", required=True, when=("big", True))


def test_any_of_several_values_may_open_a_question_and_conditions_chain() -> None:
    assert errors_of(Chain, {"kind": "b", "big": True}) == {"why": ["请填写“原因”。"]}
    assert Chain.validate({"kind": "c", "big": True}).values == {"kind": "c"}


def test_an_answer_of_one_is_not_a_yes() -> None:
    class Odd(Form):
        count = Integer("数量")
        why = Text("原因", required=True, when=("count", True))

    assert Odd.validate({"count": 1}).values == {"count": 1}
