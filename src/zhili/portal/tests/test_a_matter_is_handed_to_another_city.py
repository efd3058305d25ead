"""In a browser: a town hands a matter to the city across the border, sees what will be sent, and follows it there."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from zhili.core.cases.tests.city import SmallCity
from zhili.core.cases.tests.lead import Lead
from zhili.core.exchange.models import Outgoing, RemoteSite
from zhili.core.exchange.tests.crossing import TITLE, Across
from zhili.portal.tests.browsing import DESK, Visits

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_town_hands_a_matter_over_and_follows_it(visits: Visits, small_city: SmallCity) -> None:
    across = Across(small_city)
    data = {"what": "界河北岸成堆垃圾漂过来", "category": "201001", "place": {"lon": 120.05, "lat": 30.05}}
    lead = Lead(small_city, data={**data, "anonymous": False, "phone": "13800001234", "name": "张三"})
    page = visits.of(lead.town, DESK)
    page.goto(f"/desk/c/{lead.number}")
    page.locator(".more-acts > summary").click()
    page.get_by_role("link", name="移交外地").click()
    expect(page.get_by_text("不因移交暂停")).to_be_visible()
    expect(page.get_by_label("请对方做什么")).to_have_value("界河北岸成堆垃圾漂过来")
    assert page.locator("input[name=personal]:checked").count() == 0
    page.get_by_label(re.compile("联系电话")).check()
    page.get_by_role("button", name="先看要送出的内容").click()
    expect(page.get_by_text(re.compile("会收到的全部内容"))).to_be_visible()
    expect(page.get_by_text("姓名")).not_to_be_visible()
    assert not Outgoing.objects.exists()
    page.get_by_role("button", name=f"移交{TITLE}").click()
    expect(page.get_by_text(f"已移交{TITLE}")).to_be_visible()

    link = across.link
    across.send(link, "accept", office="廊下镇", reference="JS-17", due_at="2026-12-01T08:00:00Z")
    photo = {"sha256": "a" * 64, "size": 90_000, "mime": "image/jpeg", "name": "到场.jpg"}
    across.progress(link, "已派船到场", files=[photo])
    RemoteSite.objects.update(failures=5)
    page.goto(f"/desk/c/{lead.number}")
    panel = page.locator("#across")
    expect(panel).to_contain_text("对方正在办理")
    expect(panel).to_contain_text("已派船到场")
    expect(panel).to_contain_text("已试 5 次")
    panel.get_by_role("button", name="取回 到场.jpg").click()
    expect(page.locator("#across")).to_contain_text("正在取")
    page.goto("/desk")
    expect(page.locator(f"[data-matter='{lead.number}']")).to_contain_text("跨域")

    across.send(link, "close", result="已清理", words="两岸已清运三车。")
    told = visits.of(lead.resident)
    told.goto(f"/c/{lead.number}")
    expect(told.get_by_text(f"{TITLE}已经办完")).to_be_visible()
    expect(told.get_by_text("两岸已清运三车。").first).to_be_visible()
