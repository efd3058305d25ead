from __future__ import annotations
import pytest
from playwright.sync_api import expect
from zhili.core.cases import doors
from zhili.core.cases.tests.city import SmallCity, NORTH
from zhili.portal.tests.browsing import Visits
from zhili.portal.tests.pocket_steps import *
from zhili.portal.tests.looking import faults, small_targets, too_wide
from zhili.portal.tests.scene import make_late, LONG
from zhili.core.cases.models import Case
from datetime import timedelta

@pytest.mark.parametrize(("look","language"),[("light",""),("elder",""),("light","en"),("dark","")])
def test_look(visits: Visits, small_city: SmallCity, look, language) -> None:
    a, b, c = opened(LONG), opened("河边护栏断了一截", place={"lon":120.12,"lat":30.02}), opened("垃圾成堆", category="201001", place={"lon":120.15,"lat":30.08})
    make_late(a.pk)
    page = taken_along2(phone(visits, small_city.actor("A.grid"), look=look, language=language))
    found=[]
    def shot(name):
        page.wait_for_timeout(300)
        page.screenshot(path=f"/tmp/wt/shots-grid/{look}{language}-{name}.png", full_page=True)
        bad = [*faults(page, look=look), *small_targets(page, look=look), *too_wide(page)]
        found.extend(f"{name}: {one}" for one in bad)
    shot("list")
    without_signal(page)
    shot("offline")
    page.goto(f"/desk/pocket#/c/{a.number}"); shot("case")
    page.goto(f"/desk/pocket#/c/{a.number}/pass_up"); page.locator("#pocket form button[type=submit]").click(); shot("form-wrong")
    act(page, b, "accept", {})
    shot("case-pending")
    page.goto("/desk/pocket#/quick/1"); page.wait_for_timeout(500); 
    if not page.locator(".pocket-choices").count(): page.goto("/desk/pocket#/quick/0")
    shot("quick")
    page.locator(".pocket-choices button").first.click()
    page.wait_for_timeout(800)
    shot("list-after")
    page.goto("/desk/pocket#/queue"); shot("queue")
    doors.act(b.pk, "pass_up", small_city.actor("A.grid", name="同事"), {"reason": "要动用吊车"})
    with_signal(page)
    page.locator('[data-state="conflict"]').wait_for()
    shot("conflict")
    assert found == []

def taken_along2(page):
    at(page, "/desk/pocket")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.locator("#pocket[data-ready]").wait_for()
    page.locator("#carry").check()
    page.locator("#carry:not([disabled])").wait_for()
    page.wait_for_timeout(500)
    return page
