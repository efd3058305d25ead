"""One matter in the browsers of two cities: whoever reports, who hands it over, who deals with it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.two_sites.sites import Side
from zhili.core.people.demo import password
from zhili.portal.tests.browsing import DESK, PHONE, QUIET

SHOTS = os.environ.get("ZHILI_TWO_SITES_SHOTS", "")
"""A folder for pictures of every page of the story; none are taken without."""
SECONDS = 60
"""A message crosses within a second or two of a quiet machine."""


class Cities:
    """Browsers in both; what broke in any of them."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.broken: list[str] = []
        self._taken = 0

    def at(self, side: Side, who: str, size: dict[str, int] = DESK) -> Page:
        """A browser of its own, signed in as a demo account of that city."""
        lon, lat = side.prepared["spot"]
        context = self.browser.new_context(
            base_url=side.near,
            viewport=size,
            locale="zh-CN",
            has_touch=size is PHONE,
            geolocation={"longitude": lon, "latitude": lat},
            permissions=["geolocation"],
            service_workers="block",
        )
        context.set_default_timeout(30_000)
        context.on("weberror", lambda e: self.broken.append(str(e.error)))
        context.on("response", lambda r: self.broken.append(r.url) if r.status >= 500 else None)
        page = context.new_page()
        page.goto("/accounts/login/")
        page.eval_on_selector_all("details.fold", "all => all.forEach(one => one.open = true)")
        page.locator("[name=login]").fill(who)
        page.locator("[name=password]").fill(password())
        page.locator("form:has([name=password]) button[type=submit]").first.click()
        page.wait_for_url(lambda url: "/accounts/login" not in url)
        return page

    def shot(self, page: Page, name: str) -> None:
        if SHOTS:
            self._taken += 1
            page.screenshot(path=Path(SHOTS) / f"{self._taken:02d}-{name}.png", full_page=True)


@contextmanager
def browsers(chromium: str) -> Iterator[Cities]:
    """At the end nothing may have broken."""
    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=chromium, args=QUIET)
        found = Cities(browser)
        yield found
        browser.close()
    assert found.broken == []


def report(page: Page, what: str, category: str) -> str:
    """Reported on a phone at the present place; the address by which the reporter follows it."""
    page.goto("/new/citizen_reports.report/report")
    page.wait_for_selector("html.js", state="attached")
    page.get_by_label("发生了什么").fill(what)
    page.get_by_role("button", name="用我现在的位置").click()
    expect(page.get_by_text("已用您现在的位置，可在地图上移动标记。")).to_be_visible()
    page.locator("[name=category]").select_option(category)
    page.get_by_role("button", name="报上去", exact=True).click()
    page.wait_for_url("**/done/*")
    return page.get_by_role("link", name="看这件事").get_attribute("href") or ""


def number_of(address: str) -> str:
    found = re.search(r"/c/(\d+)", address)
    assert found, address
    return found[1]


def take(page: Page, action: str, button: str, **given: str) -> None:
    """One step on a case's page: unfold it, fill it in, send it."""
    part = page.locator(f"#act-{action}")
    if part.get_attribute("open") is None:
        part.locator("summary").first.click()
    for name, text in given.items():
        part.locator(f"[name={name}]").fill(text)
    part.get_by_role("button", name=button, exact=True).click()


def stands(page: Page, stage: str) -> None:
    expect(page.locator("#now, .page-said .note").filter(has_text=stage).first).to_be_visible()


def reads(page: Page, address: str, text: str) -> None:
    """The page says it, at the latest after some reloading: the message is on its way."""
    for _ in range(SECONDS):
        page.goto(address)
        if page.locator("#main").get_by_text(text).count():
            break
        page.wait_for_timeout(500)
    expect(page.locator("#main").get_by_text(text).first).to_be_visible()
