"""综合查一次 in browsers: launched, drawn in public, merged, visited offline, put right by code, rechecked, rated."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import SmallCity
from zhili.core.draws import telling
from zhili.core.draws.models import Draw
from zhili.core.visits import answers, arrivals
from zhili.core.visits.models import Finding, Plan, Visit, VisitState
from zhili.core.visits.tests.story import officer, picture
from zhili.portal.tests.browsing import DESK, Visits
from zhili.portal.tests.conftest import visits as visits
from zhili.portal.tests.pocket_steps import phone, settled, taken_along, with_signal, without_signal
from zhili.scenarios.inspections import actions
from zhili.scenarios.inspections.tests.test_from_a_scenario_to_visits import LOTTERY, Launch

PHOTO: Any = {"name": "现场.png", "mimeType": "image/png", "buffer": picture()}
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_from_one_press_to_the_rating_of_the_business(
    visits: Visits, small_city: SmallCity, tmp_path: Path
) -> None:
    launch = Launch(small_city)
    with mock.patch("zhili.core.draws.announcing.head_after", return_value=LOTTERY):
        visit = launched(visits, launch, tmp_path)
    on_the_phone(visits, launch, visit)
    put_right(visits, visit)


def launched(visits: Visits, launch: Launch, folder: Path) -> Visit:
    """Asked for by one, approved by another, drawn, merged into fewer visits, officers drawn, businesses told."""
    desk = visits.of(launch.city.actor("A", "handler", "leader", name="值班长"), DESK)
    desk.goto("/desk/inspections/scenes/life-02")
    desk.get_by_role("button", name="申请检查", exact=True).click()
    desk.wait_for_url("**/desk/inspections/sheets/*")
    leader = visits.of(launch.city.actor("city", "leader", name="市负责人"), DESK)
    leader.goto(desk.url)
    press(leader, "approve")
    desk.reload()
    press(desk, "draw")
    launch.drawn()
    run_again(visits, folder)
    desk.reload()
    press(desk, "plan")
    plan = Plan.objects.get()
    assert plan.lower_bound <= plan.visits_planned < plan.placed
    expect(desk.locator("#plan")).to_be_visible()
    press(desk, "settle")
    launch.drawn()
    desk.reload()
    press(desk, "tell")
    expect(desk.locator("#told")).to_be_visible()
    return Visit.objects.filter(plan=plan).earliest("date", "pk")


def press(page: Page, what: str) -> None:
    """The one press that is due on a sheet."""
    page.locator(f"form:has(input[name=_do][value={what}]) button").click()
    page.locator(f"form:has(input[name=_do][value={what}])").wait_for(state="detached")


def run_again(visits: Visits, folder: Path) -> None:
    """An outsider draws again from what is public, with the program the site gives away: the same list."""
    draw = Draw.objects.earliest("pk")
    page = visits.of(None)
    page.goto(f"/draw/{draw.pk}")
    found = telling.as_json(draw)["result"]
    assert found
    expect(page.get_by_text(found[0], exact=True).first).to_be_visible()
    stranger = Client()
    program, file = folder / "verify_draw.py", folder / "draw.json"
    program.write_bytes(stranger.get("/verify/verify_draw.py").content)
    file.write_bytes(stranger.get(f"/draw/{draw.pk}.json").content)
    said = subprocess.run([sys.executable, program, file], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr
    assert all(name in said.stdout for name in found)


def on_the_phone(visits: Visits, launch: Launch, visit: Visit) -> None:
    """The day has come; there is no signal in the kitchen."""
    Visit.objects.filter(pk=visit.pk).update(date=timezone.localdate())
    door = arrivals.door(visit.premises, launch.town.admin).code
    going = visit.officers.order_by("pk").select_related("inspector")[0]
    page = without_signal(taken_along(phone(visits, officer(going.inspector.account_id))))
    home = f"/desk/pocket#/v/{visit.pk}"
    page.goto(f"{home}/scan")
    page.get_by_label("场所码").fill(door)
    page.get_by_role("button", name="我已到场").click()
    page.locator("#pocket form").wait_for(state="detached")
    asked = answers.questions(visit)
    assert len(asked) > 1, "merged"
    for n, (item, questions) in enumerate(asked):
        page.goto(f"{home}/i/{item.pk}")
        for k in range(len(questions)):
            bad = n == 0 and k == 0
            page.locator(".visit-question").nth(k).get_by_label(
                "有问题" if bad else "没有问题", exact=True
            ).check()
            if bad:
                page.locator(".visit-question textarea").first.fill("风机没有开")
                page.locator("input[type=file]").first.set_input_files(PHOTO)
                expect(page.locator("li.upload")).to_have_count(1)
        page.get_by_role("button", name="记下").click()
        page.locator("#pocket form").wait_for(state="detached")
    page.goto(f"{home}/close")
    page.get_by_role("button", name="办结检查").click()
    expect(page.get_by_text("已在手机上办结，还没有送达")).to_be_visible()
    assert not visit.answers.exists()
    with_signal(page)
    settled(page, lambda: Visit.objects.get(pk=visit.pk).state == VisitState.DONE)
    assert "风机没有开" in Finding.objects.get(visit=visit).what
    assert visit.records.count() == 1
    page.goto(f"/desk/visits/{visit.pk}")
    expect(page.locator("#findings img")).to_have_count(1)
    page.get_by_role("button", name="责令改正").click()
    page.wait_for_url("**/desk/c/*")


def put_right(visits: Visits, visit: Visit) -> None:
    """Served; the business acts by its code; rechecked, and rated by the business."""
    going = visit.officers.order_by("pk").select_related("inspector")[0]
    desk = visits.of(officer(going.inspector.account_id), DESK)
    case = Case.objects.get(pk=Finding.objects.get(visit=visit).case_id)
    act(desk, f"/desk/c/{case.number}?fill=serve", "serve", choice=("how", "onsite"))
    code = actions.code_of(case)
    shop = visits.of(None)
    own = f"/c/{case.number}?g={code}"
    act(shop, f"{own}&fill=submit", "submit", words=("done", "风机已开，已清洗"), photo=True)
    act(desk, f"/desk/c/{case.number}?fill=accept", "accept", words=("words", "正常运行"))
    act(shop, f"{own}&fill=rate", "rate", choice=("rating", "5"))
    case.refresh_from_db()
    assert (case.stage, case.rating, case.public) == ("closed", 5, False)
    shop.goto(f"/visit/{visit.pk}?g={arrivals.code_of(visit)}")
    expect(shop.get_by_role("link", name="下载现场检查笔录")).to_be_visible()


def act(
    page: Page,
    address: str,
    action: str,
    *,
    choice: tuple[str, str] | None = None,
    words: tuple[str, str] | None = None,
    photo: bool = False,
) -> None:
    """One step, by its form."""
    page.goto(address)
    form = page.locator(f"#act-{action} form")
    form.wait_for()
    if choice is not None:
        form.locator(f"input[name={choice[0]}][value='{choice[1]}']").check()
    if words is not None:
        form.locator(f"[name={words[0]}]").fill(words[1])
    if photo:
        form.locator("input[type=file]").set_input_files(PHOTO)
        expect(form.locator(".upload input[type=hidden]")).to_have_count(1)  # it has arrived
    form.locator("button[type=submit]").last.click()
    page.locator(f"#act-{action}").wait_for(state="detached")
