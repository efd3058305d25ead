"""Masks drawn by mouse and by keyboard; a large film that goes in pieces, is paused, and goes on after a reload."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from zhili.core.cases.tests.city import SmallCity
from zhili.core.files import decisions
from zhili.core.files.models import File, Resumable
from zhili.core.files.tests.samples import box, mp4
from zhili.portal.tests.browsing import DESK, PHONE, Visits
from zhili.portal.tests.looking import at, faults, small_targets, too_wide, until
from zhili.portal.tests.scene import scene_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
REPORT = "/new/citizen_reports.report/report"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def boxes(photo: str) -> list[list[int]]:
    return [list(one) for one in decisions.standing(File.objects.get(pk=photo).sha256).boxes]


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """On the picture, in shares of it."""
    area = page.locator(".mask-stage").bounding_box()
    assert area is not None
    points = [(area["x"] + x * area["width"], area["y"] + y * area["height"]) for x, y in (start, end)]
    page.mouse.move(*points[0])
    page.mouse.down()
    page.mouse.move(*points[1], steps=5)
    page.mouse.up()


def keep(page: Page, name: str) -> None:
    if folder := os.environ.get("ZHILI_TEST_SHOTS"):
        page.screenshot(path=f"{folder}/files-{name}.png", full_page=True)


def test_masks_are_drawn_moved_and_removed(visits: Visits, small_city: SmallCity) -> None:
    scene = scene_in(small_city)
    grid = small_city.actor("A.grid")
    page = at(visits.of(grid, DESK), f"/desk/c/{scene.fresh}/files/{scene.photo}")
    expect(page.locator(".mask-on rect")).to_have_count(1)
    drag(page, (0.6, 0.2), (0.8, 0.4))
    rect = page.locator(".mask-stage rect").nth(1)
    expect(rect).to_be_focused()
    expect(page.get_by_role("group", name="方框 2").first).to_be_visible()
    left = page.locator(".mask-row").nth(1).get_by_label("左")
    before = float(left.input_value())
    assert 58 < before < 62
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    assert float(left.input_value()) == pytest.approx(before + 0.5, abs=0.02)
    page.get_by_role("button", name="加一个方框").click()
    expect(page.locator(".mask-row")).to_have_count(3)
    page.locator(".mask-stage rect").nth(2).focus()
    page.keyboard.press("Delete")
    expect(page.locator(".mask-row")).to_have_count(2)
    page.get_by_role("button", name="保存打码").click()
    expect(page.get_by_text("已打码 2 处")).to_be_visible()
    kept = boxes(scene.photo)
    assert kept[0] == [1500, 5500, 2000, 1200]
    assert 5850 < kept[1][0] < 6250
    keep(page, "masks-desk")


@pytest.mark.parametrize("look", ["", "elder"])
def test_the_page_of_a_file_on_a_phone(visits: Visits, small_city: SmallCity, look: str) -> None:
    scene = scene_in(small_city)
    page = at(visits.of(scene.setting.admin, PHONE, look=look), f"/desk/c/{scene.fresh}/files/{scene.photo}")
    expect(page.locator(".mask-on rect")).to_have_count(1)
    assert faults(page, look=look) == []
    assert too_wide(page) == []
    assert small_targets(page, look=look) == []
    keep(page, f"masks-phone{look}")
    page.goto("/desk/admin/files")
    assert faults(page, look=look) == []
    assert too_wide(page) == []
    keep(page, f"totals-phone{look}")


def test_a_large_film_is_paused_and_goes_on_after_a_reload(
    visits: Visits, small_city: SmallCity, tmp_path: Path
) -> None:
    film = tmp_path / "路口.mp4"
    film.write_bytes(mp4() + box(b"free", os.urandom(36 * 1024 * 1024)))
    page = visits.of(None, PHONE)
    cut = [True]
    offsets: list[int] = []

    def on_the_way(route: Route) -> None:
        offset = route.request.headers.get("upload-offset", "")
        if route.request.method == "PATCH":
            offsets.append(int(offset))
        if cut[0] and offset not in ("", "0"):
            route.abort()
        else:
            route.continue_()

    page.route("**/uploads/tus/**", on_the_way)
    at(page, REPORT)
    page.locator("input[type=file]").set_input_files(film)
    row = page.locator(".upload")
    expect(row.get_by_role("button", name="暂停")).to_be_visible()
    expect(row.locator(".upload-note")).to_have_text("88%", timeout=20_000)
    until(lambda: Resumable.objects.get().offset == 32 * 1024 * 1024, page)  # kept, not only sent
    row.get_by_role("button", name="暂停").click()
    expect(row.get_by_role("button", name="继续")).to_be_visible()
    expect(row.locator(".upload-note")).to_contain_text("已暂停")
    keep(page, "large-paused")
    before = Resumable.objects.get().offset
    cut[0] = False
    page.reload()
    page.wait_for_selector("html.js", state="attached")
    offsets.clear()
    # the draft brings the film back by itself
    expect(page.locator(".upload")).to_have_count(1)
    expect(page.locator(".upload input[type=hidden]")).to_have_count(1, timeout=20_000)
    assert offsets == [before]
    file = File.objects.get()
    assert file.sha256 == hashlib.sha256(film.read_bytes()).hexdigest()
    assert file.mime == "video/mp4"
    value = page.locator(".upload input[type=hidden]").input_value()
    assert value.startswith(f"{file.pk}:")
