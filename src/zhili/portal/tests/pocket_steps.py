"""A grid worker's phone in tests: taken along with signal, used without, delivered later."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from django.conf import settings
from playwright.sync_api import Page, expect

from zhili.core.cases import doors
from zhili.core.cases.models import Case, Step
from zhili.core.cases.tests.city import INSIDE
from zhili.core.people.actors import ANONYMOUS, Actor
from zhili.portal.tests.browsing import Visits
from zhili.portal.tests.looking import at
from zhili.portal.tests.pages_client import reader

REPORT = "citizen_reports.report"
POSITION = {"longitude": 120.0512, "latitude": 30.0533, "accuracy": 8}
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR4nGNoaGjAihgGlwQAcJB/gfBcmJ8AAAAASUVORK5CYII="
)
"""A picture of eight by eight points."""
PHOTO: Any = {"name": "现场.png", "mimeType": "image/png", "buffer": PIXEL}


def opened(what: str = "路灯不亮", **more: Any) -> Case:
    data = {"what": what, "place": INSIDE, **more}
    return Case.objects.get(pk=doors.open_case(REPORT, "report", ANONYMOUS, data).case_id)


def phone(visits: Visits, worker: Actor | None, **options: Any) -> Page:
    """A phone that knows where it is and has a service worker."""
    options = {"geolocation": POSITION, "permissions": ["geolocation"], **options}
    return visits.of(worker, service_workers="allow", **options)


def taken_along(page: Page) -> Page:
    """The pocket page with its switch on, everything kept."""
    at(page, "/desk/pocket")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.locator("#pocket[data-ready]").wait_for()
    page.locator("#carry").check()
    page.locator("[data-carried]").wait_for()
    return page


def without_signal(page: Page) -> Page:
    """The network cut, and the page opened anew: from the phone alone."""
    page.context.set_offline(True)
    page.goto("/desk/pocket")
    page.locator("#pocket[data-ready]").wait_for()
    return page


def with_signal(page: Page) -> Page:
    page.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    return page


def settled(page: Page, condition: Callable[[], bool], why: str = "") -> None:
    """Waits until the server has it."""
    for _ in range(100):
        if condition():
            return
        page.wait_for_timeout(100)
    raise AssertionError(why or "the server never got it")


def steps(case: Case) -> list[str]:
    return list(Step.objects.filter(case=case).order_by("seq").values_list("action", flat=True))


def act(page: Page, case: Case, action: str, fill: dict[str, str], photo: bool = False) -> None:
    """Open the matter, take the action, fill in its form, keep it."""
    page.goto(f"/desk/pocket#/c/{case.number}")
    page.locator(f'a[href="#/c/{case.number}/{action}"]').click()
    for label, text in fill.items():
        page.get_by_label(label).fill(text)
    if photo:
        page.locator("input[type=file]").set_input_files(PHOTO)
        expect(page.locator("li.upload")).to_have_count(1)
    page.locator("#pocket form button[type=submit]").click()
    page.locator("#pocket form").wait_for(state="detached")


def sign_in_as(visits: Visits, page: Page, worker: Actor) -> None:
    """On the same phone, by the session's cookie alone."""
    session = reader(worker).cookies[settings.SESSION_COOKIE_NAME].value
    visits.keep(page.context, settings.SESSION_COOKIE_NAME, session)
