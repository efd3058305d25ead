"""The desk's page of a matter: the likely step's form is there, every other is fetched when somebody opens it."""

from __future__ import annotations

import re

from django.db import connection
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import Route, expect

from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.people.actors import ANONYMOUS
from zhili.portal.tests.browsing import DESK, Visits
from zhili.portal.tests.pages_client import hidden, reader, words_of

PART = {"HX-Request": "true"}


def opened() -> Case:
    data = {"what": "路灯不亮", "place": INSIDE}
    return Case.objects.get(pk=doors.open_case("citizen_reports.report", "report", ANONYMOUS, data).case_id)


def test_only_the_likely_form_is_on_the_page(small_city: SmallCity) -> None:
    case = opened()
    page = f"/desk/c/{case.number}"
    html = reader(small_city.actor("A.grid")).get(page).content.decode()
    assert re.findall(r'<form class="form"[^>]*action="([^"]*)"', html) == [f"{page}/act/accept"]
    assert f'hx-get="{page}/form/pass_up?seen=1"' in html
    assert f'href="{page}?fill=pass_up#act-pass_up"' in html


def test_the_page_asks_the_database_little(small_city: SmallCity) -> None:
    case = opened()
    client = reader(small_city.actor("A.grid"))
    client.get(f"/desk/c/{case.number}")
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/desk/c/{case.number}")
    assert len(asked) <= 12, "\n".join(q["sql"][:120] for q in asked)
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/desk/c/{case.number}/form/pass_up", headers=PART)
    assert len(asked) <= 5, "\n".join(q["sql"][:120] for q in asked)


def test_without_scripts_the_link_leads_to_the_page_with_the_form_open(small_city: SmallCity) -> None:
    case = opened()
    page = f"/desk/c/{case.number}"
    client = reader(small_city.actor("A.grid"))
    sent_on = client.get(f"{page}/form/pass_up")
    assert sent_on["Location"] == f"{page}?fill=pass_up#act-pass_up"
    form = hidden(client.get(page, {"fill": "pass_up"}), f"{page}/act/pass_up")
    done = client.post(f"{page}/act/pass_up", {**form, "reason": "要动用吊车"})
    assert done.status_code == 302


def test_a_form_fetched_late_still_tells_what_came_between(small_city: SmallCity) -> None:
    """What counts is what the page showed, not when the form was fetched."""
    case = opened()
    grid = small_city.actor("A.grid")
    page = f"/desk/c/{case.number}"
    client = reader(grid)
    html = client.get(page).content.decode()
    address = re.search(r'hx-get="([^"]*/form/pass_up[^"]*)"', html)
    assert address is not None
    doors.act(case.pk, "accept", grid, {})
    form = hidden(client.get(address[1], headers=PART), f"{page}/act/pass_up")
    answer = client.post(f"{page}/act/pass_up", {**form, "reason": "要动用吊车"})
    assert answer.status_code == 409
    assert "您打开之后的变化" in words_of(answer)


def test_a_step_that_can_no_longer_be_taken_says_so(small_city: SmallCity) -> None:
    case = opened()
    client = reader(small_city.actor("A.village"))  # sees it, and has nothing to do with it yet
    answer = client.get(f"/desk/c/{case.number}/form/accept", headers=PART)
    assert answer.status_code == 409
    assert "现在不能办" in words_of(answer)


def test_unfolding_fetches_the_form_and_it_can_be_sent(visits: Visits, small_city: SmallCity) -> None:
    case = opened()
    page = visits.of(small_city.actor("A.grid"), DESK)
    page.goto(f"/desk/c/{case.number}")
    page.locator("#act-pass_up > summary").click()
    page.locator("#act-pass_up").get_by_label("理由").fill("要动用吊车")
    page.locator("#act-pass_up").get_by_role("button", name="上报上一级").click()
    expect(page.get_by_text("已办。现在")).to_be_visible()
    case.refresh_from_db()
    assert case.seq == 2


def test_a_link_to_a_folded_step_opens_and_fetches_it(visits: Visits, small_city: SmallCity) -> None:
    case = opened()
    page = visits.of(small_city.actor("A.grid"), DESK)
    page.goto(f"/desk/c/{case.number}#act-pass_up")
    expect(page.locator("#act-pass_up").get_by_label("理由")).to_be_visible()


def test_when_the_network_is_gone_the_reader_is_told_and_has_a_link(
    visits: Visits, small_city: SmallCity
) -> None:
    case = opened()
    page = visits.of(small_city.actor("A.grid"), DESK)
    page.goto(f"/desk/c/{case.number}")

    def cut(route: Route) -> None:
        route.abort("internetdisconnected")

    page.route("**/form/**", cut)
    folded = page.locator("#act-pass_up")
    folded.locator("summary").click()
    expect(folded.get_by_text("表单没有打开")).to_be_visible()
    page.unroute("**/form/**", cut)
    folded.get_by_role("link").click()
    expect(page.locator("#act-pass_up").get_by_label("理由")).to_be_visible()
