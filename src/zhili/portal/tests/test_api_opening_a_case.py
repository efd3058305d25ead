"""A program begins a case: what it gets, what a repeat gets, what each fault is told."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import INSIDE, OUTSIDE, SmallCity
from zhili.portal.api import limits
from zhili.portal.tests.api_client import REPORT, Program, fields

RUBBISH = {"what": "小区门口垃圾成堆", "place": INSIDE, "category": "201001"}
MOST_QUERIES = 14


@pytest.fixture(autouse=True)
def nobody_has_asked_yet():
    limits.buckets.forget()


def key() -> str:
    return str(uuid.uuid4())


def test_a_stranger_gets_a_number_an_address_and_a_code(small_city: SmallCity) -> None:
    made = Program().post(REPORT, RUBBISH)
    assert made.status_code == 201
    body = made.json()
    assert made["Location"] == body["url"] == f"/api/v1/cases/{body['number']}"
    assert "Idempotent-Replay" not in made
    assert Case.objects.get(number=body["number"]).channel == "api"
    mine = Program(**{"X-Grant": body["code"]}).get(body["url"]).json()
    assert mine["view"] == "full"
    assert mine["office"]["name"] == small_city.offices["A.grid"].name


def test_somebody_signed_in_needs_no_code(small_city: SmallCity) -> None:
    program = Program.of(small_city.resident())
    body = program.post(REPORT, RUBBISH).json()
    assert body["code"] is None
    assert program.get("/cases", scope="own").json()["items"][0]["number"] == body["number"]


def test_the_same_key_and_content_get_the_first_answer(small_city: SmallCity) -> None:
    again = key()
    first = Program().post(REPORT, RUBBISH, Idempotency_Key=again)
    second = Program().post(REPORT, RUBBISH, Idempotency_Key=f'"{again}"')
    assert (first.status_code, second.status_code) == (201, 201)
    assert second["Idempotent-Replay"] == "true"
    assert second["Location"] == first["Location"]
    assert second.json() == first.json()
    assert Case.objects.count() == 1


def test_the_same_key_for_something_else_is_refused(small_city: SmallCity) -> None:
    again = key()
    Program().post(REPORT, RUBBISH, Idempotency_Key=again)
    other = Program().post(REPORT, RUBBISH | {"what": "另一件事"}, Idempotency_Key=again)
    assert other.status_code == 422
    assert other.json()["type"] == "urn:zhili:problem:key_reused"
    assert Case.objects.count() == 1


@pytest.mark.parametrize("bad", ["短", "short", "with space in the middle", '"', "x" * 201])
def test_a_key_a_stranger_could_share_or_that_is_no_key_is_refused(small_city: SmallCity, bad: str) -> None:
    refused = Program().post(REPORT, RUBBISH, Idempotency_Key=bad)
    assert refused.status_code == 400
    assert Case.objects.count() == 0


def test_every_faulty_field_is_named_at_once(small_city: SmallCity) -> None:
    refused = Program().post(
        REPORT, {"what": "", "place": {"lon": 999, "lat": 0}, "category": "nope", "colour": "red"}
    )
    assert refused.status_code == 422
    assert fields(refused) == {"what", "place", "category", "colour"}
    assert Case.objects.count() == 0


def test_reasons_come_in_the_language_asked_for(small_city: SmallCity) -> None:
    program = Program(**{"Accept-Language": "zh-CN"})
    assert "请" in program.post(REPORT, {}).json()["detail"]


def test_a_place_outside_the_city_is_taken_for_the_arbiter(small_city: SmallCity) -> None:
    made = Program().post(REPORT, RUBBISH | {"place": OUTSIDE})
    assert made.status_code == 201
    case = Case.objects.get(number=made.json()["number"])
    assert case.outside
    assert case.office == small_city.offices["arbiter"]


def test_a_kind_that_does_not_exist_is_not_found(small_city: SmallCity) -> None:
    assert Program().post("/cases/citizen_reports.report/nope", RUBBISH).status_code == 404
    assert Program().post("/cases/nope.nope/report", RUBBISH).status_code == 404


def test_a_resident_does_not_report_as_the_hotline(small_city: SmallCity) -> None:
    refused = Program.of(small_city.resident()).post("/cases/citizen_reports.report/on_behalf", RUBBISH)
    assert refused.status_code == 403
    assert Case.objects.count() == 0


def test_a_read_only_token_opens_nothing(small_city: SmallCity) -> None:
    refused = Program.of(small_city.resident(), "read").post(REPORT, RUBBISH)
    assert refused.status_code == 403
    assert "insufficient_scope" in refused["WWW-Authenticate"]
    assert Case.objects.count() == 0


def test_an_unknown_token_is_not_a_stranger(small_city: SmallCity) -> None:
    refused = Program(Authorization="Bearer zhl_nonsense").post(REPORT, RUBBISH)
    assert refused.status_code == 401
    assert "invalid_token" in refused["WWW-Authenticate"]
    assert Case.objects.count() == 0


def test_a_browser_must_prove_that_the_page_was_ours(small_city: SmallCity) -> None:
    program = Program()
    program.client.force_login(small_city.account_of(small_city.resident()))
    refused = program.post(REPORT, RUBBISH)
    assert refused.status_code == 403
    assert refused.json()["type"] == "urn:zhili:problem:csrf"
    program.client.cookies["csrftoken"] = "a" * 32
    assert program.post(REPORT, RUBBISH, X_CSRFToken="a" * 32).status_code == 201


def test_an_intake_is_few_queries(small_city: SmallCity) -> None:
    """The limit is 14; one statement is what it takes once the process is warm."""
    Program().post(REPORT, RUBBISH, Idempotency_Key=key())
    with CaptureQueriesContext(connection) as seen:
        assert Program().post(REPORT, RUBBISH, Idempotency_Key=key()).status_code == 201
    statements = [q["sql"] for q in seen if "SAVEPOINT" not in q["sql"]]
    assert len(statements) <= MOST_QUERIES
    assert len(statements) == 1, statements
