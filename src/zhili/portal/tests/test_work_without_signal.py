"""A grid worker's phone with the network really cut: what was done arrives once, in order, and writes over nothing."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from zhili.core.cases import doors
from zhili.core.cases.models import Case, Step
from zhili.core.cases.tests.city import SmallCity
from zhili.core.files.models import Attachment
from zhili.portal.tests.browsing import Visits
from zhili.portal.tests.looking import at
from zhili.portal.tests.pocket_steps import (
    REPORT,
    act,
    opened,
    phone,
    settled,
    sign_in_as,
    steps,
    taken_along,
    with_signal,
    without_signal,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_accepted_photographed_and_finished_without_signal(visits: Visits, small_city: SmallCity) -> None:
    case = opened()
    page = taken_along(phone(visits, small_city.actor("A.grid")))
    without_signal(page)
    expect(page.locator(".row-title")).to_have_text("1. 路灯不亮")
    act(page, case, "accept", {})
    expect(page.locator("#now")).to_have_text("办理中")
    expect(page.get_by_text("现在还没有送达")).to_be_visible()
    act(page, case, "finish", {"答复": "灯泡已换好"}, photo=True)
    page.goto("/desk/pocket#/queue")
    expect(page.locator('[data-state="waiting"]')).to_have_count(2)
    assert steps(case) == ["report"]
    with_signal(page)
    settled(page, lambda: steps(case) == ["report", "accept", "finish"], str(steps(case)))
    expect(page.locator('[data-state="sent"]')).to_have_count(2)
    made = Step.objects.filter(case=case, seq__gt=1).order_by("seq")
    assert all(step.made_at is not None and step.made_at < step.at for step in made)
    assert Attachment.objects.filter(case_id=case.pk, step_seq=3).count() == 1
    page.goto("/desk/pocket#/")
    expect(page.get_by_text("都办完了")).to_be_visible()
    assert Case.objects.get(pk=case.pk).stage == "answered"


def moved_meanwhile(visits: Visits, city: SmallCity) -> tuple[Page, Case]:
    """Accepted and finished on the phone; an office noted something before it arrived. In conflict, on the screen."""
    case = opened()
    page = taken_along(phone(visits, city.actor("A.grid")))
    without_signal(page)
    act(page, case, "accept", {"备注": "已到现场"})
    act(page, case, "finish", {"答复": "灯泡已换好"}, photo=True)
    page.goto("/desk/pocket#/queue")
    doors.act(case, "note", city.actor("A.village"), {"note": "请同时检查电线"})
    with_signal(page)
    told = page.locator('[data-state="conflict"]')
    expect(told).to_contain_text("南湖区1村：内部备注")
    expect(told).to_contain_text("现在：待受理，南湖区1村01网格")
    expect(told).to_contain_text("备注：已到现场")
    expect(page.locator('[data-state="waiting"]')).to_contain_text("前面那一步还没有解决")
    assert steps(case) == ["report", "note"]
    return page, case


def test_a_conflict_settled_by_sending_again(visits: Visits, small_city: SmallCity) -> None:
    page, case = moved_meanwhile(visits, small_city)
    page.get_by_role("button", name="重新提交").click()
    settled(page, lambda: steps(case) == ["report", "note", "accept", "finish"])
    expect(page.locator('[data-state="sent"]')).to_have_count(2)


def test_a_conflict_settled_by_a_note(visits: Visits, small_city: SmallCity) -> None:
    page, case = moved_meanwhile(visits, small_city)
    page.get_by_role("button", name="作为备注附上").click()
    settled(page, lambda: steps(case)[:3] == ["report", "note", "late_note"])
    kept = Step.objects.get(case=case, action="late_note")
    assert kept.data["meant"] == "受理"
    assert "已到现场" in kept.data["note"]
    # what was built on it comes to light in its turn, with its picture
    told = page.locator('[data-state="conflict"]')
    expect(told).to_contain_text("答复：灯泡已换好")
    told.get_by_role("button", name="作为备注附上").click()
    settled(page, lambda: steps(case) == ["report", "note", "late_note", "late_note"])
    assert Attachment.objects.filter(case_id=case.pk, step_seq=4).count() == 1


def test_a_conflict_given_up(visits: Visits, small_city: SmallCity) -> None:
    page, case = moved_meanwhile(visits, small_city)
    page.get_by_role("button", name="放弃").click()
    page.get_by_role("button", name=re.compile("确定删除")).click()
    expect(page.get_by_text("没有等待发送的")).to_be_visible()
    assert steps(case) == ["report", "note"]


def found_and_fixed(page: Page, category: str = "暴露垃圾") -> None:
    page.goto("/desk/pocket#/")
    page.get_by_role("link", name="即查即改").click()
    expect(page.get_by_text("位置已取到")).to_be_visible()
    page.get_by_role("button", name=category).click()
    page.get_by_role("button", name=category).wait_for(state="detached")


def test_two_finds_without_signal_are_two_cases_and_never_more(visits: Visits, small_city: SmallCity) -> None:
    page = taken_along(phone(visits, small_city.actor("A.grid")))
    without_signal(page)
    found_and_fixed(page)
    found_and_fixed(page)
    assert not Case.objects.exists()
    answered: list[int] = []
    lost = [True]

    def drop(route: Route) -> None:
        """The server takes it; its answer is lost on the way."""
        response = route.fetch()
        answered.append(response.status)
        if lost[0]:
            route.abort()
        else:
            route.fulfill(response=response)

    page.context.route("**/api/v1/cases/*/found_fixed*", drop)
    page.goto("/desk/pocket#/queue")
    with_signal(page)
    settled(page, lambda: Case.objects.count() == 2)
    expect(page.locator('[data-state="waiting"]', has_text="可能已经送达")).to_have_count(2)
    expect(page.get_by_role("link", name="修改")).to_have_count(0)  # what may have arrived is not changed
    lost[0] = False
    with_signal(page)
    expect(page.locator('[data-state="sent"]')).to_have_count(2)
    assert Case.objects.count() == 2
    assert len(answered) >= 4
    assert {(one.stage, one.lon, one.lat) for one in Case.objects.all()} == {("fixed", 120.0512, 30.0533)}


def test_a_session_that_ended_asks_to_sign_in_and_goes_on(visits: Visits, small_city: SmallCity) -> None:
    case, grid = opened(), small_city.actor("A.grid")
    page = taken_along(phone(visits, grid))
    without_signal(page)
    act(page, case, "accept", {})
    page.goto("/desk/pocket#/queue")
    page.context.clear_cookies()
    with_signal(page)
    expect(page.locator('[data-state="waiting"]')).to_contain_text("等待登录")
    expect(page.get_by_role("link", name="重新登录")).to_be_visible()
    assert steps(case) == ["report"]
    sign_in_as(visits, page, grid)
    at(page, "/desk/pocket")
    settled(page, lambda: steps(case) == ["report", "accept"])
    assert Step.objects.get(case=case, seq=2).account_id == grid.account_id


def test_what_one_person_did_is_never_sent_as_another(visits: Visits, small_city: SmallCity) -> None:
    case, grid = opened(), small_city.actor("A.grid")
    page = taken_along(phone(visits, grid))
    without_signal(page)
    act(page, case, "accept", {})
    other = small_city.actor("A.grid", name="同事")
    sign_in_as(visits, page, other)
    page.context.set_offline(False)
    at(page, "/desk/pocket")
    page.locator("#pocket[data-ready]").wait_for()
    expect(page.get_by_text("别的岗位留下的 1 条")).to_be_visible()
    expect(page.locator("#carry")).not_to_be_checked()  # nor is the other's list kept
    assert page.evaluate("indexedDB.databases().then(all => all.map(one => one.name))") == ["zhili"]
    assert steps(case) == ["report"]
    sign_in_as(visits, page, grid)
    at(page, "/desk/pocket")
    settled(page, lambda: steps(case) == ["report", "accept"])


def test_signing_out_wipes_the_list_and_keeps_what_waits(visits: Visits, small_city: SmallCity) -> None:
    case, grid = opened(), small_city.actor("A.grid")
    page = taken_along(phone(visits, grid))
    without_signal(page)
    act(page, case, "accept", {})
    page.context.set_offline(False)
    page.context.route("**/api/v1/cases/**", lambda route: route.abort())
    at(page, "/desk")
    page.locator("details.menu-fold").last.locator("summary").click()
    page.get_by_role("button", name="退出").click()
    page.wait_for_load_state()
    kept = "indexedDB.databases().then(all => all.map(one => one.name).sort())"
    page.wait_for_function(f"async () => !(await {kept}).includes('zhili-pocket')")
    assert page.evaluate("localStorage.getItem('zhili-pocket')") is None
    page.context.set_offline(True)
    page.goto("/desk/pocket")
    assert "路灯不亮" not in page.locator("#main").inner_text()
    assert page.evaluate(kept) == ["zhili"]


def test_the_list_is_gone_when_its_time_is_over(visits: Visits, small_city: SmallCity) -> None:
    opened()
    page = taken_along(phone(visits, small_city.actor("A.grid")))
    page.evaluate(
        "localStorage.setItem('zhili-pocket',"
        " JSON.stringify({...JSON.parse(localStorage.getItem('zhili-pocket')), until: Date.now() - 1}))"
    )
    page.context.set_offline(True)
    page.goto("/desk/pocket")
    expect(page.locator("#main")).not_to_contain_text("路灯不亮")
    page.wait_for_function(
        "async () => !(await indexedDB.databases()).some(one => one.name === 'zhili-pocket')"
    )


def test_by_distance_the_phone_reckons_for_itself(visits: Visits, small_city: SmallCity) -> None:
    opened("远处的事", place={"lon": 120.19, "lat": 30.09})
    opened("近处的事", place={"lon": 120.052, "lat": 30.0534})
    page = taken_along(phone(visits, small_city.actor("A.grid")))
    expect(page.locator(".row-title")).to_have_text(["1. 远处的事", "2. 近处的事"])
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url + (request.post_data or "")))
    page.get_by_role("button", name="按远近排").click()
    expect(page.locator(".row-title")).to_have_text(["1. 近处的事", "2. 远处的事"])
    assert not [one for one in asked if "120.05" in one]


def test_what_waits_is_changed_and_deleted_by_hand(visits: Visits, small_city: SmallCity) -> None:
    case = opened()
    page = taken_along(phone(visits, small_city.actor("A.grid")))
    without_signal(page)
    act(page, case, "accept", {"备注": "写错了"})
    page.goto("/desk/pocket#/queue")
    page.get_by_role("link", name="修改").click()
    page.get_by_label("备注").fill("写对了")
    page.get_by_role("button", name="改好了").click()
    expect(page.get_by_role("link", name="修改")).to_be_visible()  # kept, and back at the queue
    act(page, case, "progress", {"办理情况": "正在换灯"})
    page.goto("/desk/pocket#/queue")
    page.locator('[data-state="waiting"]', has_text="记录进展").get_by_role("button", name="删除").click()
    page.get_by_role("button", name=re.compile("确定删除")).click()
    with_signal(page)
    settled(page, lambda: steps(case) == ["report", "accept"])
    assert Step.objects.get(case=case, seq=2).data["note"] == "写对了"
    expect(page.locator('[data-state="sent"]')).to_have_count(1)


def test_without_scripts_the_ordinary_desk_is_one_link_away(visits: Visits, small_city: SmallCity) -> None:
    case = opened()
    page = visits.of(small_city.actor("A.grid"), java_script_enabled=False)
    page.goto("/desk")
    page.get_by_role("link", name="随身待办").click()
    expect(page.get_by_text("没有运行脚本")).to_be_visible()
    page.locator(f'a.row-title[href="/desk/c/{case.number}"]').click()
    expect(page.locator("#now")).to_have_text("待受理")


def test_no_name_or_number_of_a_reporter_is_in_the_pack(visits: Visits, small_city: SmallCity) -> None:
    case = opened("路灯不亮，请打13912345678找我", anonymous=False, name="张三丰", phone="13800138000")
    page = taken_along(phone(visits, small_city.actor("A.grid")))
    page.goto(f"/desk/pocket#/c/{case.number}")
    expect(page.locator(".pocket-what")).to_contain_text("路灯不亮")
    told = page.evaluate(
        "new Promise(done => { indexedDB.open('zhili-pocket').onsuccess = e => {"
        " e.target.result.transaction('pack').objectStore('pack').getAll().onsuccess = f => "
        " done(JSON.stringify(f.target.result)) } })"
    )
    assert "路灯不亮" in told
    assert not [one for one in ("张三丰", "13800138000", "13912345678") if one in told]
    assert REPORT in told
