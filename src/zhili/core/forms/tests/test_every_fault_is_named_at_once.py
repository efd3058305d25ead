import pytest

from zhili.core.forms import WHOLE_FORM, Form, FormErrors, Personal, Place, Text
from zhili.core.forms.form import Cleaned
from zhili.core.forms.tests.refusing import errors_of
from zhili.core.forms.tests.sample import EverythingForm, ReportForm, filled


def test_a_good_report_passes_and_personal_values_are_kept_apart() -> None:
    cleaned = ReportForm.validate(filled(phone="138 0013 8000"))
    assert cleaned.values == {"what": "下水道堵了", "where": {"address": "中山路 1 号"}, "anonymous": False}
    assert cleaned.personal == {"name": "张三", "phone": "+8613800138000"}
    assert cleaned.kinds == {"name": "name", "phone": "phone"}


def test_all_faults_come_together_not_one_by_one() -> None:
    errors = errors_of(ReportForm, {"what": " ", "category": "moon", "phone": "12", "extra": 1})
    assert list(errors) == ["extra", "what", "category", "where", "name", "phone"]
    assert errors["what"] == ["请填写“发生了什么”。"]
    assert errors["where"] == ["请填写“在哪里”的地址，或在地图上点出位置。"]
    assert errors["category"] == ["“类别”里没有这个选项，请从列出的选项中选。"]


def test_an_unknown_field_is_refused_by_name() -> None:
    assert errors_of(ReportForm, filled(colour="red")) == {"colour": ["表单里没有“colour”这一项，请去掉它。"]}


def test_ten_thousand_unknown_fields_do_not_make_a_ten_thousand_line_answer() -> None:
    errors = errors_of(ReportForm, {f"x{n}" * 100: n for n in range(10_000)})
    assert len(errors) < 30
    assert max(map(len, errors)) <= 64


@pytest.mark.parametrize("junk", [None, [], "text", 3, True])
def test_what_is_not_a_form_at_all_gets_a_plain_answer(junk: object) -> None:
    assert list(errors_of(ReportForm, junk)) == [WHOLE_FORM]


def test_a_rule_across_fields_is_asked_once_each_is_right() -> None:
    class Meeting(Form):
        begins = Text("开始", required=True)
        ends = Text("结束", required=True)

        @classmethod
        def check(cls, cleaned: Cleaned) -> dict[str, list[str]]:
            wrong = cleaned.values["ends"] < cleaned.values["begins"]
            return {"ends": ["结束不能早于开始，请改正。"]} if wrong else {}

    assert errors_of(Meeting, {"begins": "10:00", "ends": "09:00"}) == {
        "ends": ["结束不能早于开始，请改正。"]
    }
    assert errors_of(Meeting, {"begins": "10:00"}) == {"ends": ["请填写“结束”。"]}


def test_only_what_is_marked_public_reaches_the_public_view() -> None:
    cleaned = ReportForm.validate(filled(category="drain"))
    assert ReportForm.public_values(cleaned.values) == {"what": "下水道堵了", "category": "drain"}


def test_a_form_asking_who_someone_is_must_say_who_sees_it() -> None:
    with pytest.raises(TypeError, match="must say who will see"):
        Personal("姓名", kind="name", seen_by="")
    with pytest.raises(TypeError, match="never public"):
        Personal("姓名", kind="name", seen_by="受理单位", public=True)


def test_declarations_that_cannot_work_are_refused_when_loaded() -> None:
    with pytest.raises(TypeError, match="not a kept answer before it"):
        type("Late", (Form,), {"a": Text("甲", when=("b", "x")), "b": Text("乙")})
    with pytest.raises(TypeError, match="name is taken"):
        type("Taken", (Form,), {"validate": Text("甲")})
    with pytest.raises(TypeError, match="name is taken"):
        type("Split", (Form,), {"where": Place("甲"), "where_lon": Text("乙")})
    with pytest.raises(TypeError, match="one place at most"):
        type("Two", (Form,), {"here": Place("甲"), "there": Place("乙")})


def test_a_form_may_be_built_on_another_and_drop_a_question() -> None:
    class Short(ReportForm):
        photos = None  # type: ignore[assignment]
        urgent = Text("急在哪里")

    assert [one.name for one in Short.fields()] == [
        *["what", "category", "where", "anonymous", "name", "phone"],
        "urgent",
    ]
    assert "photos" in ReportForm.known()


def test_errors_read_well_in_a_log() -> None:
    with pytest.raises(FormErrors, match="agreed: 请勾选“已阅读须知”。"):
        EverythingForm.validate({})
