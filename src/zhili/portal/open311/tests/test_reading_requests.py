"""GET requests: what everybody may see, in the specification's shape and within its limits."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import NORTH, SmallCity
from zhili.core.people import tokens
from zhili.core.people.models import Account
from zhili.portal.open311 import requests
from zhili.portal.open311.tests.asker import Asker, accept, answer, xml

pytestmark = pytest.mark.sql
REQUEST = [
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description",
    "agency_responsible", "service_notice", "requested_datetime", "updated_datetime", "expected_datetime", "address",
    "address_id", "zipcode", "lat", "long", "media_url",
]  # fmt: skip


@pytest.fixture
def number(app: Asker, city: SmallCity) -> str:
    """A report its office has accepted."""
    number = app.reported(description="垃圾成堆，电话13812345678", address_string="建设路1号")
    accept(city, number)
    return number


def ids(response: object) -> list[str]:
    return [one["service_request_id"] for one in response.json()]  # type: ignore[attr-defined]


def test_a_public_request_in_every_field(stranger: Asker, number: str) -> None:
    (row,) = stranger.get(f"requests/{number}.json").json()
    assert list(row) == REQUEST
    assert row["status"] == "open"
    assert row["service_code"] == "201001"
    assert row["service_name"] == "暴露垃圾"
    assert row["address"] == "建设路1号"
    assert row["address_id"] == "330402001001"
    assert (row["lat"], row["long"]) == (30.05, 120.05)
    assert "13812345678" not in row["description"]
    assert row["agency_responsible"] is None
    for name in ("requested_datetime", "updated_datetime"):
        assert datetime.fromisoformat(row[name]).utcoffset() is not None
    top = xml(stranger.get(f"requests/{number}.xml"))
    assert top.tag == "service_requests"
    assert [part.tag for part in top[0]] == REQUEST
    assert top[0].findtext("lat") == "30.05"


def test_closed_once_answered_and_open_again_once_reopened(
    stranger: Asker, app: Asker, number: str, city: SmallCity
) -> None:
    case = answer(city, number, "已清运，加了一次保洁")
    (row,) = stranger.get(f"requests/{number}.json").json()
    assert row["status"] == "closed"
    assert "已清运，加了一次保洁" in row["status_notes"]
    assert datetime.fromisoformat(row["updated_datetime"]) == case.answered_at.replace(microsecond=0)  # type: ignore[union-attr]
    assert ids(stranger.get("requests.json", status="closed")) == [number]
    assert ids(stranger.get("requests.json", status="open")) == []
    app.post(
        "servicerequestupdates.json",
        service_request_id=number,
        status="OPEN",
        description="还有",
        update_id="1",
    )
    assert ids(stranger.get("requests.json", status="open")) == [number]
    assert ids(stranger.get("requests.json", status="open,closed")) == [number]


def test_what_nobody_has_read_yet_only_its_own_key_sees(stranger: Asker, app: Asker) -> None:
    number = app.reported()
    assert stranger.get(f"requests/{number}.json").status_code == 404
    assert ids(stranger.get("requests.json")) == []
    assert Asker.with_key("other").get(f"requests/{number}.json").status_code == 404
    (row,) = app.get(f"requests/{number}.json").json()
    assert row["agency_responsible"] == "南湖区1村01网格"
    assert row["expected_datetime"]
    assert ids(app.get("requests.json")) == [number]


def test_confidential_matters_are_nobodys(stranger: Asker, number: str) -> None:
    Case.objects.filter(number=number).update(confidential=True)
    assert stranger.get(f"requests/{number}.json").status_code == 404
    assert ids(stranger.get("requests.json")) == []


def test_a_key_sees_no_more_than_its_account(city: SmallCity, app: Asker) -> None:
    number = app.reported(lat=30.05, long=120.65)  # in the other county, not yet public
    county_b = Account.objects.get(pk=city.actor("B").account_id)
    county_a = Account.objects.get(pk=city.actor("A").account_id)
    of_b, of_a = (Asker(tokens.issue(one, "t", (tokens.READ,))[0]) for one in (county_b, county_a))
    assert ids(of_b.get("requests.json")) == [number]
    assert ids(of_a.get("requests.json")) == []


def test_a_list_of_numbers_overrides_all_else(
    stranger: Asker, app: Asker, city: SmallCity, number: str
) -> None:
    other = app.reported(description="另一堆")
    accept(city, other)
    found = stranger.get("requests.json", service_request_id=f"{number}, {other},123,xyz", status="closed")
    assert set(ids(found)) == {number, other}
    assert ids(stranger.get("requests.json", service_request_id="999")) == []


def test_by_service_and_by_date(stranger: Asker, number: str) -> None:
    assert ids(stranger.get("requests.json", service_code="201001,201013")) == [number]
    assert ids(stranger.get("requests.json", service_code="201013")) == []
    assert ids(stranger.get("requests.json", service_code="none")) == []
    now = timezone.now()
    day = timedelta(days=1)
    assert ids(stranger.get("requests.json", start_date=(now - day).isoformat())) == [number]
    assert ids(stranger.get("requests.json", end_date=(now - day).isoformat())) == []
    assert ids(stranger.get("requests.json", start_date=f"{now:%Y-%m-%d}")) in ([number], [])
    Case.objects.filter(number=number).update(opened_at=now - 100 * day)
    assert ids(stranger.get("requests.json")) == [], "the latest 90 days, unless asked otherwise"
    window = {"start_date": (now - 110 * day).isoformat(), "end_date": (now - 30 * day).isoformat()}
    assert ids(stranger.get("requests.json", **window)) == [number]


@pytest.mark.parametrize(
    "query",
    [
        {"start_date": "1899-12-31T23:59:59Z"},
        {"start_date": "2201-01-01T00:00:00Z"},
        {"start_date": "0000-00-00"},
        {"start_date": "yesterday"},
        {"start_date": "2026-01-01T00:00:00"},
        {"start_date": "2026-13-01T00:00:00Z"},
        {"start_date": "2026-02-30"},
        {"start_date": "2026-01-01T00:00:00+99:00"},
        {"start_date": "2026-06-01T00:00:00Z", "end_date": "2026-01-01T00:00:00Z"},
        {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-06-01T00:00:00Z"},
        {"status": "resolved"},
        {"page": "0"},
        {"page": "x"},
        {"page_size": "1001"},
        {"page": "200", "page_size": "1000"},
        {"lat": "30"},
        {"lat": "nan", "long": "120"},
        {"lat": "30", "long": "120", "radius": "50000"},
        {"bbox": "1,2,3"},
        {"bbox": "1,2,3,x"},
        {"updated_after": "never"},
    ],
)
def test_a_condition_that_does_not_fit_is_refused_in_words(stranger: Asker, query: dict[str, str]) -> None:
    for ending in ("json", "xml"):
        assert stranger.get(f"requests.{ending}", **query).status_code == 400


def test_a_plus_nobody_escaped_is_understood(stranger: Asker, number: str) -> None:
    at = f"{timezone.now() - timedelta(days=1):%Y-%m-%dT%H:%M:%S}+08:00"
    response = stranger.client.get(f"/open311/v2/requests.json?start_date={at}")
    assert ids(response) == [number]


def test_by_place(stranger: Asker, app: Asker, city: SmallCity, number: str) -> None:
    north = app.reported(lat=NORTH["lat"], long=NORTH["lon"], description="北边")
    accept(city, north)
    assert ids(stranger.get("requests.json", lat=30.05, long=120.05, radius=500)) == [number]
    assert set(ids(stranger.get("requests.json", lat=30.1, long=120.05, radius=6000))) == {number, north}
    assert ids(stranger.get("requests.json", lat=30.1, long=120.05, radius=5000)) == []
    assert ids(stranger.get("requests.json", bbox="120,30.1,120.1,30.2")) == [north]


def test_in_pages_with_a_link_to_the_next(stranger: Asker, app: Asker, city: SmallCity) -> None:
    made = [app.reported(description=f"第{n}堆") for n in range(5)]
    for one in made:
        accept(city, one)
    first = stranger.get("requests.json", page_size=2)
    assert ids(first) == made[:-3:-1]
    link = first["Link"]
    assert 'rel="next"' in link
    second = stranger.client.get(link[1 : link.index(">")])
    assert ids(second) == [made[2], made[1]]
    last = stranger.get("requests.json", page_size=2, page=3)
    assert ids(last) == [made[0]]
    assert "Link" not in last
    assert ids(stranger.get("requests.json", page_size=2, page=4)) == []


def test_no_link_gives_a_key_away(app: Asker) -> None:
    for n in range(3):
        app.report(description=f"第{n}堆")
    assert app.key not in app.get("requests.json", page_size=1)["Link"]


def test_by_the_time_of_the_last_change(stranger: Asker, city: SmallCity, number: str) -> None:
    before = timezone.now()
    assert ids(stranger.get("requests.json", updated_after=before.isoformat())) == []
    answer(city, number)
    assert ids(stranger.get("requests.json", updated_after=before.isoformat())) == [number]
    assert ids(stranger.get("requests.json", updated_before=before.isoformat())) == []
    Case.objects.filter(number=number).update(opened_at=before - timedelta(days=400))
    assert ids(stranger.get("requests.json", updated_after=before.isoformat())) == [number], (
        "however old it is"
    )


def test_a_page_costs_the_same_few_queries_however_long(
    stranger: Asker, app: Asker, city: SmallCity, django_assert_max_num_queries: object
) -> None:
    for n in range(12):
        accept(city, app.reported(description=f"第{n}堆"))
    stranger.get("requests.json")
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        assert len(stranger.get("requests.json").json()) == 12


def test_at_most_a_thousand(
    stranger: Asker, city: SmallCity, app: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert requests.MOST == 1000
    assert timedelta(days=90) == requests.SPAN
