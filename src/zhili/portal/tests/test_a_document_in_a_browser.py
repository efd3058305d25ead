"""In a real browser: the page of a document changes as one types, it is sent to review, issued, read on a phone."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import SmallCity
from zhili.core.documents import rendering, seal_keys
from zhili.core.documents.rendering import Documents
from zhili.core.documents.tests.desk import Desk, needs_press
from zhili.core.people import keys
from zhili.core.streams.testing import deliver
from zhili.portal.tests.browsing import Visits

WIDE = {"width": 1280, "height": 900}
SHOTS = os.environ.get("ZHILI_SHOTS", "")
"""A folder for pictures of each page, to look at."""


def seen(page: Page, name: str) -> None:
    page.wait_for_load_state()
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0, f"{name} scrolls sideways by {width} px"
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def print_and_seal() -> None:
    try:
        rendering.render_due()
    finally:
        connection.close()


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_document_from_draft_to_the_readers_phone(
    visits: Visits, small_city: SmallCity, settings: Any, tmp_path: Path
) -> None:
    settings.HOME, settings.MEDIA_ROOT = tmp_path, tmp_path / "files"
    keys.forget()
    needs_press()
    desk = Desk(small_city)
    owner = desk.city.resident("甲")
    case = desk.case(owner)
    office = visits.of(desk.handler, WIDE)
    office.goto(f"/desk/c/{case.number}")
    office.locator(".more-acts > summary").click()
    office.locator("#act-draft_document summary").click()
    office.get_by_text("答复函").first.click()
    office.get_by_role("button", name="拟文").click()
    expect(office.locator("#documents")).to_contain_text("答复函")
    child = Case.objects.get(parent_id=case.case_id)
    office.goto(f"/desk/c/{child.number}")
    seen(office, "desk-case")
    office.get_by_role("link", name="改稿").click()
    seen(office, "editor")
    office.locator("#revise-title").fill("关于窨井盖破损下沉问题的答复函")
    office.locator("#revise-body").fill(
        "您好！反映的问题收悉。\n一、基本情况\n井盖已经更换，现场照片附后。\n感谢您的支持。"
    )
    office.locator("#revise-enclosures").fill("现场照片")
    expect(office.locator("#paper")).to_contain_text("井盖已经更换，现场照片附后")
    seen(office, "editor-typed")
    office.get_by_role("button", name="保存并送审").click()
    expect(office.locator("#now")).to_have_text("待审签")
    seen(office, "reviewing")
    leader = visits.of(desk.leader, WIDE)
    leader.goto(f"/desk/c/{child.number}")
    with leader.expect_navigation():  # leaving at once would call the request off
        leader.locator("#act-issue").get_by_role("button", name="签发").click()
    leader.goto(f"/desk/c/{child.number}")
    expect(leader.locator("#now")).to_have_text("已签发")
    seal_keys.make(desk.office, demo=True)
    deliver(Documents())
    worker = threading.Thread(target=print_and_seal)  # a browser keeps an event loop in this thread
    worker.start()
    worker.join()
    leader.goto(f"/desk/c/{child.number}/document")
    seen(leader, "issued-desk")
    leader.goto(f"/desk/c/{child.number}")
    seen(leader, "issued-desk-case")
    phone = visits.of(owner)
    phone.goto(f"/c/{case.number}")
    seen(phone, "reporter")
    phone.get_by_role("link", name="看文字").click()
    expect(phone.locator(".doc")).to_contain_text("南湖综执复〔")
    seen(phone, "reading")
    with phone.expect_download() as download:
        phone.get_by_role("link", name="下载盖章的 PDF").click()
    saved = download.value
    assert saved.suggested_filename.startswith("南湖综执复〔")
    if SHOTS:
        saved.save_as(f"{SHOTS}/document.pdf")
    phone.goto("/verify")
    phone.locator("#file").set_input_files(saved.path())
    phone.get_by_role("button", name="核验").click()
    expect(phone.get_by_role("status")).to_contain_text("有效")
    seen(phone, "verify")
