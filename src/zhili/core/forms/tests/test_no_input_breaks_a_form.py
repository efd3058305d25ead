"""Whatever a program sends, a form answers with cleaned values or with FormErrors, and nothing else."""

import json
import timeit
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhili.base.canonical import canonical
from zhili.core.forms import FormErrors
from zhili.core.forms.tests.sample import PHOTO, EverythingForm, ReportForm, filled

HARD = st.sampled_from(
    [
        "",
        " ",
        "\0",
        "\ud800",
        "NaN",
        "1e999",
        "９",
        "²",
        "true",
        "2026-02-30",
        "0001-01-01T00:00:00+14:00",
        PHOTO,
        *[
            f"{PHOTO}:x",
            "+8613800138000",
            "1" * 500,
            "a@b.c",
            float("nan"),
            float("inf"),
            -0.0,
            10**400,
            2**63,
        ],
    ]
)
LEAF = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | HARD
JSON = st.recursive(
    LEAF,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text() | st.sampled_from(["lon", "lat", "address"]), inner, max_size=4)
    ),
    max_leaves=10,
)
KEYS = [*sorted(EverythingForm.known()), "where_lon", "where_lat", "where_address", "unknown"]


@settings(max_examples=400, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), JSON, max_size=20) | JSON)
def test_any_json_gives_answers_or_form_errors(data: Any) -> None:
    try:
        cleaned = EverythingForm.validate(data)
    except FormErrors as refused:
        said = [sentence for sentences in refused.errors.values() for sentence in sentences]
        assert said
        assert all(sentence.endswith("。") for sentence in said)
        json.dumps(refused.errors).encode()
    else:
        canonical(cleaned.values)  # can be sealed: no NaN, no lone surrogate, no huge number
        "".join(cleaned.personal.values()).encode()


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), JSON, max_size=20))
def test_what_was_cleaned_once_passes_unchanged_again(data: dict[str, Any]) -> None:
    try:
        first = EverythingForm.validate(data | {"agreed": True})
    except FormErrors:
        return
    again = EverythingForm.validate(first.values | first.personal)
    assert (again.values, again.personal) == (first.values, first.personal)


LETTERS = st.text(alphabet="abc路口井盖é𠮷", min_size=1, max_size=50)
REQUIRED: dict[str, st.SearchStrategy[Any]] = {
    "what": LETTERS,
    "where": st.fixed_dictionaries({"address": LETTERS})
    | st.fixed_dictionaries({"lon": st.floats(1, 180), "lat": st.floats(-90, 90)}),
}
OPTIONAL: dict[str, st.SearchStrategy[Any]] = {
    "category": st.sampled_from(["road", "drain", "moon"]),
    "photos": st.lists(st.uuids().map(str), max_size=5),
    "anonymous": st.booleans(),
    "name": st.sampled_from(["张三", "", 5]),
    "stranger": st.just(1),
}
ANSWERS = st.fixed_dictionaries(REQUIRED, optional=OPTIONAL)


@settings(max_examples=300, deadline=None)
@given(ANSWERS)
def test_what_the_schema_says_the_form_does(data: dict[str, Any]) -> None:
    if jsonschema.Draft202012Validator(ReportForm.schema()).is_valid(data):
        ReportForm.validate(data)
    elif not data.get("anonymous"):  # else a name is dropped unread, whatever it was
        with pytest.raises(FormErrors):
            ReportForm.validate(data)


def test_speed_of_a_usual_report() -> None:
    data = filled(phone="13800138000", photos=[PHOTO], what="路面塌陷。" * 40, category="road")
    runs = 500
    each = timeit.timeit(lambda: ReportForm.validate(data), number=runs) / runs
    print(f"\nvalidate a report: {each * 1e3:.3f} ms")
