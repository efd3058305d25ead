"""Every page in every look, size and language; the keyboard alone; 320 px and 200 %. Long: `make soak`."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import SmallCity
from zhili.core.people.actors import Actor
from zhili.portal.tests.browsing import DESK, PHONE, Visits
from zhili.portal.tests.keys import Keys
from zhili.portal.tests.looking import at, faults, small_targets, too_wide, unfold_all
from zhili.portal.tests.scene import REPORT, Scene, scene_in

pytestmark = [pytest.mark.browser, pytest.mark.soak, pytest.mark.django_db(transaction=True)]

SIZES = {"phone": PHONE, "desk": DESK}
LOOKS = ("light", "dark", "elder")
LANGUAGES = ("zh-hans", "en")
NARROW = {"width": 320, "height": 640}
HALVED = {"width": 640, "height": 450}
"""1280 px wide at 200 %."""


@pytest.fixture
def scene(small_city: SmallCity) -> Scene:
    return scene_in(small_city)


def walk(visits: Visits, scene: Scene, judge: Callable[[Page], list[str]], **how: Any) -> list[str]:
    """What the judge finds on each page, everything unfolded; one browser window for each reader."""
    pages: dict[Actor | None, Page] = {}
    found = []
    for who, address in scene.addresses():
        page = pages.get(who) or pages.setdefault(who, visits.of(who, **how))
        at(page, address)
        unfold_all(page)
        found += [f"{address}: {one}" for one in judge(page)]
    return found


@pytest.mark.parametrize(("size", "look", "language"), list(itertools.product(SIZES, LOOKS, LANGUAGES)))
def test_by_the_rules(visits: Visits, scene: Scene, size: str, look: str, language: str) -> None:
    def judge(page: Page) -> list[str]:
        return [*faults(page, look=look), *small_targets(page, look=look), *too_wide(page)]

    assert walk(visits, scene, judge, size=SIZES[size], look=look, language=language) == []


@pytest.mark.parametrize("look", ["light", "elder"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [NARROW, HALVED], ids=["320px", "200%"])
def test_nothing_is_lost_when_enlarged(
    visits: Visits, scene: Scene, size: dict[str, int], language: str, look: str
) -> None:
    assert walk(visits, scene, too_wide, size=size, look=look, language=language) == []


def test_letters_alone_may_be_doubled(visits: Visits, scene: Scene) -> None:
    def judge(page: Page) -> list[str]:
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        return too_wide(page)

    assert walk(visits, scene, judge, size=DESK) == []


@pytest.mark.parametrize("look", LOOKS)
def test_colours_stand_out(visits: Visits, scene: Scene, look: str) -> None:
    """Every colour that words may have, on every ground: 4.5:1, for elders 7:1, large letters too."""
    page = at(visits.of(look=look), "/")
    found: dict[str, float] = page.evaluate(_CONTRASTS)
    assert len(found) > 12
    least = 7.0 if look == "elder" else 4.5
    assert {pair: ratio for pair, ratio in found.items() if ratio < least} == {}


_CONTRASTS = """() => {
  const pen = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const light = name => {
    pen.fillStyle = '#fff';
    const probe = document.body.appendChild(document.createElement('i'));
    probe.style.color = `var(${name})`;
    pen.fillStyle = getComputedStyle(probe).color;
    probe.remove();
    pen.fillRect(0, 0, 1, 1);
    const part = [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3)
      .map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part[0] + 0.7152 * part[1] + 0.0722 * part[2];
  };
  const ratio = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
  const found = {'button': ratio('--color-primary', '--color-primary-content')};
  for (const ink of ['--ink', '--quiet', '--lake', '--lamp', '--amber', '--reed'])
    for (const ground of ['--ground', '--surface', '--tint'])
      if (ground !== '--tint' || ['--ink', '--lake'].includes(ink))
        found[`${ink} on ${ground}`] = ratio(ink, ground);
  return found;
}"""


# ---- the keyboard alone


def test_reporting_by_keyboard(visits: Visits, small_city: SmallCity) -> None:
    page = at(visits.of(size=DESK), "/")
    keys = Keys(page)
    first = keys.tab()
    assert first is not None
    assert first["name"] == "跳到正文"
    assert first["shown"]
    keys.press("Enter")
    keys.to("报一件事")
    keys.press("Enter")
    page.wait_for_url(f"**/new/{REPORT}/report")
    page.wait_for_selector("html.js", state="attached")
    keys.stops.clear()
    assert keys.once_round() > 10
    at(page, page.url)
    keys.stops.clear()
    keys.to("报上去", "BUTTON")
    keys.press("Enter")
    summary = page.locator(".form-summary")
    expect(summary).to_be_focused()
    keys.stops.clear()
    keys.to("请填写“发生了什么”", "A", most=2)
    keys.press("Enter")
    expect(page.get_by_label("发生了什么")).to_be_focused()
    keys.write("路灯不亮")
    keys.to("f-place-address")
    keys.write("建设路1号")
    keys.to("报上去", "BUTTON")
    keys.press("Enter")
    page.wait_for_url("**/done/*")
    page.wait_for_selector("html.js", state="attached")
    keys.stops.clear()
    keys.to("看这件事", "A")
    keys.press("Enter")
    page.wait_for_url("**/c/*")
    page.wait_for_selector("html.js", state="attached")
    keys.stops.clear()
    keys.to("撤回", "SUMMARY")
    keys.press("Enter")
    keys.to("_sure", "INPUT", most=2)
    keys.press("Space")
    keys.to("撤回", "BUTTON", most=2)
    keys.press("Enter")
    expect(page.locator("#now")).to_have_text("您已撤回")
    assert keys.wrong == []
    assert Case.objects.get().stage == "withdrawn"


def test_handling_by_keyboard(visits: Visits, scene: Scene) -> None:
    page = at(visits.of(scene.city.actor("A.grid"), DESK), "/desk")
    keys = Keys(page)
    assert keys.once_round() > 10
    at(page, "/desk")
    keys.stops.clear()
    keys.to("建国路", "A")
    keys.press("Enter")
    page.wait_for_url("**/desk/c/*")
    page.wait_for_selector("html.js", state="attached")
    keys.stops.clear()
    keys.to("受理", "BUTTON")
    keys.press("Enter")
    expect(page.locator("#now")).to_have_text("办理中")
    expect(page.locator("#main")).to_be_focused()  # not back at the top of the page
    keys.stops.clear()
    keys.to("办结答复", "SUMMARY")
    keys.to("finish-answer", "TEXTAREA", most=3) if page.locator("#act-finish[open]").count() else None
    keys.write("已更换，请您放心。")
    keys.to("办结答复", "BUTTON", most=12)
    keys.press("Enter")
    expect(page.get_by_text("现在：已答复")).to_be_visible()
    expect(page.locator("#main")).to_be_focused()
    keys.stops.clear()
    assert keys.once_round() > 10
    assert keys.wrong == []
