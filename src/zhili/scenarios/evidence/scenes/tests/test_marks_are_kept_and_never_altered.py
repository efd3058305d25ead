"""What is noted and measured stands with a leaf; figures are ours; what is withdrawn stays, struck through."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from zhili.base.canonical import commitment
from zhili.core.forms import FormErrors
from zhili.core.trail.models import Leaf
from zhili.scenarios.evidence.scenes import keeping, room, showing
from zhili.scenarios.evidence.scenes.geometry import direction
from zhili.scenarios.evidence.scenes.models import Scene, SceneMark
from zhili.scenarios.evidence.scenes.tests.places import a_scene, cloud, mark, pictured, placed
from zhili.scenarios.evidence.tests.keeping import Keeping

pytestmark = pytest.mark.django_db
WALL = "-2 0 -1.5\n2 0 -1.5"
"""Both ends of the wall with the door, 4.00 m apart."""


def words(scene: Scene, store_room: Keeping) -> list[showing.Line]:
    marks = list(scene.marks.order_by("number"))
    return showing.lines(scene, marks, now_of(scene), store_room.custodian)


def now_of(scene: Scene) -> keeping.Standing:
    return keeping.standing(scene, list(scene.marks.order_by("number")))


def test_the_width_of_the_room(store_room: Keeping) -> None:
    scene, case = a_scene(store_room)
    made = mark(
        store_room,
        scene,
        case,
        "distance",
        points=WALL,
        reach="0.002 0.002",
        told="4.0000",
    )
    assert (made.number, made.value, made.level, made.rise) == (1, 4.0, 4.0, 0.0)
    assert made.error == pytest.approx(0.0028, abs=1e-4)
    (line,) = words(scene, store_room)
    assert line.figure.startswith("4.000 米 ± 0.003")
    assert "没有用已知长度核对过" in line.also


def test_a_figure_that_is_not_ours_is_refused(store_room: Keeping) -> None:
    scene, case = a_scene(store_room)
    with pytest.raises(FormErrors) as refused:
        mark(store_room, scene, case, "distance", points=WALL, told="4.0100")
    assert "4.0000" in refused.value.errors["points"][0]
    assert not scene.marks.exists()


def test_each_row_is_tied_to_its_leaf_and_cannot_be_altered(store_room: Keeping) -> None:
    scene, case = a_scene(store_room)
    made = mark(store_room, scene, case, "note", points="0.55 0.79 -0.1", text="黄色标记牌 1 号")
    for row in (Scene.objects.get(pk=scene.pk), SceneMark.objects.get(pk=made.pk)):
        leaf = Leaf.objects.get(pk=row.leaf_id)
        assert commitment(bytes(row.salt), keeping.sealed(row)).hex().encode() in bytes(leaf.body)
        assert "标记牌".encode() not in bytes(leaf.body)
    with pytest.raises(IntegrityError), transaction.atomic():
        SceneMark.objects.filter(pk=made.pk).update(text="别的")
    with pytest.raises(IntegrityError), transaction.atomic():
        made.delete()


def test_a_withdrawn_mark_stays_with_who_and_why(store_room: Keeping) -> None:
    scene, case = a_scene(store_room)
    mark(store_room, scene, case, "note", points="0 0 0", text="鞋印")
    mark(store_room, scene, case, "withdraw", refers=1, text="看错了，是水渍")
    (line,) = words(scene, store_room)
    assert line.gone is not None
    assert (line.text, line.gone.text) == ("鞋印", "看错了，是水渍")
    with pytest.raises(FormErrors):
        mark(store_room, scene, case, "withdraw", refers=1, text="再来一次")


def test_a_known_length_gives_the_scale_from_then_on(store_room: Keeping) -> None:
    scene, case = a_scene(store_room)
    before = mark(store_room, scene, case, "distance", points=WALL)
    mark(
        store_room,
        scene,
        case,
        "scale",
        points=WALL,
        metres="4.04",
        give="0.004",
        reach="0.001 0.001",
    )
    after = mark(store_room, scene, case, "distance", points=WALL)
    assert (before.value, after.value, after.refers) == (4.0, 4.04, 2)
    first = words(scene, store_room)[0]
    assert "按现在的比例是 4.040 米" in first.also  # what was said then stays, and what it is now is told
    mark(store_room, scene, case, "withdraw", refers=2, text="量错了墙")
    assert now_of(scene).scale_by is None


def test_a_cloud_without_a_scale_is_measured_in_its_own_units(store_room: Keeping) -> None:
    scene, case = a_scene(store_room, cloud())
    made = mark(store_room, scene, case, "distance", points=WALL)
    assert made.value == 4.0
    assert words(scene, store_room)[0].label == "4.00 单位"
    assert showing.scale_words(scene, now_of(scene)).startswith("还没有比例")


def test_in_a_panorama_the_floor_only_once_the_camera_height_is_known(store_room: Keeping) -> None:
    scene, case = a_scene(store_room, pictured())
    spots = "-20 -40\n35 -30"
    with pytest.raises(FormErrors, match="镜头离地"):
        mark(store_room, scene, case, "ground", points=spots)
    mark(store_room, scene, case, "camera", metres="1.6", give="0.01")
    made = mark(store_room, scene, case, "ground", points=spots)
    assert made.refers == 1
    assert made.error is not None
    assert 0 < made.error < 0.2
    with pytest.raises(FormErrors, match="地平线"):
        mark(store_room, scene, case, "ground", points="-20 -40\n35 4")


def test_the_width_of_the_room_from_its_panorama(store_room: Keeping) -> None:
    """The two corners of the wall with the door, as seen from where the camera stood."""
    import math

    scene, case = a_scene(store_room, pictured())
    x, height, z = room.CAMERA

    def seen(corner_x: float) -> str:
        dx, dz = corner_x - x, -1.5 - z
        right, up = math.degrees(math.atan2(dx, -dz)), -math.degrees(math.atan2(height, math.hypot(dx, dz)))
        assert direction(right, up)[1] < 0
        return f"{right:.4f} {up:.4f}"

    mark(store_room, scene, case, "camera", metres=str(height), give="0.01")
    made = mark(store_room, scene, case, "ground", points=f"{seen(-2)}\n{seen(2)}")
    assert made.value == pytest.approx(4.0, abs=0.001)


def test_a_note_leads_to_an_item_its_writer_may_see(store_room: Keeping) -> None:
    scene, case = a_scene(store_room)
    item = store_room.take_in(what="菜刀")
    made = mark(store_room, scene, case, "note", points="0.55 0.79 -0.1", item=item.number)
    assert made.item_id == item.pk
    assert words(scene, store_room)[0].item == item.number
    with pytest.raises(FormErrors, match="没有找到"):
        mark(store_room, scene, case, "note", points="0 0 0", item="000000000000")


def test_points_typed_wrong_are_explained(store_room: Keeping) -> None:
    scene, case = a_scene(store_room)
    for text, wanted in (
        ("1 2", "三个数"),
        ("a b c", "三个数"),
        ("0 0 0\n1 1 1", "1 个点"),
        ("nan 0 0", "三个数"),
        ("1e9 0 0", "三个数"),
    ):
        with pytest.raises(FormErrors, match=wanted):
            mark(store_room, scene, case, "note", points=text)


def test_sent_twice_is_kept_once(store_room: Keeping) -> None:
    scene, case = a_scene(store_room)
    first, again = (mark(store_room, scene, case, "note", points="0 0 0", text="鞋印") for _ in range(2))
    assert first.pk == again.pk


def test_telephone_numbers_do_not_stay_in_a_note(store_room: Keeping) -> None:
    scene, case = a_scene(store_room)
    made = mark(store_room, scene, case, "note", points="0 0 0", text="纸条上写着 13800138000")
    assert "13800138000" not in made.text


def test_only_offices_that_have_the_case_write(store_room: Keeping) -> None:
    scene, case = a_scene(store_room)
    with pytest.raises(PermissionDenied):
        keeping.add(store_room.other, case, scene, "note", {"text": "x", "points": "0 0 0"}, {})


def test_a_file_of_another_case_or_a_broken_one_makes_no_scene(store_room: Keeping) -> None:
    case, _file = placed(store_room, room.glb())
    _other, foreign = placed(store_room, cloud())
    broken, torn = placed(store_room, room.glb().replace(b'"meshes"', b'"mishes"'))
    with pytest.raises(FormErrors):
        keeping.make(store_room.custodian, case, {"file": str(foreign.pk), "title": "x", "made": "y"})
    with pytest.raises(FormErrors, match="读不懂"):
        keeping.make(store_room.custodian, broken, {"file": str(torn.pk), "title": "x", "made": "y"})
