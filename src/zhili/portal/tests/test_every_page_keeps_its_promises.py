"""Every page, phone size, light and elder: accessible, nothing asked of others, nothing evaluated, nothing shifted.

One walk, each page fetched once, for the tests anybody runs. `make soak` looks in every look, size and language.
"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from zhili.core.cases.tests.city import SmallCity
from zhili.core.people.actors import Actor
from zhili.portal.tests.browsing import DESK, PHONE, Visits
from zhili.portal.tests.looking import at, faults, small_targets, too_wide, unfold_all
from zhili.portal.tests.scene import Scene, scene_in

CALM: dict[str, Any] = {"look": "light", "reduced_motion": "reduce"}
"""Colours are judged at rest: a look that is changed fades over, unless the reader wants no motion."""

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def scene(small_city: SmallCity) -> Scene:
    return scene_in(small_city)


def elder(page: Page) -> list[str]:
    """What is wrong in the elder look, which the reader could have chosen: the server sets the same attribute.

    The page is the same, so only what a look can change is asked again: colours, sizes, width.
    """
    page.evaluate("document.documentElement.dataset.theme = 'elder'")
    found = (*faults(page, look="elder", rules=BY_LOOK), *small_targets(page, look="elder"), *too_wide(page))
    return [f"elder: {one}" for one in found]


BY_SIZE = ("color-contrast", "target-size", "link-in-text-block")
BY_LOOK = (*BY_SIZE, "color-contrast-enhanced")


FOR_A_DESK = ("/desk", "/screen", "/design", "/stats", "/map")


def test_on_a_phone_in_light_and_elder_and_at_desk_size(visits: Visits, scene: Scene) -> None:
    """axe-core's rules, targets to press, width; and no other host, policy broken or server error on the way.

    The faces made for a wide screen are then drawn out to one; there, as in the elder look, only what a size or
    look can change is asked again (all of it once more in `make soak`).
    """
    pages: dict[Actor | None, Page] = {}
    found: list[str] = []
    for who, address in scene.addresses():
        page = pages.get(who) or pages.setdefault(who, visits.of(who, size=PHONE, **CALM))
        at(page, address)
        unfold_all(page)
        page.wait_for_selector("main [aria-busy=true]:not([data-sample] *)", state="detached")
        seen = [*faults(page), *small_targets(page), *too_wide(page)]
        if address.startswith(FOR_A_DESK):
            page.set_viewport_size(DESK)  # type: ignore[arg-type]
            wide = (*faults(page, rules=BY_SIZE), *small_targets(page), *too_wide(page))
            seen += [f"desk: {one}" for one in wide]
            page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        found += [f"{address} {one}" for one in (*seen, *elder(page))]
    assert found == [], "\n".join(found)


# ---- nothing jumps while it loads

SLOW = {"offline": False, "latency": 150, "downloadThroughput": 700_000, "uploadThroughput": 90_000}
"""1.6 Mbit/s, which Lighthouse takes for a slow phone, times what gzip saves, since the test site packs nothing:
styles, scripts and the map arrive one after another."""

WATCH = """
  window.shifted = 0;
  window.jumps = [];
  new PerformanceObserver(list => {
    for (const one of list.getEntries()) {
      if (one.hadRecentInput) continue;
      window.shifted += one.value;
      window.jumps.push(`${one.value.toFixed(3)} ${one.sources.map(s =>
        s.node ? `${s.node.nodeName}.${s.node.className ?? ''}` : '?').join(', ').slice(0, 120)}`);
    }
  }).observe({type: 'layout-shift', buffered: true});
"""
MOST = 0.1


def shifts(page: Page, address: str) -> tuple[float, list[str]]:
    """The sum of all layout shifts nobody caused by pressing something, and what moved."""
    page.goto(address, wait_until="load")
    page.wait_for_selector("html.js", state="attached")
    page.wait_for_selector(
        "#similar[hx-get]", state="detached"
    )  # asked for at once, there before one has read so far
    for box in page.locator("[data-map]:visible").all():  # what waits until it is near comes now
        box.scroll_into_view_if_needed()
        expect(box).to_have_attribute("data-ready", "1", timeout=40_000)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return page.evaluate("[window.shifted, window.jumps]")


def slowly(visits: Visits, who: Actor | None, size: dict[str, int]) -> Page:
    page = visits.of(who, size=size)
    page.add_init_script(WATCH)
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", SLOW)
    return page


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_nothing_jumps_while_it_loads(visits: Visits, scene: Scene, size: dict[str, int]) -> None:
    grid = scene.city.actor("A.grid")
    walk: dict[Actor | None, tuple[str, ...]] = {
        None: ("/", "/report", f"/c/{scene.answered}", "/map", "/stats", "/track"),
        scene.resident: ("/my", f"/c/{scene.late}"),
        grid: ("/desk", f"/desk/c/{scene.late}"),
    }
    wrong = []
    for who, addresses in walk.items():
        page = slowly(visits, who, size)
        for address in addresses:
            moved, what = shifts(page, address)
            if moved > MOST:
                wrong.append(f"{address} moves by {moved:.3f}: {what}")
    assert wrong == [], "\n".join(wrong)


def test_the_judge_of_jumps_sees_one(visits: Visits) -> None:
    page = visits.of()
    page.add_init_script(WATCH)
    at(page, "/track")
    page.evaluate("""() => new Promise(done => setTimeout(() => {
      document.getElementById('main').insertAdjacentHTML('afterbegin', '<p>late<br><br><br><br><br><br><br><br></p>');
      requestAnimationFrame(() => setTimeout(done, 300));
    }, 300))""")
    moved: Any = page.evaluate("window.shifted")
    assert moved > MOST
