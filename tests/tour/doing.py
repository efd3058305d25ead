"""What is done on a page before the picture is taken, where that takes more than a click."""

from __future__ import annotations

import json
import time

from playwright.sync_api import Page, expect

from tests.tour.prelude import CARRIED, LINKED, SCENE
from tests.tour.street import PLATE

PATIENCE_S = 180
"""The sealer signs a head within a minute; a busy machine may take longer."""


def own_receipt(page: Page) -> None:
    """From my matters to the receipt of the one with a photo."""
    page.locator(".row-title", has_text=CARRIED[0][:6]).first.click()
    page.wait_for_url("**/c/*")
    page.goto(f"{page.url.split('?')[0]}/receipt")


def verified(page: Page) -> None:
    """The first receipt of my matters that is more than a promise, given to the page that checks it."""
    page.goto("/my")
    found = page.locator("a.row-title[href^='/c/']").last.get_attribute("href")
    end = time.monotonic() + PATIENCE_S
    while True:
        receipt = page.request.get(f"{found}/receipt.json").body()
        if json.loads(receipt)["format"] == "zhili-proof/1" or time.monotonic() > end:
            break
        page.wait_for_timeout(2000)
    page.goto("/verify")
    page.wait_for_selector("[data-verify][data-ready]")
    page.locator("#file").set_input_files(
        {"name": "receipt.json", "mimeType": "application/json", "buffer": receipt}
    )
    page.locator("[data-verify-says]").wait_for()


def plate_masked(page: Page) -> None:
    """From the desk to the photo of a matter, and a rectangle over the number plate."""
    page.locator(".row-title", has_text=CARRIED[0][:6]).first.click()
    page.wait_for_load_state()
    photo = page.locator("a[href*='/files/'][href^='/desk/c/']").first.get_attribute("href")
    page.goto(photo or "")
    box = page.locator(".mask-stage img").bounding_box()
    assert box is not None
    left, top, width, height = PLATE
    x, y = box["x"] + left * box["width"], box["y"] + top * box["height"]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + width * box["width"], y + height * box["height"], steps=6)
    page.mouse.up()


def store(page: Page) -> None:
    page.locator("main a[href*='/evidence/stores/']").first.click()
    page.wait_for_load_state()


def first_item(page: Page) -> None:
    page.locator("main a[href*='/evidence/i/']").first.click()
    page.wait_for_load_state()


def model(page: Page) -> None:
    """The room as a model, once it stands still."""
    page.locator("main a[href^='/evidence/scenes/']", has_text="三维").first.click()
    page.wait_for_selector("[data-scene][data-ready]")


def as_recipient(page: Page) -> None:
    """The link of the shared item, opened by somebody who is signed in nowhere."""
    page.locator("main a[href*='/evidence/i/']", has_text=SCENE).first.click()
    page.wait_for_url("**/evidence/i/*")
    page.goto(f"/desk/c/{page.url.rsplit('/', 1)[1].split('?')[0]}/shares")
    link = page.locator(".link-out code").first.inner_text()
    page.context.clear_cookies(name="sessionid")
    page.goto(link)
    expect(page.get_by_text(LINKED).first).to_be_visible()
    page.get_by_label("为什么看").fill("核对现场照片，写审查意见")
    page.get_by_label("我已看过并同意上面的条件").check()
    page.get_by_role("button", name="打开，计一次").click()
    page.wait_for_selector("figure.shared img")


def building_site(page: Page) -> None:
    """From the projects one works with to the first of them."""
    page.locator("main a.row-title[href^='/desk/wages/']").first.click()
    page.wait_for_url("**/desk/wages/*")


def notice_board(page: Page) -> None:
    building_site(page)
    page.get_by_role("link", name="告示牌").click()
    page.wait_for_url("**/wages/*")


def crew_of_yesterday(page: Page) -> None:
    """The foreman's own crew, the day before today: written, and not yet confirmed by all three."""
    building_site(page)
    today = page.locator("main .row-side a[href*='/desk/wages/crews/']").first.get_attribute("href")
    page.goto(today or "")
    earlier = page.locator("main .page-head a[href*='/desk/wages/crews/']").first.get_attribute("href")
    page.goto(earlier or "")


def first_sheet(page: Page) -> None:
    page.locator("main a.row-title[href^='/desk/wages/sheets/']").first.click()
    page.wait_for_url("**/desk/wages/sheets/*")
