"""In a real browser: an officer opens a telephone number, its owner reads who looked; two persons let a file out."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from django.conf import settings
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import SmallCity
from zhili.core.people.actors import Actor
from zhili.core.personal.models import Export
from zhili.core.personal.tests.scene import PHONE, report, secret_of
from zhili.portal.tests.browsing import DESK, Visits
from zhili.portal.tests.browsing import PHONE as POCKET
from zhili.portal.tests.looking import at, faults, small_targets, too_wide
from zhili.portal.tests.pages_client import reader

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sure(visits: Visits, actor: Actor, size: dict[str, int] = POCKET, look: str = "") -> Page:
    """A page of somebody who gave the password a moment ago."""
    client = reader(actor)
    session = client.session
    proved = {"method": "password", "at": time.time(), "reauthenticated": True}
    session["account_authentication_methods"] = [proved]
    session["account_authentication_methods_user"] = str(actor.account_id)
    session.save()
    page = visits.of(size=size, look=look)
    visits.keep(
        page.context, settings.SESSION_COOKIE_NAME, client.cookies[settings.SESSION_COOKIE_NAME].value
    )
    return page


def sound(page: Page) -> None:
    assert faults(page) == []
    assert small_targets(page) == []
    assert too_wide(page) == []


def test_an_opening_on_the_desk_is_read_by_its_owner(visits: Visits, small_city: SmallCity) -> None:
    resident = small_city.resident()
    case, _code = report(small_city, resident)
    owner = sure(visits, resident)
    at(owner, "/my/data")
    expect(owner.get_by_text("还没有人看过")).to_be_visible()
    expect(owner.get_by_text("138****5678")).to_be_visible()
    sound(owner)

    officer = visits.of(small_city.actor("A.zhzf", "handler"), DESK)
    at(officer, f"/desk/c/{case.number}")
    value = officer.locator(f'form[action$="/personal/{secret_of(case)}"]')
    value.get_by_role("button", name="查看").click()
    expect(officer.get_by_text(f"+86{PHONE}")).to_be_visible()

    owner.reload()
    expect(owner.get_by_text("南湖区综合行政执法局 handler")).to_be_visible()
    expect(owner.get_by_text(f"办理{case.number}")).to_be_visible()
    expect(owner.locator("main")).not_to_contain_text("A.zhzf-handler")
    sound(owner)

    owner.get_by_role("link", name="更正电话").click()
    sound(owner)
    owner.get_by_label("电话").fill("13900139000")
    owner.get_by_role("button", name="更正").click()
    expect(owner.get_by_text("139****9000")).to_be_visible()

    Case.objects.filter(pk=case.pk).update(closed_at=case.opened_at)
    at(owner, "/my/data/erase")
    sound(owner)
    owner.get_by_role("button", name="删除选中的").click()
    expect(owner.get_by_text("已删除 2 项")).to_be_visible()
    expect(owner.get_by_text("本人要求删除").first).to_be_visible()


def test_a_copy_is_downloaded(visits: Visits, small_city: SmallCity) -> None:
    resident = small_city.resident()
    report(small_city, resident)
    page = sure(visits, resident)
    at(page, "/my/data/copy")
    sound(page)
    page.get_by_role("button", name="导出").click()
    with page.expect_download() as got:
        page.get_by_role("link", name="下载").click()
    assert got.value.suggested_filename.endswith(".zip")


def test_two_persons_let_a_file_out(visits: Visits, small_city: SmallCity, tmp_path: Path) -> None:
    case, _code = report(small_city)
    handler, leader = (small_city.actor("A.zhzf", one) for one in ("handler", "leader"))
    asker = visits.of(handler, DESK)
    at(asker, "/desk")
    asker.get_by_role("link", name="要含个人信息的").click()
    asker.get_by_label("电话").check()
    asker.get_by_label("用途").fill("逐户回访")
    sound(asker)
    asker.get_by_role("button", name="提出申请").click()
    expect(asker.get_by_text("等另一位负责人审批；您自己不能审批")).to_be_visible()
    expect(asker.get_by_role("button", name="批准")).to_have_count(0)
    sound(asker)

    decider = visits.of(leader, POCKET)
    at(decider, "/desk/exports?view=decide")
    sound(decider)
    decider.get_by_role("link", name="逐户回访").click()
    sound(decider)
    decider.get_by_role("button", name="批准", exact=True).click()
    expect(decider.get_by_text("已批准，申请人可以下载")).to_be_visible()

    asker.reload()
    with asker.expect_download() as got:
        asker.get_by_role("button", name="下载").click()
    file = tmp_path / "x.xlsx"
    got.value.save_as(file)
    number = Export.objects.get().number
    rows = [[cell for cell in row if cell] for row in load_workbook(file).active.iter_rows(values_only=True)]
    assert rows[0][0].startswith(f"{number} 第1次下载")
    assert rows[-1] == rows[0]
    assert rows[3][0] == case.number
    assert rows[3][-2:] == [f"+86{PHONE}", f"{number}-1-0001"]


@pytest.mark.parametrize("look", ["", "elder"])
def test_a_delay_is_agreed_to_and_said(visits: Visits, small_city: SmallCity, look: str) -> None:
    case, _code = report(small_city, small_city.resident())
    Case.objects.filter(pk=case.pk).update(confidential=True)
    page = visits.of(small_city.actor("A.zhzf", "leader"), DESK, look=look)
    at(page, f"/desk/c/{case.number}/delay")
    assert faults(page, look=look) == []
    assert small_targets(page, look=look) == []
    page.get_by_label("告知会妨碍依法履行职责").check()
    page.get_by_label("具体理由").fill("告知会妨碍调取证据")
    page.get_by_label("到哪天止").fill("2020-01-01")
    page.get_by_role("button", name="批准暂缓").click()
    expect(page.get_by_text("结束日期要晚于现在的期限")).to_be_visible()
    page.get_by_label("到哪天止").fill(
        f"{time.strftime('%Y-%m-%d', time.localtime(time.time() + 9 * 86400))}"
    )
    page.get_by_role("button", name="批准暂缓").click()
    expect(page.get_by_text("从现在起的查看暂缓告知本人")).to_be_visible()
    expect(page.get_by_role("button", name="现在就告知")).to_be_visible()
    assert faults(page, look=look) == []
