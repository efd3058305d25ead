"""Suggestions and likely duplicates in a browser: on a phone while reporting, at a desk while deciding."""

from __future__ import annotations

import os

import pytest
from playwright.sync_api import expect

from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.cases.triage import keeping
from zhili.core.cases.triage.model import save
from zhili.core.cases.triage.tests.decided import model
from zhili.core.people.actors import ANONYMOUS
from zhili.portal.tests.browsing import DESK, PHONE, Visits
from zhili.portal.tests.looking import faults
from zhili.portal.tests.pages_client import REPORT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RUBBISH = "小区东门的垃圾堆了好几天没人清运，垃圾桶都满了"


@pytest.fixture
def learned(tmp_path, settings):
    settings.HOME = tmp_path
    keeping.forget()
    save(model(), keeping.path("citizen_reports"))
    keeping.forget()
    yield
    keeping.forget()


def _opened(what: str, east: float = 0.0) -> Case:
    place = {"lon": INSIDE["lon"] + east, "lat": INSIDE["lat"]}
    done = doors.open_case("citizen_reports.report", "report", ANONYMOUS, {"what": what, "place": place})
    return Case.objects.get(pk=done.case_id)


def _keep(page, name: str) -> None:
    if folder := os.environ.get("ZHILI_TEST_SHOTS"):
        page.screenshot(path=f"{folder}/triage-{name}.png", full_page=True)


def test_on_a_phone_matters_nearby_appear_while_writing_and_the_report_goes_out_as_ever(
    visits: Visits, small_city: SmallCity
):
    case = _opened(RUBBISH)
    Case.objects.filter(pk=case.pk).update(public=True)
    page = visits.of(size=PHONE)
    page.goto(REPORT)
    for part, value in (("lon", INSIDE["lon"]), ("lat", INSIDE["lat"])):
        page.evaluate(
            "([id, value]) => { document.getElementById(id).value = value }", [f"f-place-{part}", str(value)]
        )
    sent: list[str] = []
    page.on("request", lambda r: sent.append(r.post_data or "") if r.url.endswith("/similar") else None)
    page.get_by_label("发生了什么").fill("东门的垃圾桶满了，垃圾没人清运")
    page.get_by_label("发生了什么").blur()
    expect(page.get_by_role("heading", name="附近类似的事")).to_be_visible()
    expect(page.get_by_role("link", name=case.title)).to_be_visible()
    assert "phone" not in sent[0]
    assert "name" not in sent[0]
    assert faults(page) == []
    _keep(page, "phone")
    page.get_by_role("button", name="报上去").click()
    page.wait_for_url("**/done/*")


def test_at_the_desk_one_press_writes_the_category_in_and_another_the_merge(
    visits: Visits, small_city: SmallCity, learned: None
):
    first, again = _opened(RUBBISH), _opened("东门的垃圾桶满了，垃圾没人清运", east=0.0003)
    page = visits.of(small_city.actor("A.grid", "grid", "handler"), size=DESK)
    page.goto(f"/desk/c/{again.number}")
    expect(page.get_by_text("都提到")).to_be_visible()
    expect(page.get_by_role("link", name=first.title)).to_be_visible()
    assert faults(page) == []
    _keep(page, "desk")
    page.get_by_role("link", name="选用这个分类").click()
    expect(page.get_by_text("已替您选上")).to_be_visible()
    expect(page.locator("#accept-category, [name=category]:checked").first).to_have_value("201001")
    _keep(page, "desk-taken")
    page.get_by_role("link", name="并入这一件").click()
    expect(page.locator("#merge_into-lead")).to_have_value(first.number)
    expect(page.locator("#merge_into-lead")).to_be_visible()
    _keep(page, "desk-merge")


def test_the_desk_on_a_phone(visits: Visits, small_city: SmallCity, learned: None):
    _opened(RUBBISH)
    again = _opened("东门的垃圾桶满了，垃圾没人清运", east=0.0003)
    page = visits.of(small_city.actor("A.grid"), size=PHONE)
    page.goto(f"/desk/c/{again.number}")
    expect(page.get_by_text("都提到")).to_be_visible()
    assert faults(page) == []
    _keep(page, "desk-phone")
