"""The desk shows a suggested category with its reasons, and likely duplicates; the officer decides."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from zhili.core.cases import doors
from zhili.core.cases.models import Case, Followed
from zhili.core.cases.tests.city import ELSEWHERE, INSIDE, SmallCity
from zhili.core.cases.triage import keeping
from zhili.core.cases.triage.following import Following
from zhili.core.cases.triage.model import Model, save
from zhili.core.cases.triage.tests.decided import model
from zhili.core.people.actors import ANONYMOUS, Actor
from zhili.core.streams.testing import deliver
from zhili.portal.tests.pages_client import reader, send, words_of

pytestmark = pytest.mark.django_db
REPORT = "citizen_reports.report"
RUBBISH = "小区东门的垃圾堆了好几天没人清运，垃圾桶都满了"


@pytest.fixture(scope="module")
def learned() -> Model:
    return model()


@pytest.fixture
def city(tmp_path, settings) -> SmallCity:
    settings.HOME = tmp_path
    keeping.forget()
    yield SmallCity()
    keeping.forget()


@pytest.fixture
def taught(city, learned) -> SmallCity:
    save(learned, keeping.path("citizen_reports"))
    keeping.forget()
    return city


def opened(what: str = RUBBISH, by: Actor = ANONYMOUS, east: float = 0.0, **more: object) -> Case:
    place = {"lon": INSIDE["lon"] + east, "lat": INSIDE["lat"]}
    done = doors.open_case(REPORT, "report", by, {"what": what, "place": place, **more})
    return Case.objects.get(pk=done.case_id)


def test_the_accept_form_offers_a_category_with_reasons_and_one_press_writes_it_in(taught):
    case, grid = opened(), taught.actor("A.grid")
    page = reader(grid).get(f"/desk/c/{case.number}")
    said = words_of(page)
    assert "建议分类： 暴露垃圾 （把握约" in said
    assert "文中有“垃圾" in said
    assert "由您决定" in said
    assert '<option value="201001" selected' not in page.content.decode()  # nothing is chosen unasked
    link = f"/desk/c/{case.number}?fill=accept&category=201001"
    assert link.replace("&", "&amp;") in page.content.decode()
    filled = reader(grid).get(link)
    assert (
        '<option value="201001" selected' in filled.content.decode()
        or 'value="201001" checked' in filled.content.decode()
    )
    assert "已替您选上" in words_of(filled)
    case.refresh_from_db()
    assert case.category == ""
    assert case.stage == "received"


def test_without_a_model_the_desk_works_and_says_nothing(city):
    case, grid = opened(), city.actor("A.grid")
    assert "建议分类" not in words_of(reader(grid).get(f"/desk/c/{case.number}"))
    done = send(
        reader(grid), f"/desk/c/{case.number}", {"category": "201001"}, f"/desk/c/{case.number}/act/accept"
    )
    assert done.status_code == 302
    case.refresh_from_db()
    assert case.category == "201001"


def test_a_text_that_tells_nothing_gets_no_suggestion(taught):
    case = opened("zzzz")
    assert "建议分类" not in words_of(reader(taught.actor("A.grid")).get(f"/desk/c/{case.number}"))


def test_a_suggestion_costs_one_query_and_nothing_without_a_model(city, learned):
    case, client = opened(), reader(city.actor("A.grid"))
    client.get(f"/desk/c/{case.number}")
    with CaptureQueriesContext(connection) as without:
        client.get(f"/desk/c/{case.number}")
    save(learned, keeping.path("citizen_reports"))
    keeping.forget()
    with CaptureQueriesContext(connection) as with_one:
        client.get(f"/desk/c/{case.number}")
    assert len(with_one) == len(without) + 1


def test_the_api_tells_whoever_may_decide_and_nobody_else(taught):
    resident = taught.resident()
    case, grid = opened(by=resident), taught.actor("A.grid")
    told = reader(grid).get(f"/api/v1/cases/{case.number}/actions").json()["suggestion"]
    assert told["category"] == {"code": "201001", "name": "暴露垃圾"}
    assert 0.5 <= told["confidence"] <= 1
    assert told["why"]
    assert reader(resident).get(f"/api/v1/cases/{case.number}/actions").json()["suggestion"] is None
    assert "建议分类" not in words_of(reader(resident).get(f"/c/{case.number}"))


def test_whether_it_was_followed_is_counted_by_category_and_by_nobody(taught):
    grid = taught.actor("A.grid")
    followed, not_followed = opened(), opened()
    doors.act(followed, "accept", grid, {"category": "201001"})
    doors.act(not_followed, "accept", grid, {"category": "201013"})
    doors.act(opened("zzzz"), "accept", grid, {"category": "201013"})
    deliver(Following())
    counted = {one.category: (one.given, one.followed) for one in Followed.objects.all()}
    assert counted == {"201001": (2, 1), "": (1, 0)}
    names = {field.name for field in Followed._meta.get_fields()}
    assert names == {"id", "scenario", "category", "month", "model", "given", "followed"}


def test_without_a_model_nothing_is_counted(city):
    doors.act(opened(), "accept", city.actor("A.grid"), {"category": "201001"})
    deliver(Following())
    assert not Followed.objects.exists()


def test_a_likely_duplicate_is_shown_with_its_reasons_and_one_press_to_the_filled_merge_form(city):
    first, grid = opened(), city.actor("A.grid", "handler")
    again = opened("垃圾堆在小区东门没人清运，已经好几天了", east=0.0004)
    opened("路灯不亮，晚上看不清", east=0.0004)
    page = reader(grid).get(f"/desk/c/{again.number}/similar")
    said = words_of(page)
    assert first.title in said
    assert "相距约40米" in said
    assert "同一天前后" in said
    assert "都提到：" in said
    assert "路灯" not in said
    link = f"/desk/c/{again.number}?fill=merge_into&lead={first.number}"
    assert link.replace("&", "&amp;") in page.content.decode()
    filled = reader(grid).get(f"{link}&reason=同一地点").content.decode()
    assert f'value="{first.number}"' in filled
    assert "同一地点</textarea>" in filled


def test_the_desks_page_asks_for_duplicates_afterwards_and_has_a_link_without_scripts(city):
    case, grid = opened(), city.actor("A.grid")
    page = reader(grid).get(f"/desk/c/{case.number}").content.decode()
    assert f'hx-get="/desk/c/{case.number}/similar"' in page
    assert f'href="/desk/c/{case.number}/similar"' in page
    part = reader(grid).get(f"/desk/c/{case.number}/similar", headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith("<section")
    assert "附近近期没有发现类似的事" in part


def test_duplicates_are_looked_for_in_few_queries_however_many_lie_around(city):
    case, client = opened(), reader(city.actor("A.grid"))
    for n in range(3):
        opened(east=n * 1e-5)
    client.get(f"/desk/c/{case.number}/similar")
    with CaptureQueriesContext(connection) as few:
        client.get(f"/desk/c/{case.number}/similar")
    for n in range(30):
        opened(east=n * 1e-5)
    with CaptureQueriesContext(connection) as many:
        client.get(f"/desk/c/{case.number}/similar")
    assert len(many) <= len(few)


def test_an_office_is_not_shown_what_it_may_not_see(city):
    case, grid = opened(), city.actor("A.grid")
    other = opened(east=ELSEWHERE["lon"] - INSIDE["lon"])  # another county's, put beside ours by mistake
    Case.objects.filter(pk=other.pk).update(lon=INSIDE["lon"], lat=INSIDE["lat"])
    assert "附近近期没有发现" in words_of(reader(grid).get(f"/desk/c/{case.number}/similar"))
    both = reader(city.actor("city"))
    assert other.title in words_of(both.get(f"/desk/c/{case.number}/similar"))
    Case.objects.filter(pk=other.pk).update(confidential=True)
    assert "附近近期没有发现" in words_of(both.get(f"/desk/c/{case.number}/similar"))
    assert reader(city.actor("B.grid")).get(f"/desk/c/{case.number}/similar").status_code == 404


def test_what_was_long_ago_or_done_long_ago_or_far_or_withdrawn_is_no_duplicate(city):
    case, grid = opened(), reader(city.actor("A.grid"))
    now = timezone.now()
    for change in (
        {"opened_at": now - timedelta(days=120)},
        {"closed_at": now - timedelta(days=20), "stage": "closed"},
        {"lon": INSIDE["lon"] + 0.01},
        {"closed_at": now, "stage": "withdrawn"},
        {"scenario": "other"},
    ):
        other = opened()
        Case.objects.filter(pk=other.pk).update(**change)
    assert "附近近期没有发现" in words_of(grid.get(f"/desk/c/{case.number}/similar"))
    lately = opened()
    Case.objects.filter(pk=lately.pk).update(closed_at=now - timedelta(days=3), stage="closed")
    page = grid.get(f"/desk/c/{case.number}/similar")
    assert lately.title in words_of(page)
    assert "fill=merge_into" not in page.content.decode()  # nothing is merged into what is closed
