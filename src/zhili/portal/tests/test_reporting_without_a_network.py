"""A report written where there is no network: kept on the phone, sent later, and counted once."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.storage import default_storage
from PIL import Image
from playwright.sync_api import Page, Route, expect

from zhili.core.cases.models import Case, Step
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.files import blobs
from zhili.core.files.models import File
from zhili.portal.tests.browsing import Visits
from zhili.portal.tests.looking import until
from zhili.portal.tests.test_the_app_on_a_phone import FORM, installed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WHAT = "桥头的路灯坏了三天"


def photo(size: tuple[int, int] = (3000, 2000), *, exif: Image.Exif | None = None) -> dict[str, Any]:
    out = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(out, "JPEG", quality=92, exif=exif or Image.Exif())
    return {"name": "IMG_0001.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def write(page: Page, what: str = WHAT) -> None:
    expect(page.locator("form[data-safe]")).to_be_visible()
    page.locator("[name=what]").fill(what)
    page.locator("[name=place_address]").fill("人民桥")
    page.evaluate(
        "at => { for (const part of ['lon', 'lat']) document.querySelector(`[name=place_${part}]`).value = at[part]; }",
        INSIDE,
    )


def waiting(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate(
        """() => new Promise(done => {
          const asked = indexedDB.open('zhili');
          asked.onsuccess = () => {
            const all = asked.result.transaction('outbox').objectStore('outbox').getAll();
            all.onsuccess = () => done(all.result.map(({id, state, fields, files, answer}) =>
              ({id, state, fields, files: files.length, answer})));
          };
        })"""
    )
    return found


def test_a_report_with_a_photo_is_kept_and_sent_once_when_the_network_is_back(visits: Visits) -> None:
    page = installed(visits.of(service_workers="allow"))
    page.context.set_offline(True)
    page.goto(FORM)
    write(page)
    page.locator("input[type=file][data-max]").set_input_files([photo()])
    expect(page.get_by_text("没有网络，先存在手机上")).to_be_visible()
    page.get_by_role("button", name="报上去").click()
    expect(page.get_by_text("已存在这台手机上，有网后自动报上去")).to_be_visible()
    assert Case.objects.count() == 0
    page.get_by_role("link", name="看等着送出的").click()
    expect(page.get_by_text(WHAT)).to_be_visible()
    expect(page.get_by_text("等网络")).to_be_visible()
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_text("已送到")).to_be_visible()
    case = Case.objects.get()
    assert len(Step.objects.get(case=case).data["photos"]) == 1
    (kept,) = waiting(page)
    assert kept["state"] == "sent"
    assert not kept["fields"]
    assert kept["files"] == 0
    assert kept["answer"]["number"] == case.number
    code = kept["answer"]["code"]
    expect(page.get_by_text(code)).to_be_hidden()
    page.get_by_role("button", name="显示查询码").click()
    expect(page.get_by_text(code)).to_be_visible()
    page.get_by_role("button", name="已经记好").click()
    page.get_by_role("button", name="再按一次").click()
    expect(page.get_by_text("没有等着送出的")).to_be_visible()
    assert waiting(page) == []
    assert Case.objects.count() == 1


def test_a_report_whose_answer_was_lost_is_not_counted_twice(visits: Visits) -> None:
    page = visits.of()
    page.goto(FORM)
    write(page)

    def swallow(route: Route) -> None:
        if route.request.method == "POST":
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.context.route(f"**{FORM}", swallow)
    page.get_by_role("button", name="报上去").click()
    expect(page.get_by_text("已存在这台手机上")).to_be_visible()
    assert Case.objects.count() == 1
    (kept,) = waiting(page)
    page.close()  # killed between sending and hearing
    page.context.unroute(f"**{FORM}")
    again = page.context.new_page()
    again.goto("/outbox")
    expect(again.get_by_text(WHAT)).to_be_visible()
    again.get_by_role("button", name="现在送出").click()
    expect(again.get_by_text("已送到")).to_be_visible()
    assert [one["id"] for one in waiting(again)] == [kept["id"]]
    assert waiting(again)[0]["answer"]["number"] == Case.objects.get().number


def test_with_a_network_the_receipt_follows_at_once(visits: Visits) -> None:
    page = visits.of()
    page.goto(FORM)
    write(page)
    page.get_by_role("button", name="报上去").click()
    page.wait_for_url("**/done/*")
    expect(page.locator(".code")).to_be_visible()
    until(lambda: waiting(page) == [], page)
    page.goto(FORM)
    expect(page.locator("form[data-safe]")).to_be_visible()
    expect(page.get_by_label("发生了什么")).to_have_value("")


def test_what_was_typed_is_there_again(visits: Visits) -> None:
    page = visits.of()
    page.goto(FORM)
    write(page)
    page.get_by_label("匿名上报").uncheck()
    page.locator("input[type=file]").set_input_files([photo((900, 600))])
    expect(page.locator(".upload input[type=hidden]")).to_have_count(1)
    page.get_by_label("联系电话").fill("13800138000")
    page.wait_for_timeout(900)  # a pause in typing
    page.reload()
    expect(page.locator(".upload input[type=hidden]")).to_have_count(1)
    expect(page.get_by_text("已恢复您上次没报完的内容")).to_be_visible()
    expect(page.get_by_label("发生了什么")).to_have_value(WHAT)
    expect(page.get_by_label("地址或附近的标志")).to_have_value("人民桥")
    expect(page.get_by_label("匿名上报")).not_to_be_checked()
    expect(page.get_by_label("联系电话")).to_have_value("")
    page.get_by_role("button", name="不要了，重新填").click()
    page.wait_for_load_state()
    expect(page.locator("form[data-safe]")).to_be_visible()
    expect(page.get_by_label("发生了什么")).to_have_value("")


def test_a_faulty_report_comes_back_with_what_is_missing(visits: Visits) -> None:
    page = visits.of()
    page.goto(FORM)
    expect(page.locator("form[data-safe]")).to_be_visible()
    page.get_by_label("地址或附近的标志").fill("人民桥")
    page.get_by_role("button", name="报上去").click()
    expect(page.locator(".form-summary")).to_be_visible()
    expect(page.get_by_label("地址或附近的标志")).to_have_value("人民桥")
    assert waiting(page) == []
    write(page)
    page.get_by_role("button", name="报上去").click()
    page.wait_for_url("**/done/*")
    assert Case.objects.count() == 1


def test_a_photo_leaves_the_phone_small_upright_and_without_camera_data(
    visits: Visits, small_city: SmallCity
) -> None:
    taken = Image.Exif()
    taken[0x0112] = 6  # held upright: to be turned by a quarter
    taken[0x010F] = "Camera"
    place = taken.get_ifd(0x8825)
    for at, (letter, value) in {1: ("N", INSIDE["lat"]), 3: ("E", INSIDE["lon"])}.items():
        degrees = int(value)
        minutes = int((value - degrees) * 60)
        place[at] = letter
        place[at + 1] = (degrees, minutes, round((value - degrees - minutes / 60) * 3600, 2))
    page = visits.of()
    page.goto(FORM)
    expect(page.locator("form[data-safe]")).to_be_visible()
    sent = photo((3000, 2000), exif=taken)
    page.locator("input[type=file][data-max]").set_input_files([sent])
    expect(page.get_by_text("拍摄信息已去掉")).to_be_visible()
    expect(page.locator(".upload input[type=hidden]")).to_have_count(1)
    kept = File.objects.get()
    assert (kept.width, kept.height) == (1067, 1600)
    assert kept.size < len(sent["buffer"]) / 3
    with default_storage.open(blobs.original(kept.sha256)) as stored:
        assert not Image.open(stored).getexif()
    expect(page.get_by_text("已按照片里的位置标出")).to_be_visible()
    assert abs(float(page.locator("[name=place_lon]").input_value()) - INSIDE["lon"]) < 0.001
