"""Scenes of the demo city: an invented room as a model and as a panorama, made here and kept in no file of ours."""

from __future__ import annotations

import hashlib
from io import BytesIO
from typing import Any

from zhili.core import files
from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.files.models import File
from zhili.core.people.actors import Actor
from zhili.scenarios.evidence.scenes import keeping, room
from zhili.scenarios.evidence.scenes.forms import FORMS
from zhili.scenarios.evidence.scenes.models import Scene

ITEM = "evidence.item"
MATTER = "演执立〔2026〕15号"
WIDE = 1536
"""Pixels across the panorama: three seconds to draw, forty kilobytes."""
MODEL: tuple[tuple[str, dict[str, str]], ...] = (
    ("scale", {"points": "-2 0 -1.5\n2 0 -1.5", "metres": "4.002", "give": "0.002", "text": "钢卷尺量有门的墙"}),
    ("distance", {"points": "0.25 0.75 -0.35\n1.45 0.75 -0.35", "text": "桌子长边"}),
    ("distance", {"points": "-0.85 0 -1.5\n-0.3 0.06 0.75", "text": "门中线到地上的标记牌"}),
    ("note", {"points": "0.55 0.79 -0.1", "text": "标记牌 1：桌面，离前沿约 25 厘米"}),
    ("note", {"points": "-0.3 0.06 0.75", "text": "标记牌 2：地面"}),
    ("north", {"degrees": "35", "text": "手机指南针，在房间中央读数。"}),
)  # fmt: skip
AROUND: tuple[tuple[str, dict[str, str]], ...] = (
    ("camera", {"metres": "1.6", "give": "0.01", "text": "三脚架，镜头中心到地面，钢卷尺量。"}),
    ("ground", {"points": "-37.875 -35.075\n55.305 -26.83", "text": "有门的墙，墙根到墙根"}),
    ("note", {"points": "70.8 -33.7", "text": "桌上的标记牌 1"}),
)


def load(custodian: Actor) -> int:
    """Two items with a scene each, once. How many scenes there are."""
    if not Scene.objects.exists():
        made = "演示数据：程序生成的房间，四米长、三米宽、两米半高。"
        _scene(custodian, "room.glb", room.glb(), "客厅三维模型", made, MODEL)
        _scene(custodian, "room.jpg", room.panorama(WIDE), "客厅全景，从房间西侧拍", made, AROUND)
    return Scene.objects.count()


def _scene(by: Actor, name: str, content: bytes, title: str, made: str, marks: Any) -> None:
    kept = files.store(BytesIO(content), name, by)
    data = {
        "matter_kind": "administrative", "matter": MATTER, "what": title, "ground": "drawn",
        "file": [f"{kept.id}:{kept.token}"], "sha256": hashlib.sha256(content).hexdigest(),
    }  # fmt: skip
    opened = doors.open_case(ITEM, "take_in_file", by, data, key=f"demo {name}")
    case, file = Case.objects.get(pk=opened.case_id), File.objects.get(pk=kept.id)
    scene = keeping.make(by, case, {"file": str(file.pk), "title": title, "made": made})
    for kind, values in marks:
        keeping.add(by, case, scene, kind, FORMS[kind].validate(values).values, {})
