"""Two officers' phones with the network cut: a merged visit is filled, photographed, signed; all of it arrives once."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from zhili.core.cases.tests.city import SmallCity
from zhili.core.visits import answers, arrivals
from zhili.core.visits.models import Arrival, Signature, Visit, VisitAnswer, VisitState
from zhili.core.visits.tests.story import picture, visited
from zhili.portal.tests.browsing import Visits
from zhili.portal.tests.looking import faults, small_targets, too_wide
from zhili.portal.tests.pocket_steps import phone, settled, taken_along, with_signal, without_signal

PHOTO: Any = {"name": "现场.png", "mimeType": "image/png", "buffer": picture()}
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_merged_visit_filled_photographed_and_signed_without_signal(
    visits: Visits, small_city: SmallCity
) -> None:
    town, visit, (one, other, *_rest) = visited(small_city)
    door = arrivals.door(visit.premises, town.admin).code
    mine, theirs = phone(visits, one), phone(visits, other)
    for page in (mine, theirs):
        without_signal(taken_along(page))
        expect(page.locator("#visits")).to_contain_text("派我去的检查")

    mine.goto(f"/desk/pocket#/v/{visit.pk}/scan")
    mine.get_by_label("场所码").fill(door.lower())
    mine.get_by_role("button", name="我已到场").click()
    expect(mine.get_by_text("已记下到场，还没有送达")).to_be_visible()
    items = [item for item, _own in answers.questions(visit)]
    for n, item in enumerate(items):
        fill(mine, visit, item.pk, "否" if n == 0 else "是", "3.5" if n == 0 else "1.5", photo=n == 0)
    fill(theirs, visit, items[0].pk, "是", "3.50")
    for number in [*visit.officers.values_list("inspector", flat=True), 0]:
        sign(mine, visit, number)
    expect(mine.get_by_text("已签")).to_have_count(5)
    judged(mine, visit, items[0].pk)
    assert not VisitAnswer.objects.exists()

    with_signal(theirs)
    settled(theirs, lambda: VisitAnswer.objects.count() == 2)
    with_signal(mine)
    settled(mine, lambda: Signature.objects.count() == 5, str(Signature.objects.count()))
    assert VisitAnswer.objects.count() == 2 + 2 * len(items)
    arrived = Arrival.objects.get()
    assert arrived.made_at < arrived.at

    # both sides' words stand on the phone; whoever reads them settles it, and the visit is closed
    mine.goto(f"/desk/pocket#/v/{visit.pk}")
    expect(mine.get_by_text("有 1 个问题两人填的不一致")).to_be_visible()
    fill(mine, visit, items[0].pk, "否", "3.5")
    mine.goto(f"/desk/pocket#/v/{visit.pk}/close")
    expect(mine.get_by_text("安全出口是否畅通：否")).to_be_visible()
    mine.get_by_role("button", name="办结检查").click()
    settled(mine, lambda: Visit.objects.get(pk=visit.pk).state == VisitState.DONE)
    mine.goto(f"/desk/visits/{visit.pk}")
    image = mine.locator("#findings img")
    image.scroll_into_view_if_needed()
    mine.wait_for_function("image => image.naturalWidth > 0", arg=image.element_handle())
    with mine.expect_download() as got:
        mine.get_by_role("link", name="下载笔录").click()
    assert got.value.path().read_bytes().startswith(b"%PDF")


def fill(page: Page, visit: Visit, item: int, exit_: str, oil: str, photo: bool = False) -> None:
    """The two questions of an item, kept on the phone."""
    page.goto(f"/desk/pocket#/v/{visit.pk}/i/{item}")
    page.get_by_label(exit_, exact=True).check()
    page.get_by_label("油烟浓度").fill(oil)
    if photo:
        page.locator("input[type=file]").first.set_input_files(PHOTO)
        expect(page.locator("li.upload")).to_have_count(1)
    page.get_by_role("button", name="记下").click()
    page.locator("#pocket form").wait_for(state="detached")


def sign(page: Page, visit: Visit, number: int) -> None:
    page.goto(f"/desk/pocket#/v/{visit.pk}/s/{number}")
    box: Any = page.locator("canvas").bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + 90, steps=4)
    page.mouse.up()
    page.get_by_role("button", name="保存签字").click()
    page.locator("#pocket form").wait_for(state="detached")


def judged(page: Page, visit: Visit, item: int) -> None:
    """Its pages at phone size, as a careful reader finds them."""
    found = []
    for address in ("", f"/i/{item}", "/scan", "/s/0", "/close"):
        page.goto(f"/desk/pocket#/v/{visit.pk}{address}")
        page.locator("#pocket h1").wait_for()
        page.locator("#pocket details").evaluate_all("all => all.forEach(one => one.open = true)")
        found += [f"{address}: {one}" for one in [*faults(page), *small_targets(page), *too_wide(page)]]
    assert found == []
