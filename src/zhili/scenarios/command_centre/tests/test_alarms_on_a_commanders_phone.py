"""A commander's phone shows an alarm by itself, lets it be acknowledged, and lives through a restart of the server."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from zhili.core.cases import doors
from zhili.core.cases.sweeping import sweep
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.streams import run_until_idle
from zhili.core.web import assets
from zhili.portal.tests.browsing import PHONE, browsing
from zhili.portal.tests.serving import Served
from zhili.scenarios.command_centre import instructing
from zhili.scenarios.command_centre.models import Alarm

pytestmark = pytest.mark.browser


def test_an_instruction_nobody_receipts(
    chromium_path: str, served: Served, small_city: SmallCity, monkeypatch: Any
) -> None:
    if not assets.manifest():
        pytest.skip("the front end is not built: run make setup")
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    commander, town = small_city.actor("city", "commander"), small_city.offices["A.town"]
    run_until_idle()
    with browsing(chromium_path, served.url) as visits:
        page = visits.of(commander, PHONE)
        page.goto(f"/screen/instruct?office={town.pk}")
        page.get_by_label("指令内容").fill("清理沿河排水口")
        page.get_by_role("button", name="下达").click()
        page.get_by_text("未签收").wait_for()
        page.goto("/screen/phone")
        page.locator("html[data-live=open]").wait_for(state="attached")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        for _ in ("soon", "late"):
            sweep(now=timezone.now() + timedelta(minutes=31))
        run_until_idle()
        began = time.monotonic()
        page.get_by_text("指令未按时签收").first.wait_for()
        assert (
            time.monotonic() - began < 5
        )  # the page is fetched anew: told within two seconds, drawn after that
        served.stop()
        page.locator("html[data-live=reconnecting]").wait_for(state="attached")
        doors.act(instructing.open_given(commander)[0].number, "receipt", small_city.actor("A.town"))
        run_until_idle()
        assert Alarm.objects.get().ended_at is not None
        served.start()
        page.locator("html[data-live=open]").wait_for(state="attached")
        page.get_by_text("已签收").first.wait_for()
        page.get_by_text("现在没有告警").wait_for()


def test_an_urgent_matter_is_acknowledged(
    chromium_path: str, served: Served, small_city: SmallCity, monkeypatch: Any
) -> None:
    if not assets.manifest():
        pytest.skip("the front end is not built: run make setup")
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    run_until_idle()
    data = {"what": "燃气味很大", "place": INSIDE, "category": "204003"}
    with browsing(chromium_path, served.url) as visits:
        page = visits.of(small_city.actor("city", "commander"), PHONE)
        page.goto("/screen/phone")
        page.locator("html[data-live=open]").wait_for(state="attached")
        doors.open_case("citizen_reports.report", "report", small_city.resident(), data)
        run_until_idle()
        page.get_by_text("紧急事项").first.wait_for()
        page.get_by_placeholder("怎么处置（可不填）").fill("已派人，疏散两栋楼")
        page.get_by_role("button", name="确认").click()
        page.get_by_text("已确认。").wait_for()
        page.get_by_text("疏散两栋楼").wait_for()
    alarm = Alarm.objects.get()
    assert alarm.acknowledged_at is not None
    assert alarm.ended_at is None
