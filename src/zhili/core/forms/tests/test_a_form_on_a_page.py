import re

import pytest
from django.http import QueryDict
from django.template import Context, Template

from zhili.core.forms import Form, FormErrors, Text
from zhili.core.forms.bound import BoundForm
from zhili.core.forms.tests.sample import PHOTO, EverythingForm, ReportForm

PAGE = Template("{% load zhili_forms %}{% error_summary bound %}<form>{% render_form bound %}</form>")


def drawn(bound: BoundForm) -> str:
    return PAGE.render(Context({"bound": bound}))


def sent(form: type[Form], body: str) -> BoundForm:
    """The page after a browser sent `body` and something was wrong."""
    data = form.from_post(QueryDict(body))
    with pytest.raises(FormErrors) as refused:
        form.validate(data)
    return form.bind(data, refused.value.errors)


def test_every_question_has_a_label_or_a_legend() -> None:
    html = drawn(EverythingForm.bind())
    labelled = set(re.findall(r'<label[^>]* for="([^"]+)"', html))
    controls = set(re.findall(r'<(?:input|textarea|select)[^>]* id="([^"]+)"', html))
    hidden = {"f-where-lon", "f-where-lat"}
    assert controls - hidden == labelled
    for field in EverythingForm.fields():
        assert field.label in html


def test_every_mark_points_at_something_on_the_page() -> None:
    html = drawn(sent(EverythingForm, "line=x&count=many&where_lon=1&moment=never&stars=9&some=z&phone=1"))
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    for pointed in re.findall(r'aria-(?:describedby|labelledby)="([^"]+)"', html):
        assert set(pointed.split()) <= set(ids)
    for link in re.findall(r'href="#([^"]+)"', html):
        assert link in ids


def test_the_summary_leads_to_each_field_in_the_order_of_the_page() -> None:
    html = drawn(sent(ReportForm, "what=&where_address=&phone=12&extra=1"))
    assert re.findall(r'<a href="#([^"]+)">', html) == ["f-what", "f-where-address", "f-name", "f-phone"]
    assert "还有 5 处要改" in html
    assert "表单里没有“extra”这一项" in html
    assert 'role="alert"' in html


def test_no_summary_when_nothing_is_wrong() -> None:
    assert 'role="alert"' not in drawn(ReportForm.bind())


def test_an_error_is_tied_to_its_field_for_screen_readers() -> None:
    html = drawn(sent(ReportForm, "what=&where_address=x&name=x"))
    area = re.search(r'<textarea[^>]* id="f-what"[^>]*>', html)
    assert area
    assert 'aria-invalid="true"' in area[0]
    assert 'aria-describedby="f-what-error f-what-help"' in area[0]
    assert re.search(r'id="f-what-error">.*请填写“发生了什么”。', html)


def test_what_was_typed_stays_and_cannot_break_the_page() -> None:
    html = drawn(
        sent(
            ReportForm,
            "what=%3Cscript%3Ealert(1)%3C/script%3E&category=drain&where_lon=120.7&where_lat=30.7&phone=12%22%3E",
        )
    )
    assert "&lt;script&gt;alert(1)" in html
    assert "<script" not in html
    assert re.search(r'value="drain" checked', html)
    assert 'name="where_lon" value="120.7"' in html
    assert 'value="12&quot;&gt;"' in html


def test_files_already_uploaded_stay() -> None:
    data = ReportForm.from_post(QueryDict("what="), stored={"photos": [f"{PHOTO}:tok"]})
    html = drawn(ReportForm.bind(data, {"what": ["请填写“发生了什么”。"]}, file_names={PHOTO: "井盖.jpg"}))
    assert f'value="{PHOTO}:tok" checked' in html
    assert "井盖.jpg" in html


def test_it_says_who_will_see_a_name_and_when_to_give_it() -> None:
    html = drawn(ReportForm.bind())
    assert "谁会看到：受理单位" in html
    assert "没有勾选“匿名反映”才需要填写。" in html
    assert 'data-when="anonymous" data-when-values="false"' in html


def test_browsers_may_not_cut_what_is_pasted() -> None:
    assert " maxlength=" not in drawn(EverythingForm.bind())


def test_defaults_show_on_a_fresh_page_only() -> None:
    class Greeting(Form):
        word = Text("问候", default="您好")

    assert 'value="您好"' in drawn(Greeting.bind())
    assert 'value=""' in drawn(Greeting.bind({"word": ""}, {"word": ["请改正。"]}))


def test_two_forms_on_one_page_do_not_share_ids() -> None:
    html = drawn(ReportForm.bind(prefix="a")) + drawn(ReportForm.bind(prefix="b"))
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_a_browser_form_becomes_a_mapping() -> None:
    post = QueryDict("csrfmiddlewaretoken=x&_key=k&some=a&some=c&line=%E4%BD%A0%E5%A5%BD&agreed=true&odd=1")
    assert EverythingForm.from_post(post) == {
        "some": ["a", "c"],
        "line": "你好",
        "agreed": "true",
        "odd": "1",
    }
    assert ReportForm.from_post(QueryDict(""))["anonymous"] is False


def test_it_knows_when_the_page_must_send_files() -> None:
    class Plain(Form):
        word = Text("问候")

    assert ReportForm.bind().multipart
    assert not Plain.bind().multipart
