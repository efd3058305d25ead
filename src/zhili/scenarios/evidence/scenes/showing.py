"""A scene in words and figures: its marks as lines of a list, and a plan of it where no picture can be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from zhili.core.cases import query
from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor
from zhili.core.people.models import Post
from zhili.core.people.offices import tree
from zhili.scenarios.evidence.scenes import geometry
from zhili.scenarios.evidence.scenes.keeping import Standing
from zhili.scenarios.evidence.scenes.models import Scene, SceneMark

PINNED = ("note", "distance", "angle", "ground", "scale")
LONGEST_LABEL = 14


@dataclass(frozen=True)
class Line:
    """A mark as it is read. ``label`` stands at its pin, ``figure`` in the list; ``gone`` is its withdrawal."""

    number: int
    kind: str
    title: str
    label: str
    figure: str
    also: str
    text: str
    points: str
    at: datetime
    who: str
    item: str
    gone: Line | None = None

    @property
    def pinned(self) -> bool:
        return self.kind in PINNED


def lines(scene: Scene, marks: list[SceneMark], now: Standing, actor: Actor) -> list[Line]:
    """Every mark but withdrawals, which stand with what they withdrew; in order. Two queries at most."""
    titles = dict(Post.objects.filter(pk__in={one.post_id for one in marks}).values_list("id", "title"))
    wanted = {one.item_id for one in marks if one.item_id}
    items = dict(query.visible(actor).filter(pk__in=wanted).values_list("id", "number")) if wanted else {}
    gone = {one.refers: one for one in marks if one.kind == SceneMark.Kind.WITHDRAWAL}

    def line(mark: SceneMark, withdrawal: Line | None = None) -> Line:
        office = tree().nodes.get(mark.office_id)
        figure, label, also = _figure(scene, mark, now)
        return Line(
            number=mark.number,
            kind=mark.kind,
            title=str(SceneMark.Kind(mark.kind).label),
            label=label or mark.text[:LONGEST_LABEL],
            figure=figure,
            also=also,
            text=mark.text,
            points="\n".join(
                " ".join(f"{value:.4f}".rstrip("0").rstrip(".") for value in one) for one in mark.points
            ),
            at=mark.at,
            who=" · ".join(filter(None, (office.name if office else "", titles.get(mark.post_id, "")))),
            item=items.get(mark.item_id or 0, ""),
            gone=withdrawal,
        )

    shown = (one for one in marks if one.kind != SceneMark.Kind.WITHDRAWAL)
    return [line(one, line(gone[one.number]) if one.number in gone else None) for one in shown]


def _figure(scene: Scene, mark: SceneMark, now: Standing) -> tuple[str, str, str]:
    """What a mark says as a figure, at its pin, and what must be said beside it."""
    if mark.value is None:
        return "", "", ""
    value, error = mark.value, mark.error or 0.0
    if mark.kind == SceneMark.Kind.DISTANCE:
        return _distance(scene, mark, now)
    if mark.kind == SceneMark.Kind.ANGLE:
        return _("%(v).2f° ± %(e).2f°") % {"v": value, "e": error}, f"{value:.1f}°", ""
    if mark.kind == SceneMark.Kind.GROUND:
        words = _("%(v).2f 米 ± %(e).2f 米") % {"v": value, "e": error}
        also = _("按镜头离地高度（第 %(n)s 条）算，地面当作水平，相机当作倾斜不超过半度。") % {
            "n": mark.refers
        }
        changed = mark.refers != now.camera_by
        return words, _("%(v).2f 米") % {"v": value}, also + (_("这个高度已撤下或改过。") if changed else "")
    if mark.kind == SceneMark.Kind.SCALE:
        words = _("1 单位 = %(v).4f 米 ± %(e).2f%%") % {"v": value, "e": error * 100}
        return (
            words,
            _("%(v).3f 米") % {"v": mark.level or 0},
            _("这两点实际相距 %(v).3f 米。") % {"v": mark.level or 0},
        )
    if mark.kind == SceneMark.Kind.CAMERA:
        return _("%(v).3f 米 ± %(e).3f 米") % {"v": value, "e": error}, "", ""
    return _("正前方 %(v).1f°（正北 0，正东 90）") % {"v": value}, "", ""


def _distance(scene: Scene, mark: SceneMark, now: Standing) -> tuple[str, str, str]:
    value, error = mark.value or 0.0, mark.error or 0.0
    parts = {"v": value, "e": error, "l": mark.level or 0.0, "r": mark.rise or 0.0}
    if mark.refers is None and scene.kind == Scene.Kind.POINTS:
        words = _("%(v).3f 单位；水平 %(l).3f，高差 %(r)+.3f") % parts
        also = _("量的时候还没有比例，不知道一个单位是几米。")
    else:
        words = _("%(v).3f 米 ± %(e).3f；水平 %(l).3f，高差 %(r)+.3f") % parts
        also = "" if mark.refers else _("比例取自文件（glTF 规定以米为单位），没有用已知长度核对过。")
    if mark.refers != now.scale_by and now.scale is not None:
        again = geometry.length([(p[0], p[1], p[2]) for p in mark.points], now.scale, mark.reach)
        also += _("量了以后比例有改动，按现在的比例是 %(v).3f 米 ± %(e).3f。") % {
            "v": again.metres,
            "e": again.error,
        }
    unit = _("%(v).2f 单位") if mark.refers is None and scene.kind == Scene.Kind.POINTS else _("%(v).2f 米")
    return words, unit % {"v": value}, also


def scale_words(scene: Scene, now: Standing) -> str:
    """How far its measures can be trusted, in a sentence."""
    if scene.kind == Scene.Kind.PANORAMA:
        if now.camera_by is None:
            return _("全景照片只能量方向。记下镜头离地高度以后，才能量地面上的距离。")
        words = _("镜头离地 %(v).3f 米 ± %(e).3f（第 %(n)d 条）。只能量夹角和水平地面上的距离。")
        return words % {"v": now.camera, "e": now.camera_error, "n": now.camera_by}
    if now.scale is None:
        return _("还没有比例：量出来的是文件里的单位。请用一段已知长度定比例。")
    if now.scale_by is None:
        return _("按文件的单位（glTF 规定为米）量，没有用已知长度核对过。准不准要看采集时怎么做的。")
    words = _("已用已知长度核对（第 %(n)d 条）：1 单位 = %(v).4f 米 ± %(e).2f%%。")
    return words % {"n": now.scale_by, "v": now.scale.metres, "e": (now.scale.error or 0) * 100}


def size_words(scene: Scene, now: Standing) -> str:
    """How large what it shows is."""
    if scene.kind == Scene.Kind.PANORAMA or len(scene.bounds) != 6:
        return ""
    metres = now.scale.metres if now.scale else 1.0
    wide, high, deep = ((scene.bounds[3 + i] - scene.bounds[i]) * metres for i in range(3))
    words = (
        _("长宽高 %(w).2f × %(d).2f × %(h).2f 米")
        if now.scale
        else _("长宽高 %(w).2f × %(d).2f × %(h).2f 单位")
    )
    return words % {"w": wide, "d": deep, "h": high}


ROOM, EDGE = 320.0, 24.0


def plan(scene: Scene, marks: list[SceneMark]) -> dict[str, Any]:
    """Where the pins are, from above (a model; -z is up on the paper) or on the unrolled picture (a panorama)."""
    gone = {one.refers for one in marks if one.kind == SceneMark.Kind.WITHDRAWAL}
    pinned = [one for one in marks if one.kind in PINNED and one.number not in gone and one.points]
    if scene.kind == Scene.Kind.PANORAMA:
        spots = [(one, [((p[0] + 180) % 360, 90 - p[1]) for p in one.points]) for one in pinned]
        return {"width": 360, "height": 180, "flat": True, "pins": [_pin(one, at) for one, at in spots]}
    if len(scene.bounds) != 6:
        return {}
    low, high = scene.bounds[:3], scene.bounds[3:]
    wide, deep = max(high[0] - low[0], 1e-6), max(high[2] - low[2], 1e-6)
    unit = ROOM / max(wide, deep)

    def put(point: list[float]) -> tuple[float, float]:
        return EDGE + (point[0] - low[0]) * unit, EDGE + (point[2] - low[2]) * unit

    return {
        "width": round(wide * unit + 2 * EDGE, 1),
        "height": round(deep * unit + 2 * EDGE, 1),
        "edge": EDGE,
        "inner_width": round(wide * unit, 1),
        "inner_height": round(deep * unit, 1),
        "pins": [_pin(one, [put(p) for p in one.points]) for one in pinned],
    }


def _pin(mark: SceneMark, at: list[tuple[float, float]]) -> dict[str, Any]:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in at)
    return {
        "number": mark.number,
        "x": f"{at[0][0]:.1f}",
        "y": f"{at[0][1]:.1f}",
        "path": path if len(at) > 1 else "",
    }


def home_of(case: Case) -> str:
    """The page of the case a scene belongs to."""
    return f"/evidence/i/{case.number}" if case.procedure == "evidence.item" else f"/desk/c/{case.number}"
