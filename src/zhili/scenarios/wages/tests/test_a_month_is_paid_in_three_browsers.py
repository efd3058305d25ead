"""A clerk, the officer and a worker with a link: a sheet is drawn up, checked, signed, sent and returned."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from zhili.core.web import assets
from zhili.portal.tests.browsing import Visits, browsing
from zhili.portal.tests.serving import Served
from zhili.scenarios.wages import who
from zhili.scenarios.wages.tests.conftest import Site
from zhili.scenarios.wages.tests.test_a_month_is_paid import LAST, paid_site

__all__ = ["paid_site"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def visits(
    paid_site: Site, chromium_path: str, served: Served, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Visits]:
    if not assets.manifest():
        pytest.skip("the front end is not built: run make setup")
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with browsing(chromium_path, served.url) as found:
        yield found


def test_the_story_of_a_month(visits: Visits, paid_site: Site) -> None:
    site = paid_site
    pay = f"/desk/wages/pay/{site.project.case.number}?month={LAST:%Y-%m}"
    clerk = visits.of(site.clerk)
    clerk.goto(pay)
    clerk.get_by_role("button", name="编制", exact=True).click()
    expect(clerk.get_by_text("等劳资专管员审核").first).to_be_visible()

    officer = visits.of(site.officer)
    officer.goto(pay)
    officer.get_by_role("link", name="木工班").click()
    officer.get_by_role("button", name="审核通过").click()
    expect(officer.get_by_text("待工人签字").first).to_be_visible()

    worker = visits.of(None)
    worker.goto(f"/wages/pay/{who.link(site.project, site.one.worker)}")  # type: ignore[attr-defined]
    expect(worker.get_by_text("900.00 元")).to_be_visible()
    worker.get_by_text("依据哪几天").click()
    worker.get_by_role("button", name="看过了，对的，签字").click()
    expect(worker.get_by_text("本人已签字")).to_be_visible()

    officer.goto(pay)
    expect(officer.get_by_text("1 人还没有签字")).to_be_visible()
    officer.get_by_role("button", name="做代发文件").click()
    row = _file(officer)
    reference, amount = row[1], row[4]
    answer = f"流水号,状态,金额（元）,原因代码\n{reference},退票,{amount},closed\n".encode()
    officer.get_by_label("CSV 文件").set_input_files(
        {"name": "回单.csv", "mimeType": "text/csv", "buffer": answer}
    )
    officer.get_by_role("button", name="收下").click()
    expect(officer.get_by_text("请本人提供新的本人账户")).to_be_visible()
    worker.reload()
    expect(worker.get_by_text("账户已销户").first).to_be_visible()
    officer.goto("/desk/wages/cockpit")
    expect(officer.get_by_role("link", name="南湖公寓二期")).to_be_visible()


def _file(page: Page) -> list[str]:
    """The one line of the file for the bank, cell by cell."""
    with page.expect_download() as download:
        page.get_by_role("link", name="zhili-pay-1").click()
    text = download.value.path().read_text("utf-8-sig")
    return text.splitlines()[1].split(",")
