"""What is reported stands on the wall within two seconds, in list and map; also after a restart of the server."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import ELSEWHERE, INSIDE, SmallCity
from zhili.core.people.actors import ANONYMOUS
from zhili.core.web import assets
from zhili.portal.tests.browsing import Visits, browsing
from zhili.portal.tests.looking import at
from zhili.portal.tests.scene import make_late
from zhili.portal.tests.serving import Served
from zhili.scenarios.command_centre.alarms import raising
from zhili.scenarios.command_centre.tests.conftest import REPORT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NO_WEBGL = """const own = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
  return kind.startsWith('webgl') ? null : own.call(this, kind, ...more);
}"""
WALL = {"width": 1920, "height": 1080}


@pytest.fixture
def visits(chromium_path: str, served: Served, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visits]:
    """As in the portal's tests, but on a server that has ``/live``."""
    if not assets.manifest():
        pytest.skip("the front end is not built: run make setup")
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with browsing(chromium_path, served.url) as found:
        yield found


def report(what: str, place: dict[str, object] = INSIDE) -> str:
    data = {"what": what, "place": place, "category": "201001"}
    return doors.open_case(REPORT, "report", ANONYMOUS, data).number


def opened(visits: Visits, city: SmallCity, address: str = "/screen") -> Page:
    page = at(visits.of(city.actor("city", "commander"), WALL), address)
    expect(page.locator("[data-live-state=open]")).to_be_visible()
    page.wait_for_selector("#screen-map[data-matters]")
    return page


def test_a_report_stands_in_the_list_and_on_the_map_within_two_seconds(
    visits: Visits, small_city: SmallCity
) -> None:
    page = opened(visits, small_city)
    began = time.monotonic()
    number = report("路灯三盏不亮")
    first = page.locator("#screen-queue > li").first
    expect(first).to_contain_text("路灯三盏不亮")
    expect(page.locator("#screen-map")).to_have_attribute("data-fresh", number)
    assert time.monotonic() - began < 2
    expect(first).to_have_class("queue-row is-new")
    expect(page.locator("[data-arrivals]")).to_have_text("新收到：路灯三盏不亮")
    expect(page.locator("[data-figure=owed]")).to_have_text("1", timeout=12_000)
    expect(first).to_have_class("queue-row is-new")  # drawn anew by the server it keeps its mark


def test_drilling_keeps_the_map_and_back_returns(visits: Visits, small_city: SmallCity) -> None:
    report("堆着垃圾")
    page = opened(visits, small_city)
    page.evaluate("document.querySelector('#screen-map canvas').dataset.same = '1'")
    page.get_by_role("link", name="秀洲区", exact=True).click()
    expect(page.locator("[aria-current=page]")).to_have_text("秀洲区")
    assert page.url.endswith(f"/screen?place={small_city.divisions['B'].pk}")
    expect(page.locator("#screen-map canvas[data-same]")).to_be_visible()
    number = report("别处的事")
    here = report("这里的事", ELSEWHERE)
    expect(page.locator(f"#screen-queue [data-number='{here}']")).to_be_visible()
    expect(page.locator(f"[data-number='{number}']")).to_have_count(0)
    page.go_back()
    expect(page.locator("[aria-current=page]")).to_have_text("嘉兴市")
    expect(page.locator(f"#screen-queue [data-number='{number}']")).to_be_visible()
    expect(page.locator("#screen-map canvas")).to_be_visible()


def test_it_goes_on_after_the_server_was_restarted(
    visits: Visits, served: Served, small_city: SmallCity
) -> None:
    page = opened(visits, small_city)
    served.stop()
    expect(page.locator("[data-live-state=reconnecting]")).to_have_text("正在重连")
    meanwhile = report("重启时报的事")
    served.start()
    expect(page.locator("[data-live-state=open]")).to_have_text("实时", timeout=20_000)
    expect(page.locator(f"#screen-queue [data-number='{meanwhile}']")).to_be_visible()
    after = report("重启后报的事")
    expect(page.locator(f"#screen-queue [data-number='{after}']")).to_be_visible()


def test_without_webgl_the_list_is_there_and_the_map_says_so(visits: Visits, small_city: SmallCity) -> None:
    report("路灯不亮")
    page = visits.of(small_city.actor("city", "commander"), WALL)
    page.add_init_script(NO_WEBGL)
    at(page, "/screen")
    expect(page.locator("#screen-map .map-words")).to_have_text("这台设备不能显示地图，请看旁边的列表。")
    expect(page.locator("#screen-queue > li")).to_have_count(1)


def test_the_sound_is_off_until_it_is_pressed(visits: Visits, small_city: SmallCity) -> None:
    page = opened(visits, small_city)
    button = page.locator("[data-sound]")
    expect(button).to_have_text("声音：关")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_have_text("声音：开")
    button.click()
    expect(button).to_have_text("声音：关")


def test_an_alarm_stands_in_the_banner_until_it_is_acknowledged(
    visits: Visits, small_city: SmallCity
) -> None:
    page = opened(visits, small_city)
    make_late(Case.objects.get(number=report("燃气味很重")).pk)
    raising.sweep()
    alarm = page.locator("#screen-alarms [data-alarm]")
    expect(alarm).to_contain_text("严重超时")
    alarm.get_by_role("button", name="确认").click()
    expect(alarm).to_have_attribute("data-acknowledged", "")
    assert page.url.endswith("/screen")
