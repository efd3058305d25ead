"""Whoever sees the case sees its scenes; the office that has it, or takes part, writes; others find nothing there."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from zhili.core.trail.models import Access
from zhili.portal.tests.pages_client import reader, words_of
from zhili.scenarios.evidence.scenes import room
from zhili.scenarios.evidence.scenes.models import Scene
from zhili.scenarios.evidence.scenes.tests.places import a_scene, mark, pictured, placed
from zhili.scenarios.evidence.tests.keeping import Keeping

pytestmark = pytest.mark.django_db
NOTE = {"text": "鞋印", "points": "0 0 0"}


def test_another_department_finds_nothing(store_room: Keeping) -> None:
    scene, case = a_scene(store_room)
    village = reader(store_room.city.actor("B.grid2"))
    for address in ("", "/file", "/list"):
        assert village.get(f"/evidence/scenes/{scene.pk}{address}").status_code == 404
    assert village.get(f"/evidence/scenes/new?c={case.number}").status_code == 404
    assert village.post(f"/evidence/scenes/{scene.pk}/add/note", NOTE).status_code == 404
    assert village.post(f"/evidence/scenes/{scene.pk}/1/withdraw", {"text": "x"}).status_code == 404
    assert "客厅" not in words_of(village.get("/evidence/scenes"))


def test_a_resident_is_turned_away(store_room: Keeping) -> None:
    scene, _case = a_scene(store_room)
    assert reader(store_room.city.resident()).get(f"/evidence/scenes/{scene.pk}").status_code == 403


def test_whoever_stands_above_reads_and_does_not_write(store_room: Keeping) -> None:
    scene, _case = a_scene(store_room)
    county = reader(store_room.city.actor("A"))
    shown = county.get(f"/evidence/scenes/{scene.pk}")
    assert shown.status_code == 200
    assert "量距离" not in words_of(shown)
    assert county.post(f"/evidence/scenes/{scene.pk}/add/note", NOTE).status_code == 403
    assert not scene.marks.exists()


def test_without_scripts_a_scene_is_made_noted_on_and_printed(store_room: Keeping) -> None:
    case, file = placed(store_room, room.glb())
    client = reader(store_room.custodian)
    made = client.post(
        f"/evidence/scenes/new?c={case.number}", {"file": str(file.pk), "title": "客厅", "made": "扫描"}
    )
    scene = Scene.objects.get()
    assert made["Location"] == f"/evidence/scenes/{scene.pk}"
    kept = client.post(f"/evidence/scenes/{scene.pk}/add/note", NOTE)
    assert kept["Location"].endswith("?done=1#mark-1")
    refused = client.post(f"/evidence/scenes/{scene.pk}/add/note", {**NOTE, "points": "hier"})
    assert refused.status_code == 422
    assert "三个数" in words_of(refused)
    assert client.post(f"/evidence/scenes/{scene.pk}/add/ground", NOTE).status_code == 404
    client.post(f"/evidence/scenes/{scene.pk}/1/withdraw", {"text": "是水渍"})
    paper = words_of(client.get(f"/evidence/scenes/{scene.pk}/list"))
    assert "鞋印" in paper
    assert "第 2 条撤下了它：是水渍" in paper
    assert scene.title in words_of(client.get(f"/evidence/i/{case.number}"))


def test_a_criminal_matters_scene_stays_with_its_keepers(store_room: Keeping) -> None:
    case, file = placed(store_room, room.glb(), matter_kind="criminal")
    client = reader(store_room.custodian)
    client.post(
        f"/evidence/scenes/new?c={case.number}", {"file": str(file.pk), "title": "客厅", "made": "扫描"}
    )
    scene = Scene.objects.get()
    assert reader(store_room.city.actor("A")).get(f"/evidence/scenes/{scene.pk}").status_code == 404


def test_the_file_comes_as_it_is_and_a_panorama_smaller_when_asked(store_room: Keeping) -> None:
    scene, _case = a_scene(store_room)
    client = reader(store_room.custodian)
    got = client.get(f"/evidence/scenes/{scene.pk}/file")
    assert b"".join(got.streaming_content) == room.glb()  # type: ignore[attr-defined]
    assert got["Content-Type"] == "model/gltf-binary"
    assert "sandbox" in got["Content-Security-Policy"]
    round_one, case = a_scene(store_room, pictured())
    small = client.get(f"/evidence/scenes/{round_one.pk}/file?small=1")
    assert (small.status_code, small["Content-Type"]) == (200, "image/jpeg")
    looked_at = client.get(f"/evidence/scenes/{round_one.pk}/file")
    assert looked_at["ETag"].split("-")[1] == "wide"
    mark(store_room, round_one, case, "note", points="-170 -20", text="身后的柜子")
    assert "身后的柜子" in words_of(client.get(f"/evidence/scenes/{round_one.pk}/list"))


def test_a_panorama_is_looked_at_without_its_place_and_its_original_is_opened_on_the_record(
    store_room: Keeping,
) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (30.0, 45.0, 0.0), 3: "E", 4: (120.0, 45.0, 0.0)})
    out = BytesIO()
    Image.open(BytesIO(pictured())).save(out, "JPEG", exif=exif)
    scene, case = a_scene(store_room, out.getvalue())
    assert scene.file.tells == "place"
    client = reader(store_room.custodian)
    page = client.get(f"/evidence/scenes/{scene.pk}").content.decode()
    assert "file?original=1" in page
    for query in ("", "?small=1"):
        got = client.get(f"/evidence/scenes/{scene.pk}/file{query}")
        picture = Image.open(BytesIO(b"".join(got.streaming_content)))  # type: ignore[attr-defined]
        assert (picture.width, dict(picture.getexif())) == (1024, {})
    assert not Access.objects.exists()
    got = client.get(f"/evidence/scenes/{scene.pk}/file?original=1")
    assert b"".join(got.streaming_content) == out.getvalue()  # type: ignore[attr-defined]
    assert got["Cache-Control"] == "no-store"
    access = Access.objects.get()
    assert (access.secret_id, access.case_id, access.actor_id) == (
        scene.file_id,
        case.pk,
        store_room.custodian.id,
    )
