"""A report and its handling without a mouse; each stop seen, with a ring, in reading order. More: `make soak`."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.people.actors import ANONYMOUS
from zhili.portal.tests.browsing import DESK, PHONE, Visits
from zhili.portal.tests.keys import Keys
from zhili.portal.tests.looking import at
from zhili.portal.tests.scene import REPORT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_report(visits: Visits, small_city: SmallCity) -> None:
    page = at(visits.of(size=DESK), f"/new/{REPORT}/report")
    keys = Keys(page)
    first = keys.tab()
    assert first is not None
    assert (first["name"], first["shown"]) == ("跳到正文", True)
    keys.press("Enter")
    keys.to("f-what", "TEXTAREA")
    keys.write("路灯不亮")
    keys.to("f-place-address", "INPUT")
    keys.write("建设路1号")
    keys.to("报上去", "BUTTON", most=90)
    keys.press("Enter")
    page.wait_for_url("**/done/*")
    assert keys.wrong == []
    assert Case.objects.get().address == "建设路1号"


def test_handling_it(visits: Visits, small_city: SmallCity) -> None:
    data = {"what": "路灯不亮", "place": INSIDE}
    doors.open_case(REPORT, "report", ANONYMOUS, data)
    page = at(visits.of(small_city.actor("A.grid"), PHONE), "/desk")
    keys = Keys(page)
    keys.to("路灯不亮", "A")
    keys.press("Enter")
    page.wait_for_url("**/desk/c/*")
    page.wait_for_selector("html.js", state="attached")
    keys.stops.clear()
    keys.to("受理", "BUTTON")
    keys.press("Enter")
    expect(page.locator("#now")).to_have_text("办理中")
    expect(page.locator("#main")).to_be_focused()
    assert keys.wrong == []
    assert Case.objects.get().stage == "handling"
