"""Real browsers on the test site, each page's faults collected."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Error, Page, Playwright, expect, sync_playwright

from zhili.core.people.actors import Actor
from zhili.portal.tests.pages_client import reader

PATIENCE_MS = 20_000
"""For an answer and for what a page should show: a machine that does much else still gets there."""
expect.set_options(timeout=PATIENCE_MS)

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
        context.set_default_timeout(PATIENCE_MS)
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


class Kept:
    """One Chromium for all tests of a process: to start one and its driver takes two seconds of the processor.

    Playwright leaves its event loop marked as running in this thread. Between visits the mark is taken away, so that
    tests that want a loop of their own, or none at all, find the thread as it was.
    """

    def __init__(self) -> None:
        self.tool: Playwright | None = None
        self.loop: asyncio.AbstractEventLoop | None = None
        self.browser: Browser | None = None

    def begin(self, chromium: str) -> Browser:
        if self.tool is None:
            Client().get("/")  # the first page of a process reads every module: not on a browser's time
            self.tool = sync_playwright().start()
            self.loop = asyncio.get_running_loop()
        asyncio._set_running_loop(self.loop)
        if self.browser is None or not self.browser.is_connected():
            self.browser = self.tool.chromium.launch(executable_path=chromium, args=QUIET)
        return self.browser

    def pause(self) -> None:
        """Nothing of a visit stays: pages, cookies, service workers and caches go with their contexts."""
        try:
            for context in self.browser.contexts if self.browser else []:
                context.close()
        except Error:  # it died on the way: the next visit begins with another
            self.browser = None
        finally:
            asyncio._set_running_loop(None)

    def end(self) -> None:
        if self.tool is not None:
            asyncio._set_running_loop(self.loop)
            if self.browser is not None:
                self.browser.close()
            self.tool.stop()
            asyncio._set_running_loop(None)
        self.__init__()  # type: ignore[misc]


KEPT = Kept()


@contextmanager
def browsing(chromium: str, base: str) -> Iterator[Visits]:
    """A browser; at the end nothing may have been asked of another host, and nothing broken."""
    found = Visits(KEPT.begin(chromium), base)
    try:
        yield found
    finally:
        KEPT.pause()
    assert found.outside == []
    assert found.broken == [], found.broken
