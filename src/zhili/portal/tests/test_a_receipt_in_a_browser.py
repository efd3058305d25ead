"""In a real browser: a resident reports, takes the receipt, drops it on /verify; an outsider's program agrees."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from zhili.base.codes import show_case_number
from zhili.core.cases.tests.city import SmallCity
from zhili.core.documents.tests.desk import needs_press
from zhili.core.people import keys as personal_keys
from zhili.core.trail import checkpoints, keys, sealing
from zhili.portal.tests.browsing import DESK, Visits

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PROGRAM = Path(__file__).parents[4] / "docs/verify_receipt.py"
SHOTS = os.environ.get("ZHILI_SHOTS", "")
"""A folder for pictures of each page, to look at."""
DROP = """([field, name, encoded]) => {
  const bytes = Uint8Array.from(atob(encoded), c => c.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], name));
  field.dispatchEvent(new DragEvent('drop', {dataTransfer: carried, bubbles: true, cancelable: true}));
}"""


@pytest.fixture
def city(small_city: SmallCity, settings: Any, tmp_path: Path) -> Iterator[SmallCity]:
    settings.HOME, settings.MEDIA_ROOT = tmp_path, tmp_path / "files"
    keys.forget()
    personal_keys.forget()
    yield small_city
    keys.forget()
    personal_keys.forget()


def seen(page: Page, name: str) -> None:
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0, f"{name} scrolls sideways by {width} px"
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def seal() -> None:
    sealing.seal_all()
    checkpoints.sign_due()


def reported(visits: Visits) -> tuple[Page, str]:
    """A stranger's phone after reporting; the address of the receipt."""
    phone = visits.of(has_touch=True, accept_downloads=True)
    phone.goto("/new/citizen_reports.report/report")
    phone.get_by_label("发生了什么").fill("小区门口垃圾成堆，三天没人收")
    phone.get_by_label("地址").first.fill("中山路1号")
    phone.get_by_role("button", name="报上去").click()
    link = phone.get_by_role("link", name="存证凭据")
    expect(link).to_be_visible()
    seen(phone, "receipt-done")
    address = link.get_attribute("href")
    assert address is not None
    return phone, address


def taken(page: Page, name: str, folder: Path) -> Path:
    with page.expect_download() as download:
        page.get_by_role("link", name=name).click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file


def dropped(page: Page, file: Path, data: bytes | None = None) -> None:
    """The file is dragged onto the form."""
    form = page.locator("form[data-verify]").element_handle()
    encoded = base64.b64encode(file.read_bytes() if data is None else data).decode()
    page.evaluate(DROP, [form, file.name, encoded])


def test_from_the_phone_to_an_outsiders_program(visits: Visits, city: SmallCity, tmp_path: Path) -> None:
    needs_press()
    phone, address = reported(visits)
    number = show_case_number(address.split("/")[2])
    phone.goto(address)
    expect(phone.get_by_text("已承诺，还没有编号")).to_be_visible()
    seal()
    phone.reload()
    expect(phone.get_by_text("存证第 0 号")).to_be_visible()
    seen(phone, "receipt-page")
    file, paper = taken(phone, "下载凭据（JSON）", tmp_path), taken(phone, "下载凭据（PDF）", tmp_path)
    if SHOTS:
        (Path(SHOTS) / "receipt.pdf").write_bytes(paper.read_bytes())
    sent: list[str] = []
    phone.on("request", lambda r: sent.append(r.url) if r.method == "POST" else None)
    for one in (file, paper):
        phone.goto("/verify")
        expect(phone.get_by_text("文件不离开您的设备")).to_be_visible()
        dropped(phone, one)
        expect(phone.get_by_role("heading", name="有效：每一项都成立")).to_be_visible()
        expect(phone.get_by_text(f"{number} 小区门口垃圾成堆")).to_be_visible()
        expect(phone.get_by_text("1 条记录都在存证树中")).to_be_visible()
        expect(phone.get_by_text("一致：出具以后没有一条被换过")).to_be_visible()
    seen(phone, "receipt-verified")
    assert sent == [], "the file did not leave the phone"
    program = [sys.executable, "-I", "-S", str(PROGRAM), str(file), str(paper)]
    done = subprocess.run(program, capture_output=True, text=True, env={"PYTHONUTF8": "1"}, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    connection.close()


def test_what_was_altered_is_named_and_documents_go_to_the_server(
    visits: Visits, city: SmallCity, tmp_path: Path
) -> None:
    phone, address = reported(visits)
    seal()
    phone.goto(address)
    file = taken(phone, "下载凭据（JSON）", tmp_path)
    data = file.read_bytes()
    desk = visits.of(size=DESK)
    desk.goto("/verify")
    expect(desk.get_by_text("也可以把文件拖到这里")).to_be_visible()
    for was, now, words in (
        ('"what":"小区门口'.encode(), '"what":"小区后门'.encode(), "封印不符"),
        (b'\\"by\\":\\"anonymous\\"', b'\\"by\\":\\"anonymouS\\"', "内容与它的哈希值不符"),
        (b'"title":"', b'"title":"x', "与签名时的内容不是同一份"),
    ):
        assert was in data, was
        dropped(desk, file, data.replace(was, now, 1))
        expect(desk.get_by_role("heading", name="不成立")).to_be_visible()
        expect(desk.locator("[data-verify-says]").get_by_text(words).first).to_be_visible()
    seen(desk, "receipt-altered")
    other = {**json.loads(data), "format": "x"}
    (tmp_path / "x.json").write_text(json.dumps(other))
    desk.locator("#file").set_input_files(tmp_path / "x.json")
    expect(desk.locator("[data-verify-says]")).to_be_hidden()
    desk.get_by_role("button", name="核验").click()
    expect(desk.get_by_role("heading", name="读不懂")).to_be_visible()
    seen(desk, "receipt-not-one")
    connection.close()
