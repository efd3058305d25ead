"""`python -m tests.tour`: the site, the city, the walk, the page.

`--url` looks at a site that runs already (demo accounts, lived in); `--only home,desk` retakes a few.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.running import Site
from tests.tour.pictures import keep
from tests.tour.prelude import HERE, Person, prelude
from tests.tour.stops import CHAPTERS, PHONE, Stop
from tests.tour.writing import PICTURES, picture, write

LIFE = [
    "--speed",
    "0",
    "--hours",
    "36",
    "--begin",
    "6",
    "--rate",
    "250",
    "--seed",
    "7",
    "--connections",
    "4",
    "--visits",
    "0",
]
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.tour")
    asked.add_argument("--url", help="a site that runs already")
    asked.add_argument("--only", default="", help="names of stops, separated by commas")
    options = asked.parse_args()
    only = {one for one in options.only.split(",") if one}
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        print("需要 Chromium。 Chromium is needed: apt-get install chromium")
        return 1
    with living(options.url) as base, sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=chromium, args=FLAGS)
        prelude(base)
        failed = walk(browser, base, only)
        browser.close()
    write()
    total = sum(file.stat().st_size for file in PICTURES.glob("*.webp"))
    print(f"docs/tour.md, {len(list(PICTURES.glob('*.webp')))} pictures, {total / 1e6:.1f} MB")
    return 1 if failed else 0


@contextmanager
def living(url: str | None) -> Iterator[str]:
    """The address of a demo city that has lived for a day and a half."""
    if url:
        yield url
        return
    folder = Path(tempfile.mkdtemp(prefix="zhili-tour-"))
    folder.chmod(0o755)
    site = Site(folder / "home", extra={"ZHILI_DEMO": "1", "ZHILI_RATE_LIMIT": "0"})
    try:
        print(f"… a site with the demo city ({site.start(300):.0f} s)")
        began = time.monotonic()
        for command in (["prepare"], ["city", *LIFE]):
            subprocess.run(
                [sys.executable, "-m", "zhili", "simulate", *command],
                env=site.env, cwd="/", check=True, timeout=900, stdout=subprocess.DEVNULL,
            )  # fmt: skip
        print(f"… it lived for a day and a half ({time.monotonic() - began:.0f} s)")
        yield f"http://127.0.0.1:{site.port}"
    finally:
        site.halt()
        shutil.rmtree(folder, ignore_errors=True)


def walk(browser: Browser, base: str, only: set[str]) -> list[str]:
    """Take every picture. Returns the stops that failed."""
    failed = []
    signed_in: dict[str, list[dict[str, str]]] = {}
    for stop in (one for chapter in CHAPTERS for one in chapter.stops if not only or one.name in only):
        context = window(browser, base, stop)
        page = context.new_page()
        try:
            if stop.who:
                if stop.who not in signed_in:
                    signed_in[stop.who] = sign_in(base, stop.who)
                context.add_cookies(signed_in[stop.who])
            look_at(page, stop)
            told = "new" if keep(page.screenshot(), picture(stop)) else "same"
        except Exception as error:  # the others are worth having
            failed.append(stop.name)
            told = f"FAILED {str(error).splitlines()[0]}"
        print(f"  {stop.name:16} {told}")
        context.close()
    return failed


def window(browser: Browser, base: str, stop: Stop) -> BrowserContext:
    """A browser window of its own, with the reader's wishes."""
    context = browser.new_context(
        base_url=base,
        viewport=stop.size,
        device_scale_factor=2 if stop.size == PHONE else 1,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        geolocation=HERE,
        permissions=["geolocation"],
        reduced_motion="reduce",
        service_workers="block",
    )
    context.set_default_timeout(30_000)
    wishes = {"zhili_look": stop.look, "django_language": stop.language}
    context.add_cookies([{"name": name, "value": value, "url": base} for name, value in wishes.items()])
    return context


def sign_in(base: str, who: str) -> list[dict[str, str]]:
    """The cookies of somebody signed in."""
    jar = Person(base, who).client.cookies
    return [{"name": name, "value": value, "url": base} for name, value in jar.items()]


def look_at(page: Page, stop: Stop) -> None:
    """Go there, do what is done there, and wait until it stands still."""
    answer = page.goto(stop.address, wait_until="load")
    assert answer is not None
    assert answer.status == 200, f"{stop.address} answered {answer.status}"
    page.wait_for_selector("html.js", state="attached")
    if stop.then:
        stop.then(page)
    if stop.seen:
        page.wait_for_selector(stop.seen)
    page.wait_for_timeout(1500)  # maps and charts draw themselves; a picture has no condition to wait for


if __name__ == "__main__":
    sys.exit(main())
