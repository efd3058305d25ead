"""A worker's page is read aloud by the phone: each part hands its own words, as they stand there, to the voice."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from zhili.portal.tests.browsing import Visits
from zhili.scenarios.wages import who
from zhili.scenarios.wages.tests.conftest import Site
from zhili.scenarios.wages.tests.test_a_phone_taps_without_signal import visits

__all__ = ["visits"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
VOICE = """
window.told = [];
Object.defineProperty(window, 'speechSynthesis', {value: {
  cancel: () => told.push('stop'),
  speak: one => told.push({text: one.text, lang: one.lang, rate: one.rate, real: one instanceof SpeechSynthesisUtterance}),
}});
"""  # noqa: E501
NO_VOICE = "delete window.speechSynthesis; delete Window.prototype.speechSynthesis"


def opened(visits: Visits, site: Site, script: str, language: str = "") -> Page:
    one = site.join("李小木", 2)
    site.sheet(one.engagement, overtime_minutes=90)
    page = visits.of(language=language)
    page.context.add_init_script(script)
    page.goto(f"/wages/me/{who.link(site.project, one.worker)}")
    return page


def test_each_part_hands_its_own_words_to_the_voice(visits: Visits, site: Site) -> None:
    page = opened(visits, site, VOICE)
    day = site.day()
    waiting = page.locator("section", has=page.locator("#waiting"))
    before = waiting.inner_text()
    waiting.get_by_role("button", name="读给我听").click()
    stop, said = page.evaluate("told")
    assert stop == "stop"  # what was being read stops first
    assert (said["lang"], round(said["rate"], 3), said["real"]) == ("zh-CN", 0.9, True)
    for words in ("等您确认", f"{day.month}月{day.day}日", "1 个工", "加班 90 分钟", "南湖公寓二期"):
        assert words in said["text"]
        assert words in before
    assert "读给我听" not in said["text"]
    month = page.locator("section", has=page.locator("#month"))
    month.get_by_role("button", name="读给我听").click()
    other = page.evaluate("told[3]")["text"]
    assert "这个月" in other
    assert "等您确认" not in other
    month.get_by_role("button", name="读给我听").click()
    assert page.evaluate("told.length") == 6


def test_a_phone_without_a_voice_is_offered_none(visits: Visits, site: Site) -> None:
    page = opened(visits, site, NO_VOICE)
    expect(page.locator("#waiting")).to_be_visible()
    assert page.evaluate("'speechSynthesis' in window") is False
    expect(page.get_by_role("button", name="对，确认")).to_be_visible()
    expect(page.get_by_role("button", name="读给我听")).to_have_count(0)
