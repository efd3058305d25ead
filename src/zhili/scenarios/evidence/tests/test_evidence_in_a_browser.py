"""In a real browser: a thing goes in, on a shelf, under seal, on loan, back, and to its owner, who signs on the glass.

What was proposed by one person is approved by another; afterwards the chain is on paper, and the file that proves it
holds.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from zhili.core.cases import receipts
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import SmallCity
from zhili.core.people import keys
from zhili.core.trail import sealing
from zhili.core.trail.audit import running
from zhili.portal.tests.browsing import DESK, PHONE, Visits
from zhili.portal.tests.pages_client import reader
from zhili.scenarios.evidence.models import ItemDetail
from zhili.scenarios.evidence.tests.keeping import Keeping, a_store

SHOTS = os.environ.get("ZHILI_SHOTS", "")
"""A folder for pictures of each page, to look at."""
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def keeping(small_city: SmallCity, settings: Any, tmp_path: Path) -> Keeping:
    settings.HOME, settings.MEDIA_ROOT = tmp_path, tmp_path / "files"
    keys.forget()
    return Keeping(small_city, a_store(small_city))


def seen(page: Page, name: str) -> None:
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0, f"{name} scrolls sideways by {width} px"
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/evidence-{name}.png", full_page=True)


def sign(page: Page, field: str) -> None:
    """Draw a line on the field's glass, and use it."""
    glass = page.locator(f".form-field:has(input[name={field}]) .glass")
    canvas = glass.locator("canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + 60)
    page.mouse.down()
    for n in range(1, 6):
        page.mouse.move(box["x"] + 30 + 40 * n, box["y"] + 60 + (20 if n % 2 else -20))
    page.mouse.up()
    glass.locator("button.btn-primary").click()
    expect(page.locator(f".form-field:has(input[name={field}]) .uploads")).to_contain_text("signature")


def test_in_on_a_shelf_out_and_back_and_to_its_owner(visits: Visits, keeping: Keeping) -> None:
    custodian = visits.of(keeping.custodian, PHONE)
    custodian.goto("/new/evidence.item/take_in")
    custodian.get_by_text("行政案件").click()
    custodian.locator("[name=matter]").fill("嘉综执立〔2026〕12号")
    custodian.locator("[name=what]").fill("蓝色三轮车")
    custodian.locator("[name=quantity]").fill("1 辆")
    custodian.get_by_text("扣押", exact=True).click()
    seen(custodian, "take-in")
    custodian.get_by_role("button", name="登记", exact=True).click()
    custodian.wait_for_url(lambda address: "/new/" not in address)
    seen(custodian, "taken-in")
    case = Case.objects.get(procedure="evidence.item")
    custodian.goto(f"/evidence/stores/{keeping.store.pk}?item={case.number}")
    custodian.locator("a[aria-label^='W1-101-B203']").click()
    custodian.get_by_role("link", name="放到这里").click()
    expect(custodian.locator("#act-shelve [name=slot]")).to_have_value("W1-101-B203")
    custodian.locator("#act-shelve button[type=submit]").first.click()
    expect(custodian.locator("#now")).to_have_text("在库")
    custodian.goto(f"/evidence/i/{case.number}")
    expect(custodian.locator("#now")).to_have_text("在库")
    seen(custodian, "item")
    keeping.do(case, "seal", seal_number="F-1", photos=[keeping.photo()])
    keeping.lend(case)
    keeping.do(case, "give_back", condition="same", seal="intact")
    custodian.goto(f"/desk/c/{case.number}?fill=propose#act-propose")
    custodian.locator("#act-propose").get_by_text("发还", exact=True).click()
    custodian.locator("#act-propose [name=reason]").fill("已接受处理，应当发还")
    custodian.locator("#act-propose button[type=submit]").first.click()
    expect(custodian.locator("#now")).to_have_text("待处置，等另一人批准")
    leader = visits.of(keeping.leader, DESK)
    leader.goto(f"/desk/c/{case.number}")
    leader.locator("#act-approve button[type=submit]").first.click()
    expect(leader.locator("#now")).to_have_text("待处置，已批准")
    custodian.goto(f"/desk/c/{case.number}?fill=hand_out#act-hand_out")
    form = custodian.locator("#act-hand_out")
    form.locator("[name=owner]").fill("王小明")
    form.get_by_text("所有人本人").click()
    form.get_by_text("在屏幕上签名").first.click()
    sign(custodian, "signature")
    sign(custodian, "custodian_signature")
    seen(custodian, "hand-out")
    form.locator("button[type=submit]").first.click()
    expect(custodian.locator("#now")).to_have_text("已发还")
    case.refresh_from_db()
    assert case.stage == "returned"
    custodian.goto(f"/evidence/i/{case.number}")
    seen(custodian, "returned")
    paper = reader(keeping.custodian).get(f"/evidence/i/{case.number}/returned.pdf")
    assert paper.content.startswith(b"%PDF")
    chain = reader(keeping.custodian).get(f"/evidence/i/{case.number}/custody.pdf")
    assert chain.content.startswith(b"%PDF")
    assert visits.broken == []
    assert visits.outside == []


def test_one_proposes_to_destroy_it_and_another_approves(visits: Visits, keeping: Keeping) -> None:
    case = keeping.on_the_shelf()
    both = keeping.city.actor("A.zhzf", "handler", "leader")
    keeping.do(case, "propose", by=both, disposal="destroy", reason="过期食品")
    page = visits.of(both, DESK)
    page.goto(f"/desk/c/{case.number}")
    expect(page.locator(".now")).to_contain_text("须由另一人办理")
    expect(page.locator("#act-approve")).to_have_count(0)
    seen(page, "second-person")
    page.goto(f"/evidence/i/{case.number}")
    expect(page.locator(".now")).to_contain_text("须由另一人办理")
    keeping.do(case, "approve", by=keeping.leader)
    keeping.do(case, "dispose", by=both, result="集中销毁", second="李四", photos=[keeping.photo(both)])
    assert ItemDetail.objects.get(pk=case.pk).slot is None
    sealing.seal_all()
    file = receipts.receipt(case, keeping.custodian, own=True)
    assert len(file["leaves"]) == case.seq
    assert running.whole().faults == []
