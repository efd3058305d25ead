"""The rights panel: lateness is counted and named with its rule, a refusal with the way to contest it."""

from __future__ import annotations

import re
from html import unescape

import pytest

from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.portal.tests.pages_client import reader, send, words_of
from zhili.portal.tests.scene import REPORT, Scene, scene_in


@pytest.fixture
def scene(small_city: SmallCity) -> Scene:
    return scene_in(small_city)


def link_to(html: str, action: str) -> str:
    found = re.search(rf'href="([^"]*fill={action})#act-{action}"', html)
    assert found is not None
    return unescape(found[1])


def test_what_is_late_is_counted_and_the_next_step_is_ready(scene: Scene) -> None:
    client = reader(scene.resident)
    page = client.get(f"/c/{scene.late}")
    shown = words_of(page)
    assert "已超 3 天" in shown.split("您的权利")[1]
    assert "依据：平台约定" in shown.split("您的权利")[1]
    assert "，“待受理”已超 3 天，请督促办理。" in shown
    assert 'href="tel:12345"' in page.content.decode()
    address = link_to(page.content.decode(), "add")
    assert "“待受理”已超 3 天，请尽快办理。</textarea>" in client.get(address).content.decode()


def test_what_is_in_time_is_not_called_late(scene: Scene) -> None:
    shown = words_of(reader().get(f"/c/{scene.fresh}?g={scene.code}"))
    assert "已超" not in shown
    assert "请督促办理" not in shown


def test_a_refusal_says_how_long_one_may_object_and_opens_the_form(scene: Scene) -> None:
    client = reader(scene.resident)
    page = client.get(f"/c/{scene.declined}")
    panel = words_of(page).split("您的权利")[1]
    assert re.search(r"对不予受理有异议 答复至今 \d+ 分钟，还剩 1\d 天可以提出", panel)
    address = link_to(page.content.decode(), "contest")
    form = client.get(address).content.decode()
    assert re.search(r"我对\d{4}年\d+月\d+日的答复有异议，理由是：</textarea>", form)
    sent = send(
        client,
        address,
        {"what": "我对答复有异议，理由是：井盖在公共道路上"},
        f"/c/{scene.declined}/act/contest",
    )
    assert sent.status_code == 302
    assert Case.objects.get(number=scene.declined).stage == "disputed"


def test_the_time_to_rate_is_nobodys_lateness(scene: Scene) -> None:
    from zhili.portal.tests.scene import make_late

    make_late(Case.objects.get(number=scene.answered).pk)
    assert "请督促办理" not in words_of(reader(scene.resident).get(f"/c/{scene.answered}"))


def test_a_link_to_a_form_that_is_not_offered_changes_nothing(scene: Scene) -> None:
    page = reader(scene.resident).get(f"/c/{scene.late}?fill=accept")
    assert page.status_code == 200
    assert 'id="act-accept"' not in page.content.decode()


def test_a_place_shown_on_the_map_alone_is_told_by_its_name(scene: Scene) -> None:
    shown = words_of(reader().get(f"/c/{scene.fresh}?g={scene.code}"))
    assert "南湖区一街道南湖区1村（地图上标出的位置）" in shown
    assert "120.05" not in shown.replace(f"{INSIDE['lon']:.6f}", "")


def test_staff_who_use_the_residents_form_are_told_whose_the_code_is(small_city: SmallCity) -> None:
    client = reader(small_city.actor("A.grid"))
    page = f"/new/{REPORT}/report"
    made = send(client, page, {"what": "路灯不亮", "place_address": "建设路1号", "anonymous": "true"})
    receipt = words_of(client.get(made["Location"]))
    assert "您是以岗位身份登记的" in receipt
    assert re.search(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", receipt)


def test_the_offices_own_page_shows_no_rights_panel(scene: Scene) -> None:
    doors.act(Case.objects.get(number=scene.late).pk, "accept", scene.city.actor("A.grid"), {})
    assert "您的权利" not in words_of(reader(scene.city.actor("A.grid")).get(f"/desk/c/{scene.late}"))
