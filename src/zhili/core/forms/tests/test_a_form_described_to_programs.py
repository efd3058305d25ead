import jsonschema
import pytest
from django.utils import translation

from zhili.core.forms.tests.sample import EverythingForm, ReportForm, filled


@pytest.mark.parametrize("form", [ReportForm, EverythingForm])
def test_the_schema_is_valid_json_schema(form: type[ReportForm]) -> None:
    jsonschema.Draft202012Validator.check_schema(form.schema())


def test_the_schema_knows_that_a_name_is_needed_unless_anonymous() -> None:
    judge = jsonschema.Draft202012Validator(ReportForm.schema())
    assert judge.is_valid(filled())
    assert not judge.is_valid(filled(name=None))
    assert not judge.is_valid(filled(name=None, anonymous=False))
    assert judge.is_valid(filled(name=None, anonymous=True))
    assert not judge.is_valid(filled(extra=1))


def test_the_schema_names_fields_as_the_page_does_and_who_sees_them() -> None:
    name = ReportForm.schema()["properties"]["name"]
    assert name["title"] == "姓名"
    assert name["description"] == "谁会看到：受理单位"


def test_the_offline_form_carries_what_a_page_needs() -> None:
    spec = EverythingForm.spec()
    fields = {one["name"]: one for one in spec["fields"]}
    assert fields["line"]["max_length"] == 20
    assert fields["some"]["choices"][2] == {"value": "c", "title": "丙", "group": "组二"}
    assert fields["day"]["min"] == "2020-01-01"
    assert ReportForm.spec()["fields"][5]["when"] == ["anonymous", [False]]


def test_the_version_follows_the_questions_not_the_language() -> None:
    here = ReportForm.spec()["version"]
    with translation.override("en"):
        assert ReportForm.spec()["version"] == here
    assert EverythingForm.spec()["version"] != here


def test_a_spreadsheet_row_is_itself_a_filled_form() -> None:
    columns = EverythingForm.columns()
    keys = [column.key for column in columns]
    assert "where_address" in keys
    assert "photos" not in keys
    cells = {
        "line": "一句话",
        "some": "a、c",
        "where_address": "中山路",
        "agreed": "是",
        "count": "3",
        "phone": 13800138000,
    }
    cleaned = EverythingForm.validate({key: cells.get(key, "") for key in keys})
    assert cleaned.values == {
        "line": "一句话",
        "some": ["a", "c"],
        "agreed": True,
        "count": 3,
        "where": {"address": "中山路"},
    }
    assert [column.key for column in columns if column.personal] == [
        "name",
        "phone",
        "citizen",
        "email",
        "home",
    ]
