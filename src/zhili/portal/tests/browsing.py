"""Real browsers on the test site, each page's faults collected."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from zhili.core.people.actors import Actor
from zhili.portal.tests.pages_client import reader

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]
"""No sandbox as root, no calls home, and WebGL drawn by the processor."""


class Visits:
    """Browser contexts on the test site, and what went wrong in any of them."""

    def __init__(self, browser: Browser, base: str) -> None:
        self.browser = browser
        self.base = base
        self.outside: list[str] = []
        self.broken: list[str] = []

    def of(
        self,
        actor: Actor | None = None,
        size: dict[str, int] = PHONE,
        *,
        look: str = "",
        language: str = "",
        **options: Any,
    ) -> Page:
        """A page of somebody signed in (or of a stranger). Without the service worker, unless it is asked for."""
        options.setdefault("service_workers", "block")
        context = self.browser.new_context(base_url=self.base, viewport=size, locale="zh-CN", **options)
        context.set_default_timeout(20_000)
        context.add_init_script(
            "addEventListener('securitypolicyviolation',"
            " e => console.error('CSP ' + e.violatedDirective + ' ' + e.blockedURI))"
        )
        self._watch(context)
        if actor is not None:
            session = reader(actor).cookies[settings.SESSION_COOKIE_NAME].value
            self.keep(context, settings.SESSION_COOKIE_NAME, session)
        if look:
            self.keep(context, "zhili_look", look)
        if language:
            self.keep(context, settings.LANGUAGE_COOKIE_NAME, language)
        return context.new_page()

    def keep(self, context: BrowserContext, name: str, value: str) -> None:
        context.add_cookies([{"name": name, "value": value, "url": self.base}])

    def _watch(self, context: BrowserContext) -> None:
        own = (self.base, "data:", "blob:", "about:")
        context.on("request", lambda r: None if r.url.startswith(own) else self.outside.append(r.url))
        context.on("weberror", lambda e: self.broken.append(str(e.error)))
        context.on("console", lambda m: self.broken.append(m.text) if m.text.startswith("CSP ") else None)
        context.on("response", lambda r: self.broken.append(r.url) if r.status >= 500 else None)


@contextmanager
def browsing(chromium: str, base: str) -> Iterator[Visits]:
    """A browser; at the end nothing may have been asked of another host, and nothing broken."""
    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=chromium, args=QUIET)
        found = Visits(browser, base)
        yield found
        browser.close()
    assert found.outside == []
    assert found.broken == [], found.broken
