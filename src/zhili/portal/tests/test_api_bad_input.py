"""Whatever is sent, the answer says what is wrong with it, and nothing is a server's fault."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.people.actors import ANONYMOUS
from zhili.portal.api import limits
from zhili.portal.tests.api_client import REPORT, ROOT, Program, fields

GOOD = b'{"what": "x"}'
LOOSE = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
ODD = st.text(st.characters(codec=None), max_size=30)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ODD,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ODD, inner, max_size=4),
    max_leaves=12,
)
NAMES = ["what", "place", "photos", "category", "anonymous", "name", "phone", "email"]
PATHS = [
    "/cases",
    "/cases/{}",
    "/cases/{}/timeline",
    "/cases/{}/actions",
    "/cases/{}/files",
    "/cases/{}/files/{}",
    "/cases/{}/{}",
    "/cases/{}/actions/{}",
    "/procedures/{}",
    "/categories",
    "/statistics",
    "/public/cases",
    "/notices",
    "/notices/{}/read",
    "/me",
    "/files",
    "/{}",
]
QUERIES = [
    *(
        "scope",
        "scenario",
        "procedure",
        "stage",
        "office",
        "division",
        "category",
        "state",
        "overdue",
        "q",
        "sort",
    ),
    *(
        "opened_since",
        "opened_until",
        "due_before",
        "cursor",
        "limit",
        "since",
        "until",
        "bbox",
        "unread",
        "variant",
    ),
]


@pytest.fixture(autouse=True)
def no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHILI_RATE_LIMIT", "0")


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (b"", 422, "form"),
        (b"{", 400, "malformed"),
        (b"{'what': 1}", 400, "malformed"),
        (b'{"what": NaN}', 400, "malformed"),
        (b'{"what": -Infinity}', 400, "malformed"),
        (b'{"what": ' + b"9" * 5000 + b"}", 400, "malformed"),
        (b'{"what": "\xff\xfe"}', 400, "malformed"),
        (b'{"what": "a\x00b"}', 400, "malformed"),
        (b'{"what": "a\\u0000b"}', 400, "bad_text"),
        (b'{"what": "\\ud800"}', 400, "bad_text"),
        (b'{"\\udfff": 1}', 400, "bad_text"),
        (b"[1, 2]", 400, "not_an_object"),
        (b'"what"', 400, "not_an_object"),
        (b"null", 400, "not_an_object"),
        (b'{"what": ' + b"[" * 40 + b"]" * 40 + b"}", 400, "too_deep"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, 400, "too_deep"),
        (b'{"what": "' + b"x" * (1024 * 1024) + b'"}', 413, "too_large"),
    ],
)
def test_a_body_that_is_no_report(small_city: SmallCity, raw: bytes, status: int, code: str) -> None:
    refused = Program().send(REPORT, raw)
    assert refused.status_code == status
    assert refused.json()["type"] == f"urn:zhili:problem:{code}"
    assert Case.objects.count() == 0


def test_a_pair_of_surrogates_is_an_ordinary_character(small_city: SmallCity) -> None:
    assert Program().send(REPORT, b'{"what": "\\ud83d\\ude00 \\u5783\\u573e"}').status_code == 201


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "",
        "application/jsonx",
    ],
)
def test_another_kind_of_content(small_city: SmallCity, kind: str) -> None:
    assert Program().send(REPORT, GOOD, kind).status_code == 415


def test_a_length_that_is_too_large_is_refused_unread(small_city: SmallCity) -> None:
    assert Program().send(REPORT, GOOD, CONTENT_LENGTH="99999999999999999999").status_code == 413


def test_compressed_content_is_refused(small_city: SmallCity) -> None:
    assert Program().send(REPORT, GOOD, HTTP_CONTENT_ENCODING="gzip").status_code == 415


def test_a_body_without_a_length_is_asked_for_one(small_city: SmallCity) -> None:
    refused = Program().send(REPORT, b"", CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked")
    assert refused.status_code == 411


@pytest.mark.parametrize(
    "path", ["/", "/nope", "/cases/", "/cases/1/2/3/4", "/%00", "/openapi", "/%0A", "/cases/%0A"]
)
def test_an_address_that_does_not_exist(db: None, path: str) -> None:
    assert Program().get(f"{ROOT}{path}").status_code in (400, 404)


def test_a_method_that_is_not_offered_is_told_which_are(small_city: SmallCity) -> None:
    refused = Program().client.delete(f"{ROOT}/cases")
    assert refused.status_code == 405
    assert refused["Allow"] == "GET"
    assert refused["Content-Type"] == "application/problem+json"


def test_asking_for_the_head_alone_is_like_reading(small_city: SmallCity) -> None:
    assert Program().client.head(f"{ROOT}/me").status_code == 200


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"scope": "everything"}, "scope"),
        ({"sort": "title"}, "sort"),
        ({"state": "half"}, "state"),
        ({"overdue": "perhaps"}, "overdue"),
        ({"opened_since": "yesterday"}, "opened_since"),
        ({"opened_since": "2026-01-01T00:00:00"}, "opened_since"),
        ({"division": "999999"}, "division"),
        ({"division": "abc"}, "division"),
        ({"office": "nobody"}, "office"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"cursor": "WyItb3BlbmVkIiwtMSxudWxsXQ"}, "cursor"),
        ({"q": "x" * 101}, "q"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_condition_that_does_not_fit_is_named(
    small_city: SmallCity, query: dict[str, str], field: str
) -> None:
    refused = Program.of(small_city.actor("A.town")).get("/cases", **query)
    assert refused.status_code == 422
    assert fields(refused) == {field}


def test_nul_in_a_condition_is_refused(small_city: SmallCity) -> None:
    assert Program.of(small_city.actor("A.town")).get("/cases", q="a\0b").status_code == 400


def test_a_broken_database_is_not_the_askers_fault(
    small_city: SmallCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    def gone(*_given: Any, **_more: Any) -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(doors, "open_case", gone)
    refused = Program().send(REPORT, GOOD)
    assert refused.status_code == 503
    assert refused["Retry-After"] == "5"


def test_what_nobody_foresaw_is_logged_and_says_nothing_of_the_inside(
    small_city: SmallCity, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_given: Any, **_more: Any) -> None:
        raise ZeroDivisionError("the inside")

    monkeypatch.setattr(doors, "open_case", broken)
    refused = Program().client.post(REPORT, GOOD, content_type="application/json")
    assert refused.status_code == 500
    assert refused["Content-Type"] == "application/problem+json"
    assert "the inside" not in refused.content.decode()
    assert refused.json()["instance"].rpartition(":")[2] in caplog.text


def test_a_stranger_who_asks_too_often_is_told_when_to_come_back(
    small_city: SmallCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ZHILI_RATE_LIMIT")
    monkeypatch.setattr(limits, "allowed", lambda: 3)
    limits.buckets.forget()
    statuses = [Program().get("/me").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    refused = Program().post(REPORT, {"what": "x"})
    assert refused.status_code == 429
    assert 1 <= int(refused["Retry-After"]) <= 20
    assert Program.of(small_city.resident()).get("/me").status_code == 200


def test_a_bucket_fills_again_with_time() -> None:
    buckets = limits.Buckets(kept=2)
    assert [buckets.take("a", 2, 0.0) > 0 for _ in range(3)] == [False, False, True]
    assert buckets.take("a", 2, 29.0) > 0
    assert buckets.take("a", 2, 31.0) == 0
    assert buckets.take("b", 2, 31.0) == buckets.take("c", 2, 31.0) == 0  # "a" is forgotten now
    assert [buckets.take("a", 2, 31.0) > 0 for _ in range(3)] == [False, False, True]


@LOOSE
@given(body=st.dictionaries(st.sampled_from(NAMES) | ODD, JSON, max_size=6))
def test_no_report_is_a_500(small_city: SmallCity, body: dict[str, Any]) -> None:
    sent = Program().send(REPORT, json.dumps(body).encode("utf-8", "surrogatepass"))
    assert sent.status_code in (201, 400, 422)


@LOOSE
@given(
    body=st.dictionaries(st.sampled_from(["data", "seen"]) | ODD, JSON, max_size=3)
    | st.fixed_dictionaries(
        {"data": st.dictionaries(st.sampled_from(["category", "note"]) | ODD, JSON, max_size=3)}
    ),
    key=st.none() | st.text(st.characters(max_codepoint=255, exclude_categories=["Cc"]), max_size=30),
)
def test_no_step_is_a_500(small_city: SmallCity, body: dict[str, Any], key: str | None) -> None:
    case = doors.open_case("citizen_reports.report", "report", ANONYMOUS, {"what": "垃圾", "place": INSIDE})
    program = Program.of(small_city.actor("A.grid"))
    if key is not None:
        program.headers["Idempotency-Key"] = key
    raw = json.dumps(body).encode("utf-8", "surrogatepass")
    assert program.send(f"/cases/{case.number}/actions/accept", raw).status_code in (201, 400, 409, 422)


@LOOSE
@given(
    path=st.sampled_from(PATHS),
    part=ODD | st.sampled_from(["26000000173", "citizen_reports.report", "report", "0" * 30]),
    query=st.dictionaries(st.sampled_from(QUERIES) | ODD, ODD | st.integers().map(str), max_size=4),
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH"]),
    as_office=st.booleans(),
)
def test_no_address_is_a_500(
    small_city: SmallCity, path: str, part: str, query: dict[str, str], method: str, as_office: bool
) -> None:
    from urllib.parse import quote, urlencode

    program = Program.of(small_city.actor("A.town")) if as_office else Program()
    name = quote(part, safe="", errors="replace")
    address = f"{ROOT}{path.replace('{}', name)}?{urlencode(query, errors='replace')}"
    answer = program.client.generic(method, address, b"", "application/json", headers=program.headers)
    assert answer.status_code < 500
    if answer.status_code >= 400:
        assert answer["Content-Type"] == "application/problem+json"


@LOOSE
@given(
    raw=st.binary(max_size=300),
    kind=st.sampled_from(["application/json", "image/jpeg", "", "multipart/form-data; boundary=x"]),
)
def test_no_bytes_are_a_500(small_city: SmallCity, raw: bytes, kind: str) -> None:
    for path in (REPORT, "/files", "/notices/read", "/cases/26000000173/actions/accept"):
        assert Program().send(path, raw, kind).status_code < 500
