"""A sensor over its limit, the warning, its case, the owner by code with a photo, recheck, map: in Chromium.

The real pieces: readings stored, the judge, the case it opens, the pages of officer, owner and stranger.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from zhili.base.signals.measures import Said
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import SmallCity
from zhili.core.people.actors import Actor
from zhili.core.signals import sources
from zhili.core.signals.judge import judging_run
from zhili.core.signals.models import Warning
from zhili.core.signals.store import keeping
from zhili.core.signals.store.storing import Message, accept
from zhili.core.signals.warnings import opening
from zhili.core.web import assets
from zhili.portal.tests.browsing import Visits, browsing
from zhili.portal.tests.serving import Served
from zhili.scenarios.catering import actions
from zhili.scenarios.catering.tests.conftest import PROBLEM, Kitchen

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def visits(chromium_path: str, served: Served, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visits]:
    if not assets.manifest():
        pytest.skip("the front end is not built: run make setup")
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    keeping.forget()
    judging_run._judge.planner.forget()
    with browsing(chromium_path, served.url) as found:
        yield found
    keeping.forget()
    judging_run._judge.planner.forget()


def sensed(kitchen: Kitchen) -> Case:
    """Twenty minutes of fume at 3.4 mg/m³ at the firm's outlet, judged; the case its warning opened."""
    place = kitchen.firm
    now, by = datetime.now(UTC), Actor(kind="rule", label="测试")
    office, division = kitchen.officer.office_id, place.division_id
    made, _key = sources.register(
        "kitchen-1", "internal", "kitchen", actor=by, office_id=office, division_id=division, per_minute=0
    )
    sources.bind(made, "premises", place.pk, by, at=now - timedelta(hours=1))
    said = tuple(Said("fume", now - timedelta(minutes=n), 3.4) for n in (20, 15, 10, 5, 0))
    (verdict,) = accept([Message("kitchen-1", "internal", said, b"", now)])
    assert verdict.accepted, verdict.why
    while judging_run.run_once():
        pass
    opening.open_due(now + timedelta(minutes=1))
    warning = Warning.objects.get(rule="catering.fume")
    assert warning.case_id is not None, warning.open_error
    return Case.objects.get(pk=warning.case_id)


def unfolded(page: Page, action: str) -> None:
    """The fold of an action, opened if it is not."""
    fold = page.locator("details", has=page.locator("summary", has_text=action)).first
    expect(fold).to_be_visible()
    if fold.get_attribute("open") is None:
        fold.locator("summary").first.click()


def test_a_fume_warning_becomes_a_case_that_its_owner_puts_right_and_everybody_reads(
    visits: Visits, small_city: SmallCity
) -> None:
    kitchen = Kitchen(small_city)
    kitchen.filed(kitchen.firm)
    case = sensed(kitchen)
    assert (case.procedure, case.office_id) == (PROBLEM, kitchen.officer.office_id)

    desk = visits.of(kitchen.officer)
    desk.goto(f"/desk/catering/{kitchen.firm.pk}")
    desk.get_by_role("link", name="油烟排放超标").click()
    unfolded(desk, "告知经营者")
    desk.get_by_label("请经营者做什么").fill("清洗净化器，重新测一次")
    desk.get_by_role("button", name="告知经营者", exact=True).click()
    expect(desk.get_by_role("heading", name="整改中", exact=True)).to_be_visible()

    owner = visits.of(None, PHONE)
    file = kitchen.problem_of(case).outlet
    assert file is not None
    owner.goto(f"/catering/own?g={actions.code_of(file)}")
    owner.get_by_role("link", name="油烟排放超标").click()
    unfolded(owner, "提交整改")
    owner.get_by_label("改了什么").fill("滤网和烟道都洗了")
    photo = BytesIO()
    Image.new("RGB", (80, 60), "green").save(photo, "JPEG")
    sent: FilePayload = {"name": "after.jpg", "mimeType": "image/jpeg", "buffer": photo.getvalue()}
    form = owner.locator("form", has=owner.get_by_label("改了什么"))
    form.locator("input[type=file][data-max]").set_input_files([sent])
    expect(form.locator(".upload input[type=hidden]")).to_have_count(1)
    form.get_by_role("button", name="提交整改").click()
    expect(owner.get_by_text("已收到，等待复查").first).to_be_visible()

    desk.goto(f"/desk/c/{case.number}")
    unfolded(desk, "复查通过")
    desk.get_by_label("复查看到的情况").first.fill("复测 0.8")
    desk.get_by_role("button", name="复查通过", exact=True).click()
    expect(desk.get_by_role("heading", name="已整改", exact=True)).to_be_visible()

    stranger = visits.of(None, PHONE)
    stranger.goto("/catering")
    expect(stranger.locator(".catering-list")).to_contain_text("禾兴餐饮")
    expect(stranger.locator(".map-dot")).to_have_count(1)
    stranger.close()
    assert kitchen.problem_of(case).in_target
    assert Warning.objects.get(rule="catering.fume").feedback == "real"
