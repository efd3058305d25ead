"""A model, a cloud and a panorama are measured before they become a scene; what cannot be shown is refused in words."""

from __future__ import annotations

import json
import struct
from io import BytesIO

import pytest

from zhili.scenarios.evidence.scenes import reading, room
from zhili.scenarios.evidence.scenes.reading import Unreadable
from zhili.scenarios.evidence.scenes.tests.places import cloud


def altered(**changes: object) -> bytes:
    """The room's model with other words in its description."""
    made = room.glb()
    (text,) = struct.unpack_from("<I", made, 12)
    described = {**json.loads(made[20 : 20 + text]), **changes}
    body = json.dumps(described).encode()
    body += b" " * (-len(body) % 4)
    rest = made[20 + text :]
    return struct.pack("<4sIIII", b"glTF", 2, 20 + len(body) + len(rest), len(body), 0x4E4F534A) + body + rest


def test_the_room_is_four_by_three_by_two_and_a_half_metres() -> None:
    held = reading.glb(BytesIO(room.glb()))
    assert (held.low, held.high) == ((-2.0, 0.0, -1.5), (2.0, 2.5, 1.5))
    assert held.kind == "model"


def test_nodes_turn_and_stretch_what_they_hold() -> None:
    turned = [
        {"mesh": 0, "rotation": [0, 2**-0.5, 0, 2**-0.5], "scale": [2, 2, 2], "translation": [10, 0, 0]}
    ]
    held = reading.glb(BytesIO(altered(nodes=turned)))
    assert held.low == pytest.approx((7, 0, -4))
    assert held.high == pytest.approx((13, 5, 4))


def test_a_cloud_with_z_upwards_is_laid_as_the_browser_lays_it() -> None:
    held = reading.ply(BytesIO(cloud()), "z")
    assert held.low == pytest.approx((-2, 0, -1.5), abs=0.01)
    assert held.high == pytest.approx((2, 2.5, 1.5), abs=0.06)


@pytest.mark.parametrize("name", reading.PACKED)
def test_packed_models_are_named_and_refused(name: str) -> None:
    with pytest.raises(Unreadable, match=name):
        reading.glb(BytesIO(altered(extensionsRequired=[name])))


def test_a_model_with_parts_elsewhere_is_refused() -> None:
    with pytest.raises(Unreadable, match="别的文件"):
        reading.glb(BytesIO(altered(images=[{"uri": "https://elsewhere.example/a.png"}])))


def test_nodes_in_a_ring_and_nonsense_end_in_words() -> None:
    for bad in (altered(nodes=[{"children": [0]}]), b"glTF", b"", room.glb()[:30], altered(meshes=[{}])):
        with pytest.raises(Unreadable):
            reading.glb(BytesIO(bad))


def test_far_from_the_origin_centimetres_are_lost() -> None:
    with pytest.raises(Unreadable, match="坐标太大"):
        reading.glb(BytesIO(altered(nodes=[{"mesh": 0, "translation": [500_000, 0, 3_300_000]}])))


def test_a_cut_off_or_written_out_cloud_is_refused() -> None:
    with pytest.raises(Unreadable):
        reading.ply(BytesIO(cloud()[:200]), "z")
    with pytest.raises(Unreadable, match="二进制"):
        reading.ply(
            BytesIO(b"ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nend_header\n0\n"), "z"
        )


def test_a_panorama_is_twice_as_wide_as_high() -> None:
    assert reading.panorama(4096, 2048).count == 4096
    for size in ((4000, 3000), (None, None), (2048, 1020)):
        with pytest.raises(Unreadable):
            reading.panorama(*size)
