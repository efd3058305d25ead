"""The room of known size as an item of evidence with a scene, for the tests."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from zhili.core.cases.models import Case
from zhili.core.files.models import File
from zhili.scenarios.evidence.scenes import keeping, room
from zhili.scenarios.evidence.scenes.forms import FORMS
from zhili.scenarios.evidence.scenes.models import Scene, SceneMark
from zhili.scenarios.evidence.tests.keeping import Keeping


@lru_cache(maxsize=2)
def pictured(width: int = 1024) -> bytes:
    return room.panorama(width)


def cloud(count: int = 4000, *, up: str = "z") -> bytes:
    """Points on the floor and the walls of the room, z upwards as instruments write it; its corners among them."""
    chance = np.random.default_rng(4)
    half = np.array([room.WIDE / 2, room.DEEP / 2, room.HIGH / 2])
    at = chance.uniform(-1, 1, (count, 3)) * half
    axis = chance.integers(0, 3, count)
    at[np.arange(count), axis] = np.where(axis == 2, -1.0, np.sign(at[np.arange(count), axis])) * half[axis]
    corners = np.array([(x, y, -half[2]) for x in (-half[0], half[0]) for y in (-half[1], half[1])])
    rows = np.concatenate([corners, at])
    rows[:, 2] += half[2]
    kind = np.dtype(
        [("x", "<f4"), ("y", "<f4"), ("z", "<f4"), ("red", "u1"), ("green", "u1"), ("blue", "u1")]
    )
    made = np.zeros(len(rows), kind)
    for i, name in enumerate("xyz"):
        made[name] = rows[:, i]
    made["red"], made["green"], made["blue"] = 150, 120, 90
    head = f"ply\nformat binary_little_endian 1.0\nelement vertex {len(rows)}\n"
    head += "".join(f"property float {n}\n" for n in "xyz")
    head += "".join(f"property uchar {n}\n" for n in ("red", "green", "blue"))
    return head.encode() + b"end_header\n" + made.tobytes()


def placed(store_room: Keeping, content: bytes, **more: Any) -> tuple[Case, File]:
    """A digital item of evidence, taken in at the door with its hash."""
    case = store_room.take_in_file(content, **{"what": "现场采集", **more})
    return case, File.objects.get(attachments__case_id=case.pk)


def a_scene(store_room: Keeping, content: bytes | None = None) -> tuple[Scene, Case]:
    case, file = placed(store_room, content or room.glb())
    values = {"file": str(file.pk), "title": "客厅", "made": "三维扫描仪，2026年11月20日"}
    return keeping.make(store_room.custodian, case, values), case


def mark(
    store_room: Keeping, scene: Scene, case: Case, kind: str, *, reach: str = "", told: str = "", **data: Any
) -> SceneMark:
    """Say something, as the page's form would."""
    refers = data.pop("refers", None)
    values = FORMS[kind].validate({"text": "说明", **data}).values
    more = {"refers": refers} if refers is not None else {}
    return keeping.add(
        store_room.custodian, case, scene, kind, {**values, **more}, {"reach": reach, "told": told}
    )
