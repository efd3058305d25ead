"""A link made at a desk, opened on a phone with the mark seen, taken back; then a bag exported and checked offline."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from zhili.core.trail import checkpoints, keys, sealing
from zhili.portal.tests.browsing import DESK, PHONE, Visits
from zhili.portal.tests.looking import at, faults, small_targets, too_wide
from zhili.scenarios.evidence.sharing.actions import word_of
from zhili.scenarios.evidence.sharing.models import Share
from zhili.scenarios.evidence.sharing.tests.sharing import give
from zhili.scenarios.evidence.tests.keeping import Keeping

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
SHOTS = os.environ.get("SHOTS", "")


def a_photo() -> bytes:
    """A street in evening light, as far as a test needs one."""
    rows = np.linspace(230, 60, 600).astype(np.uint8)
    image = np.zeros((600, 900, 3), np.uint8)
    image[..., 0], image[..., 1], image[..., 2] = rows[:, None], rows[:, None] // 2 + 60, 120
    image[300:520, 250:650] = (40, 90, 160)
    out = BytesIO()
    Image.fromarray(image).save(out, "JPEG", quality=95)
    return out.getvalue()


def looked_at(page: Page, name: str, look: str = "") -> None:
    assert faults(page, look=look) == []
    assert small_targets(page, look=look) == []
    assert too_wide(page) == []
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def test_from_the_desk_to_a_phone_and_back(visits: Visits, keeping: Keeping) -> None:
    case = keeping.take_in_file(a_photo())
    desk = visits.of(keeping.custodian, DESK)
    at(desk, f"/evidence/i/{case.number}")
    looked_at(desk, "item")
    desk.get_by_role("link", name="出具共享链接").last.click()
    desk.get_by_label("其他单位").check()
    desk.get_by_label("单位名称").fill("嘉城市人民检察院")
    desk.get_by_label("给他们看的用途").fill("审查起诉")
    desk.get_by_label("最多打开几次").fill("2")
    looked_at(desk, "make")
    desk.get_by_role("button", name="出具链接").click()
    expect(desk.get_by_role("heading", name="链接 1：嘉城市人民检察院")).to_be_visible()
    looked_at(desk, "list")
    share = Share.objects.select_related("grant").get(case=case)
    link = f"/share?k={word_of(share)}"

    phone = visits.of(None, PHONE)
    phone.goto(link)
    assert "k=" not in phone.url
    looked_at(phone, "conditions")
    phone.get_by_label("为什么看").fill("核对现场照片")
    phone.get_by_role("button", name="打开，计一次").click()
    expect(phone.get_by_role("link", name="请看过并同意这些条件")).to_be_visible()
    phone.get_by_label("我已看过并同意上面的条件").check()
    phone.get_by_role("button", name="打开，计一次").click()
    expect(phone.get_by_role("heading", name=case.title)).to_be_visible()
    expect(phone.get_by_text("第 1 次，还剩 1 次")).to_be_visible()
    shown = phone.locator("figure.shared img")
    expect(shown).to_have_js_property("complete", True)
    expect(shown).to_have_js_property("naturalWidth", 900)
    looked_at(phone, "seen")
    assert marked(Image.open(BytesIO(shown.screenshot())))

    at(desk, f"/desk/c/{case.number}/shares")
    expect(desk.get_by_text("1 次，最多 2 次")).to_be_visible()
    desk.get_by_text("收回", exact=True).click()
    desk.get_by_label("为什么收回").fill("用途已经达到")
    looked_at(desk, "opened")
    desk.get_by_role("button", name="收回这个链接").click()
    expect(desk.get_by_text("已收回，从现在起打不开了。")).to_be_visible()
    phone.reload()
    expect(phone.get_by_role("heading", name="这个链接已被收回")).to_be_visible()
    looked_at(phone, "taken-back")
    phone.goto(link[:-1] + ("0" if link[-1] != "0" else "1"))
    expect(phone.get_by_role("heading", name="这个链接不完整或被改动过")).to_be_visible()
    looked_at(phone, "altered")


@pytest.mark.parametrize(("look", "language"), [("elder", ""), ("dark", "en")])
def test_the_pages_are_whole_in_large_type_in_the_dark_and_in_english(
    visits: Visits, keeping: Keeping, look: str, language: str
) -> None:
    case = keeping.take_in_file(a_photo())
    share = give(keeping, case, way="download", watermark=True)
    phone = visits.of(None, PHONE, look=look, language=language)
    phone.goto(f"/share?k={word_of(share)}")
    looked_at(phone, f"conditions-{look}", look)
    phone.locator("[name=purpose]").fill("核对现场照片")
    phone.locator("[name=agreed]").check()
    phone.locator("form[data-once] button[type=submit]").click()
    expect(phone.locator("figure.shared img")).to_have_js_property("complete", True)
    looked_at(phone, f"seen-{look}", look)
    desk = visits.of(keeping.custodian, PHONE, look=look, language=language)
    for page in ("share", "shares", "export"):
        at(desk, f"/desk/c/{case.number}/{page}")
        looked_at(desk, f"{page}-{look}", look)


def marked(shown: Image.Image) -> bool:
    """Whether letters lie over the picture: in each quarter, pixels that the picture has nowhere."""
    pixels = np.asarray(shown.convert("RGB"), dtype=int)
    plain = np.asarray(Image.open(BytesIO(a_photo())).resize(shown.size).convert("RGB"), dtype=int)
    differs = np.abs(pixels - plain).max(axis=2) > 35
    high, wide = differs.shape[0] // 2, differs.shape[1] // 2
    quarters = (differs[:high, :wide], differs[:high, wide:], differs[high:, :wide], differs[high:, wide:])
    return all(one.mean() > 0.01 for one in quarters)


def test_a_bag_is_exported_and_holds_offline(
    visits: Visits, keeping: Keeping, tmp_path: Path, settings: Any
) -> None:
    settings.HOME = tmp_path
    keys.forget()
    case = keeping.take_in_file(a_photo())
    give(keeping, case)
    sealing.seal_all()
    checkpoints.sign_due()
    desk = visits.of(keeping.custodian, DESK, accept_downloads=True)
    at(desk, f"/desk/c/{case.number}/export")
    looked_at(desk, "export")
    desk.get_by_label("交给谁").fill("嘉城市人民检察院")
    desk.get_by_label("用途").fill("随案移送")
    with desk.expect_download() as coming:
        desk.get_by_role("button", name="导出并下载").click()
    coming.value.save_as(tmp_path / "bag.zip")
    zipfile.ZipFile(tmp_path / "bag.zip").extractall(tmp_path / "bag")
    (folder,) = (tmp_path / "bag").iterdir()
    program = [sys.executable, "-I", str(folder / "verify_bag.py"), str(folder)]
    holds = subprocess.run(program, capture_output=True, text=True, check=False)
    assert (holds.returncode, "holds 成立" in holds.stdout) == (0, True), holds.stdout + holds.stderr
    photo = next((folder / "data").rglob("*.jpg"))
    content = photo.read_bytes()
    photo.write_bytes(content[:500] + bytes([content[500] ^ 1]) + content[501:])
    wrong = subprocess.run(program, capture_output=True, text=True, check=False)
    assert wrong.returncode == 1
    assert f"{photo.name} is not the file that was packed" in wrong.stdout
    keys.forget()
