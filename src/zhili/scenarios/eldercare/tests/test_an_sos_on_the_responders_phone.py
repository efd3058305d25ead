"""A wristband's frame over TCP, stored, judged, and on the pages that are open: measured from the SOS to the card.

The real pieces: the gateway's TCP listener, ``storing.accept``, the judge's loop, the outbox, ``/live``, Chromium.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections
from playwright.sync_api import Page, expect

from zhili.core.cases import doors, sweeping
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import SmallCity
from zhili.core.signals.gateway import gathering
from zhili.core.signals.gateway.options import Options
from zhili.core.signals.gateway.tests.doubles import gateway
from zhili.core.signals.gateway.tests.mosquitto import free_port, until
from zhili.core.signals.judge import judging_run
from zhili.core.signals.models import Warning
from zhili.core.signals.store import keeping, storing
from zhili.core.web import assets
from zhili.portal.tests.browsing import Visits, browsing
from zhili.portal.tests.pages_client import reader
from zhili.portal.tests.serving import Served
from zhili.scenarios.eldercare import family
from zhili.scenarios.eldercare.models import AlarmDetail
from zhili.scenarios.eldercare.tests.caring import Caring

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NUMBER = "3700000001"
SOS, PLAIN = "00010000", "00000000"


@pytest.fixture
def visits(chromium_path: str, served: Served, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visits]:
    if not assets.manifest():
        pytest.skip("the front end is not built: run make setup")
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with browsing(chromium_path, served.url) as found:
        yield found


@contextmanager
def judging() -> Iterator[None]:
    """The judge's own loop, in a thread."""
    stop = threading.Event()

    def run() -> None:
        try:
            judging_run.run(stop)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


@pytest.fixture
def closing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The gateway's storing thread ends with the test: it must not hold the test's database, nor remember its rows."""

    def accept(messages: Sequence[storing.Message]) -> list[storing.Verdict]:
        try:
            return storing.accept(messages)
        finally:
            connections.close_all()

    monkeypatch.setattr(gathering, "accept", accept)
    keeping.forget()
    yield
    keeping.forget()


def frame(kind: str, status: str) -> bytes:
    now = datetime.now(UTC)
    said = f"{kind},{now:%d%m%y},{now:%H%M%S},A,30.050000,N,120.050000,E,0.0,0.0,0.0,9,90,64,120,0,{status}"
    return f"[3G*{NUMBER}*{len(said):04X}*{said}]".encode()


def test_an_sos_is_seen_within_two_seconds_escalates_and_is_closed(
    visits: Visits, small_city: SmallCity, closing: None
) -> None:
    caring = Caring(small_city)
    wearing = caring.worn(NUMBER)
    doors.act(wearing.pk, "name_family", caring.elder, {"relation": "child", "who": "陈建国"})
    (relative,) = family.of(wearing)
    port = free_port()
    options = Options(http_port=0, watch_port=port)
    with gateway(options) as around, judging():
        until(lambda: around.counts.state.get("watch") == "ok")
        phone, daughter = visits.of(caring.grid), visits.of()
        television = _paired(visits, caring)
        _opened(phone, daughter, relative.code)
        took = _calls(port, phone, television)
        expect(daughter.locator("#now")).to_contain_text("正在呼救")
    daughter.close()  # they would go on asking while the server stops
    television.close()
    print(f"SOS to the responder's phone and the village's screen: {took:.2f} s")
    assert took < _within()
    expect(phone.locator("[data-call]")).to_contain_text("南湖区1村01网格")
    assert "陈阿婆" not in phone.content()
    _escalates_and_is_closed(phone, caring, wearing)


def _calls(port: int, phone: Page, television: Page) -> float:
    """Seconds from the SOS until it stands on both."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as watch:
        watch.sendall(frame("UD", PLAIN))
        began = time.monotonic()
        watch.sendall(frame("AL", SOS))
        expect(phone.locator("[data-call]")).to_contain_text("按了呼救键", timeout=20_000)
        expect(television.locator("[data-tv=alarm]").first).to_contain_text("呼救", timeout=20_000)
        return time.monotonic() - began


def _within() -> float:
    """Two seconds; as much longer as more wants to run on this machine than it has cores."""
    return 2 * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def _paired(visits: Visits, caring: Caring) -> Page:
    """The village's television, paired as its committee does: the code it shows is typed on the desk."""
    page = visits.of(None, {"width": 1920, "height": 1080})
    page.goto(f"/tv/{caring.city.divisions['A.village'].code}?pair")
    shown = page.locator("[data-tv=pairing]")
    expect(shown).to_contain_text("配对码")
    code = shown.inner_text().split()[1].strip("，")[:6]
    answer = reader(caring.village).post("/desk/village/displays", {"code": code, "name": "礼堂"})
    assert answer.status_code == 302
    with page.expect_response(lambda one: "/live?topics=tv" in one.url) as stream:
        page.reload()
    assert stream.value.status == 200
    return page


def _opened(phone: Page, daughter: Page, code: str) -> None:
    phone.goto("/care")
    expect(phone.locator("html[data-live=open]")).to_be_attached()
    with daughter.expect_response(lambda answer: answer.url.endswith("/state")):
        daughter.goto(f"/care/family/{code}")
    expect(daughter.locator("#now")).to_contain_text("现在没有呼救")


def _escalates_and_is_closed(phone: Page, caring: Caring, wearing: Case) -> None:
    alarm = AlarmDetail.objects.get(wearing=wearing).case
    warning = Warning.objects.get(case=alarm)
    assert (warning.case_id, warning.level) == (alarm.pk, "red")
    sweeping.sweep(now=alarm.opened_at + timedelta(minutes=2, seconds=5))
    alarm.refresh_from_db()
    assert alarm.office_id == caring.town.office_id
    expect(phone.locator("[data-call]")).to_contain_text("村里没人响应")

    phone.get_by_role("button", name="我去").click()
    expect(phone.locator("#person")).to_be_visible()
    assert "港胡村三组12号" in phone.content()
    phone.get_by_role("button", name="看手环的位置").click()
    expect(phone.locator("text=30.05000")).to_be_visible()
    phone.get_by_role("button", name="在路上").click()
    phone.get_by_role("button", name="到了").click()
    expect(phone.locator("#now")).to_have_text("已到现场")
    phone.get_by_label("误报").check()
    phone.get_by_label("怎么回事，怎么处理的").fill("起身时碰到了按键，人没事")
    phone.get_by_role("button", name="结案").click()
    expect(phone.get_by_text("现在没有人呼救")).to_be_visible()
    phone.close()
    warning.refresh_from_db()
    assert (warning.state, warning.feedback) == ("closed", "false")
    assert AlarmDetail.objects.get(pk=alarm.pk).finding == "false"
