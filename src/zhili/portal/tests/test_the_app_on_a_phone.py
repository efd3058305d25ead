"""The site installed on a phone: its manifest, its service worker, and what opens without a network."""

from __future__ import annotations

import io
import json
import re

import pytest
from django.test import Client
from PIL import Image
from playwright.sync_api import Page, expect

from zhili.core.cases.tests.city import SmallCity
from zhili.core.web import assets
from zhili.portal.tests.browsing import Visits
from zhili.portal.tests.pages_client import reader, words_of

FORM = "/new/citizen_reports.report/report"
READY = "() => navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)"


def installed(page: Page, address: str = "/") -> Page:
    """The page, once the service worker is in charge of it and has kept what it keeps."""
    page.goto(address)
    page.wait_for_function("async () => (await navigator.serviceWorker.ready).active.state === 'activated'")
    page.reload()
    page.wait_for_function(READY)
    return page


@pytest.mark.django_db
def test_the_manifest_has_what_a_phone_asks_before_it_installs(db) -> None:
    SmallCity()
    answer = Client().get("/manifest.webmanifest?lang=zh-hans")
    assert answer["Content-Type"] == "application/manifest+json"
    told = answer.json()
    assert told["name"]
    assert told["display"] == "standalone"
    assert told["start_url"] == told["scope"] == told["id"] == "/"
    assert {one["purpose"] for one in told["icons"]} == {"any", "maskable"}
    assert [one["name"] for one in told["shortcuts"]] == ["报一件事", "我的事"]
    for icon in told["icons"]:
        picture = Image.open(io.BytesIO(b"".join(Client().get(icon["src"]).streaming_content)))
        assert "x".join(map(str, picture.size)) == icon["sizes"]
        assert picture.format == "PNG"
    for shortcut in told["shortcuts"]:
        assert Client().get(shortcut["url"], follow=True).status_code == 200
    english = Client().get("/manifest.webmanifest?lang=en").json()
    assert english["lang"] == "en-GB"
    assert english["shortcuts"][0]["name"] == "Report something"
    assert not re.search("[\u4e00-\u9fff]", english["shortcuts"][0]["name"] + english["description"])


@pytest.mark.django_db
def test_the_service_worker_is_told_what_to_keep_and_all_of_it_is_there(db) -> None:
    if not assets.manifest():
        pytest.skip("the front end is not built: run make setup")
    SmallCity()
    answer = Client().get("/sw.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-cache"
    told = json.loads(answer.content.split(b";\n", 1)[0].removeprefix(b"self.ZHILI="))
    assert FORM in told["pages"]
    for address in [*told["assets"], *told["pages"]]:
        assert Client().get(address, headers={"X-Shell": "1"}, follow=True).status_code == 200, address


@pytest.mark.django_db
def test_pages_for_the_phone_are_drawn_for_nobody(db) -> None:
    city = SmallCity()
    client = reader(city.resident())
    name = client.get("/").content.decode()
    assert "退出" in words_of(client.get("/outbox"))
    for address in ("/offline", "/outbox", FORM):
        drawn = client.get(address, headers={"X-Shell": "1"})
        assert "退出" not in words_of(drawn)
        assert 'data-who=""' in drawn.content.decode()
    assert 'data-who=""' not in name


@pytest.mark.django_db
def test_a_ticket_says_who_would_send_without_naming_them(db) -> None:
    city = SmallCity()
    stranger, resident = Client().get("/offline/ticket"), reader(city.resident()).get("/offline/ticket")
    assert stranger["Cache-Control"] == "no-store"
    assert stranger.json()["who"] == ""
    assert resident.json()["who"] not in ("", stranger.json()["who"])


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_form_and_outbox_open_without_a_network(visits: Visits) -> None:
    page = installed(visits.of(service_workers="allow"))
    page.context.set_offline(True)
    page.goto(FORM)
    expect(page.get_by_role("button", name="报上去")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.btn-primary')).minHeight") != "0px"
    page.goto("/outbox")
    expect(page.get_by_role("heading", name="等着送出的", exact=True)).to_be_visible()
    page.goto("/stats")
    expect(page.get_by_role("heading", name="现在没有网络")).to_be_visible()
    page.goto("/")
    expect(page.get_by_role("heading", name="现在没有网络")).to_be_visible()
    page.context.set_offline(False)
    page.goto("/stats")
    expect(page.get_by_role("heading", name="现在没有网络")).to_have_count(0)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_no_page_of_a_signed_in_resident_is_kept(visits: Visits, small_city: SmallCity) -> None:
    page = installed(visits.of(small_city.resident(), service_workers="allow"), "/my")
    kept = page.evaluate(
        """async () => {
          const found = [];
          for (const name of await caches.keys())
            for (const request of await (await caches.open(name)).keys()) {
              const answer = await caches.match(request);
              if ((answer.headers.get('Content-Type') ?? '').startsWith('text/html')) found.push(await answer.text());
            }
          return found;
        }"""
    )
    assert kept
    assert not [one for one in kept if "account_logout" in one or "/accounts/logout/" in one]
    page.context.set_offline(True)
    page.goto("/my")
    expect(page.get_by_role("heading", name="现在没有网络")).to_be_visible()
