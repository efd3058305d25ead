"""A clerk posts, somebody finds it on a phone and applies without an account, is invited, and reads it by link."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from zhili.core.cases.tests.city import SmallCity
from zhili.core.web import assets
from zhili.portal.tests.browsing import Visits, browsing
from zhili.portal.tests.serving import Served
from zhili.scenarios.wages.jobs.tests.conftest import JobBoard, day

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def visits(
    board: JobBoard, chromium_path: str, served: Served, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Visits]:
    if not assets.manifest():
        pytest.skip("the front end is not built: run make setup")
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with browsing(chromium_path, served.url) as found:
        yield found


def test_from_the_posting_to_the_answer(visits: Visits, board: JobBoard, small_city: SmallCity) -> None:
    clerk = visits.of(board.clerk)
    clerk.goto("/desk/wages/jobs")
    clerk.get_by_role("link", name="发布招聘").click()
    clerk.locator("[name=trade]").select_option("carpenter")
    clerk.locator("[name=wanted]").fill("2")
    clerk.get_by_label("按日").check()
    clerk.locator("[name=pay_from]").fill("300")
    clerk.locator("[name=pay_to]").fill("350")
    clerk.locator("[name=starts]").fill(day(5))
    clerk.locator("[name=closes]").fill(day(9))
    clerk.locator("[name=work]").fill("支模板，入场交押金")
    clerk.locator("[name=contact]").fill("项目部 王工")
    clerk.locator("[name=phone]").fill("0573-82711234")
    clerk.get_by_role("button", name="发布").click()
    expect(clerk.get_by_text("“押金”").first).to_be_visible()
    clerk.locator("[name=work]").fill("支模板，不收押金")
    clerk.get_by_role("button", name="发布").click()
    expect(clerk.get_by_text("已发布")).to_be_visible()

    phone = visits.of(None)
    phone.set_viewport_size({"width": 390, "height": 844})
    phone.goto("/wages/jobs")
    phone.get_by_role("searchbox").fill("木工")
    phone.get_by_role("button", name="查找").click()
    phone.get_by_role("link", name="木工 · 300 – 350").click()
    phone.get_by_label("姓名").fill("周来福")
    phone.get_by_label("手机号").fill("13900000001")
    phone.get_by_role("button", name="送出应聘").click()
    expect(phone.get_by_role("heading", name="请存下这个链接")).to_be_visible()
    expect(phone.get_by_role("heading", level=1)).to_have_text("单位已收到，还没有答复")

    clerk.reload()
    expect(clerk.get_by_text("周**")).to_be_visible()
    clerk.get_by_text("看姓名和电话").click()
    clerk.get_by_role("button", name="打开，并留痕").click()
    expect(clerk.get_by_text("周来福")).to_be_visible()
    clerk.get_by_text("答复", exact=False).locator("visible=true").last.click()
    clerk.get_by_label("要告诉对方的").fill("周一 9 点，南门，找王工")
    clerk.get_by_role("button", name="约面谈").click()
    expect(clerk.get_by_text("已约面谈")).to_be_visible()

    phone.reload()
    expect(phone.get_by_role("heading", level=1)).to_have_text("单位约您见面")
    expect(phone.get_by_text("周一 9 点，南门，找王工")).to_be_visible()
