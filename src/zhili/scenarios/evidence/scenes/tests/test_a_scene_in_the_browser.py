"""In a real browser with WebGL: two corners of a room of known size are picked, 4.00 m apart; notes come back."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from zhili.portal.tests.browsing import DESK, PHONE, Visits
from zhili.portal.tests.looking import at, faults, small_targets, too_wide, unfold_all
from zhili.scenarios.evidence.scenes import reading, room
from zhili.scenarios.evidence.scenes.models import Scene
from zhili.scenarios.evidence.scenes.tests.places import a_scene, cloud, mark, pictured
from zhili.scenarios.evidence.tests.keeping import Keeping

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NO_WEBGL = """const own = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
  return kind.startsWith('webgl') ? null : own.call(this, kind, ...more);
}"""
Place = tuple[float, float, float]


def opened(
    visits: Visits, store_room: Keeping, scene: Scene, size: dict[str, int] = DESK, **options: str
) -> Page:
    page = at(visits.of(store_room.custodian, size, **options), f"/evidence/scenes/{scene.pk}")
    page.wait_for_selector("[data-scene][data-ready]")
    still(page)
    return page


def still(page: Page) -> None:
    """Until two looks at it agree."""
    page.wait_for_function(
        """() => { const c = document.querySelector('canvas.scene-canvas'), now = c.dataset.stand + c.dataset.drawn;
        const same = now === window.before && c.dataset.stand; window.before = now; return same; }""",
        polling=300,
    )


def seen(page: Page, point: Place) -> tuple[float, float]:
    """Where a point of the scene stands on the canvas, worked out from how the page says one looks."""
    canvas = page.locator("canvas.scene-canvas")
    px, py, pz, yaw, pitch, fov = map(float, (canvas.get_attribute("data-stand") or "").split())
    box = canvas.bounding_box()
    assert box is not None
    d = (point[0] - px, point[1] - py, point[2] - pz)
    ahead = (math.sin(yaw) * math.cos(pitch), math.sin(pitch), -math.cos(yaw) * math.cos(pitch))
    right = (math.cos(yaw), 0.0, math.sin(yaw))
    up = (-math.sin(yaw) * math.sin(pitch), math.cos(pitch), math.cos(yaw) * math.sin(pitch))
    x, y, z = (sum(a * b for a, b in zip(d, axis, strict=True)) for axis in (right, up, ahead))
    assert z > 0, "behind the camera"
    half = box["height"] / 2
    scale = half / math.tan(math.radians(fov) / 2)
    return box["width"] / 2 + x / z * scale, half - y / z * scale


def pick(page: Page, point: Place) -> None:
    x, y = seen(page, point)
    page.locator("canvas.scene-canvas").click(position={"x": x, "y": y})


def looking_from(page: Page, *keys: str) -> None:
    canvas = page.locator("canvas.scene-canvas")
    canvas.focus()
    for key in keys:
        canvas.press(key)
    still(page)


def test_two_corners_of_the_room_are_four_metres_apart(visits: Visits, store_room: Keeping) -> None:
    scene, _case = a_scene(store_room)
    page = opened(visits, store_room, scene)
    looking_from(page, *["ArrowRight"] * 7)  # from the front, where the wall with the door faces us
    page.get_by_text("量距离").click()
    pick(page, (-2.0, 0.0, -1.5))
    pick(page, (2.0, 0.0, -1.5))
    figure = page.locator("[data-tool=distance] [data-figure]")
    expect(figure).to_contain_text("米")
    shown = float((figure.text_content() or "").split()[0])
    assert abs(shown - 4.0) < 0.01
    page.get_by_label("量的是什么").fill("有门的墙")
    page.locator("[data-tool=distance]").get_by_role("button", name="记下").click()
    row = page.locator("#mark-1")
    expect(row).to_contain_text("有门的墙")
    made = scene.marks.get()
    assert made.value is not None
    assert abs(made.value - 4.0) < 0.01
    assert abs(made.value - shown) < 0.001  # the page's figure and the server's are one


def test_what_is_between_corners_is_picked_where_it_is(visits: Visits, store_room: Keeping) -> None:
    scene, _case = a_scene(store_room)
    page = opened(visits, store_room, scene)
    page.get_by_text("加标注").click()
    pick(page, (-0.5, 0.0, 0.31))
    said = page.locator("[data-tool=note] [name=points]")
    expect(said).not_to_have_value("")
    x, y, z = map(float, said.input_value().split())
    assert math.dist((x, y, z), (-0.5, 0.0, 0.31)) < 0.02


def test_a_note_comes_back_at_its_place_and_tab_flies_there(visits: Visits, store_room: Keeping) -> None:
    scene, case = a_scene(store_room)
    mark(store_room, scene, case, "note", points="0.55 0.79 -0.1", text="黄色标记牌")
    mark(store_room, scene, case, "note", points="-0.3 0.06 0.75", text="地上的标记牌")
    page = opened(visits, store_room, scene)
    for number, point in (("1", (0.55, 0.79, -0.1)), ("2", (-0.3, 0.06, 0.75))):
        pin = page.locator(".scene-pin", has=page.locator(f"b:text-is('{number}')"))
        placed = re.search(r"translate\(([\d.]+)px, ([\d.]+)px\)", pin.get_attribute("style") or "")
        assert placed is not None
        assert math.dist(map(float, placed.groups()), seen(page, point)) < 2
    page.locator("[data-go='1']").focus()
    page.keyboard.press("Tab")  # its coordinates
    page.locator("[data-go='2']").focus()
    still(page)
    box = page.locator("canvas.scene-canvas").bounding_box()
    assert box is not None
    assert math.dist(seen(page, (-0.3, 0.06, 0.75)), (box["width"] / 2, box["height"] / 2)) < 2
    expect(page.locator(".scene-pin.is-chosen")).to_contain_text("2")


def test_by_keyboard_alone(visits: Visits, store_room: Keeping) -> None:
    """Open the tool, pick what is in the middle, write, keep, withdraw."""
    scene, _case = a_scene(store_room)
    page = opened(visits, store_room, scene)
    page.locator("#tool-note > summary").press("Enter")
    canvas = page.locator("canvas.scene-canvas")
    before = canvas.get_attribute("data-stand")
    looking_from(page, "ArrowUp", "+", "+")
    assert canvas.get_attribute("data-stand") != before
    canvas.press("Enter")
    expect(page.locator("[data-tool=note] [name=points]")).not_to_have_value("")
    canvas.press("Backspace")
    expect(page.locator("[data-tool=note] [name=points]")).to_have_value("")
    canvas.press("Enter")
    page.get_by_label("写什么").fill("画面正中")
    page.locator("[data-tool=note]").get_by_role("button", name="记下").press("Enter")
    expect(page.locator("#mark-1")).to_contain_text("画面正中")
    page.get_by_text("撤下这一条").press("Enter")
    page.get_by_label("为什么撤下").fill("写错了")
    page.locator("#mark-1").get_by_role("button", name="撤下").press("Enter")
    expect(page.locator("#mark-1 s").first).to_be_visible()
    expect(page.locator("#mark-1")).to_contain_text("写错了")
    expect(page.locator(".scene-pin")).to_have_count(0)


def test_the_floor_of_a_panorama(visits: Visits, store_room: Keeping) -> None:
    scene, case = a_scene(store_room, pictured())
    mark(store_room, scene, case, "camera", metres=str(room.CAMERA[1]), give="0.01")
    page = opened(visits, store_room, scene)
    page.get_by_text("量地面距离").click()
    for x in (-2.0, 2.0):
        corner = (x - room.CAMERA[0], -room.CAMERA[1], -1.5 - room.CAMERA[2])
        right = math.atan2(corner[0], -corner[2])
        yaw = float((page.locator("canvas.scene-canvas").get_attribute("data-stand") or "").split()[3])
        turns = round((right - yaw) / (math.pi / 36))
        looking_from(page, *["ArrowRight" if turns > 0 else "ArrowLeft"] * abs(turns))
        pick(page, corner)
    figure = page.locator("[data-tool=ground] [data-figure]")
    expect(figure).to_contain_text("地面距离")
    shown = float((re.search(r"距离 ([\d.]+)", figure.text_content() or "") or [0, "0"])[1])
    assert abs(shown - 4.0) < 0.05  # a pixel of the picture is a centimetre there
    looking_from(page, *["ArrowUp"] * 6)
    box = page.locator("canvas.scene-canvas").bounding_box()
    assert box is not None
    page.locator("canvas.scene-canvas").click(position={"x": box["width"] / 2, "y": 60})
    expect(figure).to_contain_text("地平线")


def test_a_cloud_of_points(visits: Visits, store_room: Keeping) -> None:
    scene, _case = a_scene(store_room, cloud())
    page = opened(visits, store_room, scene)
    page.get_by_text("量距离").click()
    pick(page, (-2.0, 0.0, -1.5))
    pick(page, (2.0, 0.0, -1.5))
    figure = page.locator("[data-tool=distance] [data-figure]")
    expect(figure).to_contain_text("单位")
    assert abs(float((figure.text_content() or "").split()[0]) - 4.0) < 0.05


def test_without_webgl_the_list_and_the_plan_are_there(visits: Visits, store_room: Keeping) -> None:
    scene, case = a_scene(store_room)
    mark(store_room, scene, case, "note", points="0.55 0.79 -0.1", text="黄色标记牌")
    page = visits.of(store_room.custodian, PHONE)
    page.add_init_script(NO_WEBGL)
    at(page, f"/evidence/scenes/{scene.pk}")
    expect(page.get_by_text("没有 WebGL")).to_be_visible()
    expect(page.locator("#mark-1")).to_contain_text("黄色标记牌")
    expect(page.get_by_role("img", name="从上往下看的平面图")).to_be_visible()
    assert not page.evaluate("performance.getEntriesByType('resource').some(r => r.name.includes('stage-'))")
    page.get_by_text("加标注").click()
    page.get_by_label("写什么").fill("手填坐标")
    page.get_by_label("点的坐标").first.fill("1 0.75 0")
    page.locator("[data-tool=note]").get_by_role("button", name="记下").click()
    expect(page.locator("#mark-2")).to_contain_text("手填坐标")


def test_a_broken_file_is_told_and_can_be_downloaded(visits: Visits, store_room: Keeping) -> None:
    scene, _case = a_scene(store_room)
    page = visits.of(store_room.custodian, DESK)
    page.route("**/file", lambda route: route.fulfill(body=room.glb()[:9000], content_type=reading.GLB))
    at(page, f"/evidence/scenes/{scene.pk}")
    expect(page.locator("[data-said]")).to_contain_text("这个文件打不开")
    expect(page.locator("[data-said]").get_by_role("link", name="下载文件")).to_be_visible()


def test_a_lost_connection_is_told_and_tried_again(visits: Visits, store_room: Keeping) -> None:
    scene, _case = a_scene(store_room)
    page = visits.of(store_room.custodian, DESK)
    page.route("**/file", lambda route: route.abort())
    at(page, f"/evidence/scenes/{scene.pk}")
    expect(page.locator("[data-said]")).to_contain_text("没有读到文件")
    page.unroute("**/file")
    page.get_by_role("button", name="再试一次").click()
    page.wait_for_selector("[data-scene][data-ready]")


def test_the_view_is_kept_as_a_picture(visits: Visits, store_room: Keeping, tmp_path: Path) -> None:
    scene, case = a_scene(store_room)
    mark(store_room, scene, case, "note", points="0.55 0.79 -0.1", text="黄色标记牌")
    page = opened(visits, store_room, scene)
    with page.expect_download() as got:
        page.get_by_role("button", name="存成图片").click()
    from PIL import Image

    got.value.save_as(tmp_path / "view.png")
    with Image.open(tmp_path / "view.png") as picture:
        assert picture.width >= 1280
        assert len(picture.convert("RGB").getcolors(1 << 24) or []) > 200  # the room, not an empty sheet


@pytest.mark.parametrize("look", ["light", "elder"])
def test_it_keeps_the_promises_of_every_page(visits: Visits, store_room: Keeping, look: str) -> None:
    scene, case = a_scene(store_room)
    mark(store_room, scene, case, "distance", points="-2 0 -1.5\n2 0 -1.5", text="有门的墙")
    mark(store_room, scene, case, "note", points="0 0 0", text="鞋印")
    mark(store_room, scene, case, "withdraw", refers=2, text="是水渍")
    page = opened(visits, store_room, scene, PHONE, look=look)
    unfold_all(page)
    assert (faults(page, look=look), small_targets(page, look=look), too_wide(page)) == ([], [], [])
