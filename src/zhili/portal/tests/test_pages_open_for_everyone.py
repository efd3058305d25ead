"""Every page answers every kind of reader, in both languages, and no query string breaks one."""

from __future__ import annotations

import gzip
import json

import pytest
from django.test import Client, RequestFactory

from zhili.core.cases import doors
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.people.actors import ANONYMOUS
from zhili.core.web import errors
from zhili.portal.tests.pages_client import reader, words_of

OPEN = [
    "/",
    "/report",
    "/my",
    "/track",
    "/map",
    "/stats",
    "/stats/cases?measure=reopened",
    "/accounts/login/",
]
SIGNED = ["/notices", "/accounts/post", "/accounts/password/change/", "/accounts/2fa/"]
STAFF = ["/desk", "/desk?view=waiting", "/desk?view=area", "/desk/search", "/desk/search?q=路灯"]
NONSENSE = ["", "x", "-1", "9" * 30, "\x00", "１２", "2026-13-45", "~", "null", "' or 1=1 --"]


def fetched(client: Client, path: str) -> int:
    """The status in the end; 401 for who was sent to sign in."""
    answer = client.get(path, follow=True)
    gone_to = answer.redirect_chain[-1][0] if answer.redirect_chain else ""
    return 401 if gone_to.startswith("/accounts/login/") else answer.status_code


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_open(small_city: SmallCity, language: str) -> None:
    stranger, resident = reader(), reader(small_city.resident())
    staff = [
        reader(small_city.actor(office)) for office in ("A.grid", "A.town", "city", "hotline", "arbiter")
    ]
    for client in (stranger, resident, *staff):
        client.cookies["django_language"] = language
        for path in OPEN:
            assert fetched(client, path) == 200, path
    for client in (resident, *staff):
        for path in SIGNED:
            assert fetched(client, path) == 200, path
    for client in staff:
        for path in STAFF:
            assert fetched(client, path) == 200, path


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/desk", ["q", "stage", "scenario", "category", "place", "after", "view", "state"]),
        ("/desk/search", ["q", "category", "place", "before", "open"]),
        ("/map", ["category", "place", "days", "state", "q", "bbox", "zoom", "before"]),
        ("/map/boundaries.geojson", ["level", "points"]),
        ("/map/matters.geojson", ["category", "place", "days", "state", "q", "bbox", "zoom", "before"]),
        ("/stats", ["division", "since", "until", "days", "scenario"]),
        ("/stats/cases", ["division", "since", "until", "measure", "category", "before"]),
        ("/my", ["before"]),
        ("/notices", ["before"]),
        ("/track", ["number"]),
    ],
)
def test_no_query_string_breaks_a_page(small_city: SmallCity, path: str, names: list[str]) -> None:
    client = reader(small_city.actor("A.town"))
    for name in names:
        for value in [*NONSENSE, "9999-12-31~5", "2026-11-22T00:00:00+08:00~99999999999999999999"]:
            assert client.get(path, {name: value}).status_code < 500, (name, value)


@pytest.mark.parametrize(
    "path", ["/c/abc", "/c/26000000017", "/c/%00", "/nowhere", "/new/no.such/thing", "/done/1"]
)
def test_what_is_not_there_is_said_so(small_city: SmallCity, path: str) -> None:
    answer = reader().get(path)
    assert answer.status_code == 404
    shown = words_of(answer)
    assert "发生了什么" in shown
    assert "错误编号" in shown


def test_a_form_without_its_token_is_refused_with_advice(small_city: SmallCity) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/track", {"number": "1"})
    assert answer.status_code == 403
    assert "返回上一页刷新" in words_of(answer)


def test_a_form_too_large_to_read_is_said_so(small_city: SmallCity) -> None:
    answer = reader().post("/track", {"number": "1" * 3_000_000})
    assert answer.status_code == 413
    assert "文件太大" in words_of(answer)


def test_programs_are_refused_in_problem_details() -> None:
    asked = RequestFactory().get("/api/v1/cases")
    for answer, status in (
        (errors.not_found(asked), 404),
        (errors.forbidden(asked), 403),
        (errors.bad_request(asked), 400),
        (errors.csrf_failure(asked), 403),
        (errors.server_error(asked), 500),
    ):
        assert answer["Content-Type"] == "application/problem+json"
        body = json.loads(answer.content)
        assert (answer.status_code, body["status"]) == (status, status)
        assert body["title"]
        assert body["detail"]
        assert body["instance"].startswith("urn:zhili:error:")


def test_what_an_office_has_read_is_on_the_first_page(small_city: SmallCity) -> None:
    assert "还没有公开的事" in words_of(reader().get("/"))
    data = {"what": "路灯不亮", "place": INSIDE, "category": "201001"}
    case = doors.open_case("citizen_reports.report", "report", ANONYMOUS, data)
    doors.act(case.case_id, "accept", small_city.actor("A.grid"), {})
    assert "路灯不亮" in words_of(reader().get("/"))


def test_only_public_matters_are_on_the_map(small_city: SmallCity) -> None:
    # the second category is kept from the public
    for category, holder in (("201001", "A.grid"), ("201013", "A.grid")):
        case = doors.open_case(
            "citizen_reports.report",
            "report",
            ANONYMOUS,
            {"what": f"事 {category}", "place": INSIDE, "category": category},
        )
        doors.act(case.case_id, "accept", small_city.actor(holder), {})
    found = json.loads(reader().get("/map/matters.geojson").content)["features"]
    assert [one["properties"]["title"] for one in found] == ["事 201001"]
    assert "事 201013" not in words_of(reader().get("/map"))


def test_boundaries_are_sent_packed_and_only_once(small_city: SmallCity) -> None:
    client = reader()
    first = client.get("/map/boundaries.geojson?level=county", headers={"Accept-Encoding": "gzip"})
    assert first["Content-Encoding"] == "gzip"
    names = {f["properties"]["name"] for f in json.loads(gzip.decompress(first.content))["features"]}
    assert names == {"南湖区", "秀洲区"}
    again = client.get("/map/boundaries.geojson?level=county", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    plain = client.get("/map/boundaries.geojson?level=county")
    assert "Content-Encoding" not in plain
    assert json.loads(plain.content)["features"]


def test_the_reader_chooses_look_and_language(small_city: SmallCity) -> None:
    client = reader()
    client.post("/prefs", {"look": "elder", "next": "/my"})
    page = client.get("/my").content.decode()
    assert 'data-theme="elder"' in page
    client.post("/prefs", {"language": "en", "next": "/my"})
    assert '<html lang="en-GB"' in client.get("/my").content.decode()
    assert client.post("/prefs", {"look": "dark", "next": "https://elsewhere.example/"})["Location"] == "/"


def test_somebody_with_two_posts_chooses_between_them(small_city: SmallCity) -> None:
    grid = small_city.actor("A.grid", name="两岗")
    from zhili.core.people.models import Post, PostHolding

    post = Post.objects.create(office=small_city.offices["A.village"], title="书记", roles=["handler"])
    PostHolding.objects.create(
        post=post, account=small_city.account_of(grid), valid_from=small_city.offices["A.village"].valid_from
    )
    client = reader(grid)
    assert "书记" in words_of(client.get("/accounts/post"))
    assert client.post("/accounts/post", {"post": post.pk}).status_code == 302
    assert small_city.offices["A.village"].name in words_of(client.get("/desk"))
    assert client.post("/accounts/post", {"post": "999999"}).status_code == 403
