"""A warning comes in while the list is open, is taken, given back, taken and closed as false: the precision changes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from zhili.core.cases.tests.city import SmallCity
from zhili.core.streams import run_until_idle
from zhili.core.web import assets
from zhili.portal.tests.browsing import Visits, browsing
from zhili.portal.tests.serving import Served
from zhili.scenarios.early_warning import backtesting
from zhili.scenarios.early_warning.rules import RIVER
from zhili.scenarios.early_warning.tests.conftest import Desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def visits(
    desk: Desk, chromium_path: str, served: Served, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Visits]:
    if not assets.manifest():
        pytest.skip("the front end is not built: run make setup")
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with browsing(chromium_path, served.url) as found:
        yield found


def test_the_story_of_a_false_alarm(visits: Visits, desk: Desk, small_city: SmallCity) -> None:
    desk.past(days=2, rises=(20,))
    run_until_idle()
    page = visits.of(small_city.actor("A.village"))
    page.goto("/desk/warnings")
    expect(page.get_by_role("heading", name="没有待接手的预警")).to_be_visible()
    page.locator("html[data-live=open]").wait_for(state="attached")
    desk.rises()
    row = page.locator("[data-warning]").first
    expect(row).to_contain_text("水位涨了")
    expect(row).to_contain_text("橙色")
    row.get_by_role("button", name="我来接").click()
    row.get_by_role("button", name="接错了，退回").click()
    row.get_by_role("button", name="我来接").click()
    expect(row).to_contain_text("在处置")
    row.get_by_role("link").first.click()
    _plot_is_drawn(page)
    page.get_by_label("误报").check()
    page.get_by_role("button", name="了结").click()
    expect(page.get_by_text("反馈算进了这条规则的准确率")).to_be_visible()

    page = visits.of(small_city.actor("city", "commander"))
    page.goto("/desk/rules")
    expect(page.locator("tr", has_text="河道水位上涨")).to_contain_text("0%")
    page.get_by_role("link", name="河道水位上涨", exact=True).click()
    _plot_is_drawn(page)
    page.get_by_role("button", name="开始回测").click()
    page.get_by_text("可以离开这一页").wait_for()
    while backtesting.turn():
        pass
    page.get_by_role("heading", name="在过去会报多少").wait_for()
    expect(page.locator("[data-plot][data-done]")).to_have_count(2)
    assert RIVER.name in page.url


def _plot_is_drawn(page: Page) -> None:
    box = page.locator("[data-plot][data-done] canvas").first
    box.wait_for()
    assert box.bounding_box() is not None
