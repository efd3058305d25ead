"""Making a scene and saying something about it: a row that people read and a leaf that nobody alters, in one go."""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zhili.base.codes import CodeError, parse_case_number
from zhili.base.text import redact
from zhili.core.cases import query
from zhili.core.cases.models import Case, Participation
from zhili.core.files import blobs
from zhili.core.files.models import Attachment, File
from zhili.core.forms import FormErrors
from zhili.core.people.actors import Actor
from zhili.core.trail import leaves
from zhili.scenarios.evidence.scenes import geometry, reading
from zhili.scenarios.evidence.scenes.geometry import Impossible, Point
from zhili.scenarios.evidence.scenes.models import Scene, SceneMark

WRITERS = frozenset({"handler", "leader", "grid"})
MOST_POINTS = 20
MOST_MARKS = 500
TYPED = {"panorama": math.radians(0.2), "": 0.005}
"""How far off a point typed by hand is taken to be: radians in a panorama, else metres. Our own."""
COARSEST = {"panorama": math.radians(5), "": 1.0}
IMPOSSIBLE = {
    "horizon": gettext_noop(
        "有的方向在地平线上或以上（或者离它不到 2 度），看不出离地面多远。请点两样东西落地的地方。"
    ),
    "shape": gettext_noop("这些点算不出结果，请重新点。"),
    "short": gettext_noop("这两点离得太近，定不了比例。请选离得远、容易看准的两点。"),
    "height": gettext_noop("镜头离地高度要大于零。"),
}
"""What geometry refuses, in words."""
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Standing:
    """What the marks of a scene say it is now. ``scale`` is None where nobody knows; ``by``: the mark that says so."""

    scale: geometry.Scale | None
    scale_by: int | None
    camera: float
    camera_error: float
    camera_by: int | None
    north: float | None


def may_write(actor: Actor, case: Case) -> bool:
    """Posts of the office that has the case, or that takes part in it."""
    if actor.kind != "post" or not actor.roles & WRITERS or actor.office_id is None:
        return False
    if actor.office_id == case.office_id:
        return True
    return Participation.objects.filter(case=case, office_id=actor.office_id).exists()


def usable(case: Case) -> list[File]:
    """The files of a case that can be shown as a scene, newest first. One query."""
    rows = Attachment.objects.filter(case_id=case.pk, file__mime__in=list(reading.KINDS)).select_related(
        "file"
    )
    found = {one.file_id: one.file for one in rows.order_by("-pk")}
    return [one for one in found.values() if one.mime != reading.JPEG or _round(one)]


def _round(file: File) -> bool:
    return bool(file.width and file.height and abs(file.width - 2 * file.height) <= 2)


def make(actor: Actor, case: Case, values: Values) -> Scene:
    """A scene from a file of the case. Raises FormErrors, PermissionDenied."""
    _refuse_unless_writer(actor, case)
    file = next((one for one in usable(case) if str(one.pk) == values["file"]), None)
    if file is None:
        raise FormErrors({"file": [_("请从本事项的文件里选。")]})
    up = (values.get("up") or "z") if file.mime == reading.PLY else "y"
    try:
        held = _held(file, up)
    except reading.Unreadable as error:
        raise FormErrors({"file": [str(error)]}) from None
    scene = Scene(
        case_id=case.pk,
        file=file,
        kind=held.kind,
        title=redact(values["title"]),
        made=redact(values["made"]),
        up=up,
        bounds=[round(one, 4) for one in (*held.low, *held.high)],
        count=held.count,
    )
    with transaction.atomic():
        _keep(scene, actor, "evidence_scene", {"case": case.number, "file": file.sha256, "kind": held.kind})
    return scene


def _held(file: File, up: str) -> reading.Held:
    if file.mime == reading.JPEG:
        return reading.panorama(file.width, file.height)
    with default_storage.open(blobs.original(file.sha256)) as source:
        return reading.glb(source) if file.mime == reading.GLB else reading.ply(source, up)


def standing(scene: Scene, marks: list[SceneMark]) -> Standing:
    """The last of each that was not withdrawn. glTF is in metres by its standard; a cloud says nothing of itself."""
    gone = {one.refers for one in marks if one.kind == SceneMark.Kind.WITHDRAWAL}
    last = {one.kind: one for one in marks if one.number not in gone}
    scale, camera, north = (last.get(kind) for kind in ("scale", "camera", "north"))
    known = geometry.Scale(1.0) if scene.kind == Scene.Kind.MODEL else None
    if scale is not None and scale.value is not None:
        known = geometry.Scale(scale.value, scale.error)
    return Standing(
        known,
        scale.number if scale else None,
        (camera.value or 0.0) if camera else 0.0,
        (camera.error or 0.0) if camera else 0.0,
        camera.number if camera else None,
        north.value if north else None,
    )


def add(actor: Actor, case: Case, scene: Scene, kind: str, values: Values, sent: Values) -> SceneMark:
    """A mark. ``values`` are the form's; ``sent``: ``reach`` and ``told``, which the browser put beside them.

    Raises FormErrors for what geometry does not allow or a figure that is not ours, PermissionDenied.
    """
    _refuse_unless_writer(actor, case)
    with transaction.atomic():
        _alone(scene)
        marks = list(scene.marks.order_by("number"))
        if len(marks) >= MOST_MARKS:
            raise FormErrors({"": [_("这个现场的标注已满 %(most)d 条。") % {"most": MOST_MARKS}]})
        mark = SceneMark(scene=scene, number=len(marks) + 1, kind=kind, text=redact(values.get("text", "")))
        if "points" in values:
            mark.points = _points(values["points"], flat=scene.kind == Scene.Kind.PANORAMA)
            mark.reach = _reach(sent.get("reach", ""), mark.points, scene, standing(scene, marks))
        try:
            MAKERS[kind](Making(actor, scene, mark, standing(scene, marks), values, marks))
        except Impossible as error:
            raise FormErrors({"points": [_(IMPOSSIBLE[error.reason])]}) from None
        _refuse_other(mark, sent.get("told", ""))
        if marks and _same(marks[-1], mark, actor):
            return marks[-1]  # sent twice
        what = {"case": case.number, "scene": scene.pk, "number": mark.number, "kind": kind}
        _keep(mark, actor, "evidence_scene_mark", what)
    return mark


def _same(last: SceneMark, mark: SceneMark, actor: Actor) -> bool:
    named = ("kind", "text", "points", "value", "refers", "item_id")
    return last.post_id == actor.id and all(getattr(last, one) == getattr(mark, one) for one in named)


@dataclass(frozen=True)
class Making:
    """A mark about to be kept, and what its figures rest on."""

    actor: Actor
    scene: Scene
    mark: SceneMark
    now: Standing
    values: Values
    marks: list[SceneMark]


def _note(it: Making) -> None:
    _count(it.mark, 1, 1)
    if number := it.values.get("item"):
        try:
            item = query.visible(it.actor).filter(number=parse_case_number(number)).first()
        except CodeError:
            item = None
        if item is None:
            raise FormErrors({"item": [_("没有找到这个编号，或者您无权查看。")]})
        it.mark.item_id = item.pk


def _distance(it: Making) -> None:
    _count(it.mark, 2, MOST_POINTS)
    found = geometry.length(_triples(it.mark), it.now.scale or geometry.Scale(1.0), it.mark.reach)
    _figures(it.mark, found)
    it.mark.refers = it.now.scale_by


def _angle(it: Making) -> None:
    _count(it.mark, 2, 2)
    a, b = _directions(it.mark)
    it.mark.value, it.mark.error = (
        round(geometry.angle(a, b), 4),
        round(math.degrees(math.hypot(*it.mark.reach)), 4),
    )


def _ground(it: Making) -> None:
    _count(it.mark, 2, MOST_POINTS)
    if it.now.camera <= 0:
        raise FormErrors({"points": [_("还不知道镜头离地多高，量不出地面距离。请先记下“镜头离地高度”。")]})
    found = geometry.ground_length(_directions(it.mark), it.now.camera, it.now.camera_error, it.mark.reach)
    _figures(it.mark, found)
    it.mark.refers = it.now.camera_by


def _scale(it: Making) -> None:
    _count(it.mark, 2, 2)
    metres, give = float(it.values["metres"]), float(it.values["give"])
    found = geometry.scale_from(_triples(it.mark), metres, give, it.mark.reach)
    it.mark.value, it.mark.error = found.metres, found.error
    it.mark.level = metres


def _camera(it: Making) -> None:
    it.mark.value, it.mark.error = float(it.values["metres"]), float(it.values["give"])


def _north(it: Making) -> None:
    it.mark.value = float(it.values["degrees"]) % 360


def _withdraw(it: Making) -> None:
    gone = {one.refers for one in it.marks if one.kind == SceneMark.Kind.WITHDRAWAL}
    wanted = it.values.get("refers")
    found = next((one for one in it.marks if one.number == wanted), None)
    if found is None or found.number in gone or found.kind == SceneMark.Kind.WITHDRAWAL:
        raise FormErrors({"text": [_("这一条已经撤下了。")]})
    it.mark.refers = found.number


MAKERS: dict[str, Callable[[Making], None]] = {
    "note": _note,
    "distance": _distance,
    "angle": _angle,
    "ground": _ground,
    "scale": _scale,
    "camera": _camera,
    "north": _north,
    "withdraw": _withdraw,
}
OF_KIND = {
    Scene.Kind.MODEL: ("note", "distance", "scale", "north"),
    Scene.Kind.POINTS: ("note", "distance", "scale", "north"),
    Scene.Kind.PANORAMA: ("note", "ground", "angle", "camera", "north"),
}
"""What may be said in each kind of scene, in the order it is offered."""


def _figures(mark: SceneMark, found: geometry.Length) -> None:
    mark.value, mark.error = round(found.metres, 4), round(found.error, 4)
    mark.level, mark.rise = round(found.level, 4), round(found.rise, 4)


def _points(text: str, *, flat: bool) -> list[list[float]]:
    """The points of a text, one a line. Raises FormErrors."""
    found = []
    wanted = 2 if flat else 3
    for line in text.replace(",", " ").replace("，", " ").splitlines():
        if not line.strip():
            continue
        try:
            values = [round(float(one), 4) for one in line.split()]
        except ValueError:
            values = []
        limits = (360.0, 90.0) if flat else (reading.FARTHEST,) * 3
        if len(values) != wanted or any(not abs(v) <= most for v, most in zip(values, limits, strict=True)):
            words = (
                _("每行写两个角度，例如 30.5 -12。") if flat else _("每行写三个数，例如 1.20 0.75 -0.30。")
            )
            raise FormErrors({"points": [words]})
        found.append(values)
    return found


def _reach(text: str, points: list[Any], scene: Scene, now: Standing) -> list[float]:
    """What the browser said of how exactly each point was picked; our own figure for points typed by hand."""
    sort = "panorama" if scene.kind == Scene.Kind.PANORAMA else ""
    unit = 1.0 if sort or now.scale is None else now.scale.metres
    try:
        told = [float(one) for one in text.split()]
    except ValueError:
        told = []
    if len(told) != len(points) or any(not 0 < one * unit <= COARSEST[sort] for one in told):
        told = [TYPED[sort] / unit] * len(points)
    return [float(f"{one:.4g}") for one in told]


def _refuse_other(mark: SceneMark, told: str) -> None:
    """A figure the browser showed and that is not ours was a figure of something else."""
    try:
        shown = float(told) if told else None
    except ValueError:
        shown = math.nan
    if shown is None or mark.kind not in ("distance", "angle", "ground"):
        return
    allowed = geometry.TOLERANCE * max(1.0, abs(mark.value or 0))
    if mark.value is None or not abs(shown - mark.value) <= allowed:
        words = _("画面上显示的是 %(shown)s，按这些点算出来是 %(ours).4f，没有记下。请刷新页面重新量。")
        raise FormErrors({"points": [words % {"shown": told[:20], "ours": mark.value or 0}]})


def _count(mark: SceneMark, least: int, most: int) -> None:
    if not least <= len(mark.points) <= most:
        words = _("要 %(least)d 个点。") if least == most else _("要 %(least)d 到 %(most)d 个点。")
        raise FormErrors({"points": [words % {"least": least, "most": most}]})


def _triples(mark: SceneMark) -> list[Point]:
    return [(one[0], one[1], one[2]) for one in mark.points]


def _directions(mark: SceneMark) -> list[Point]:
    return [geometry.direction(one[0], one[1]) for one in mark.points]


def _refuse_unless_writer(actor: Actor, case: Case) -> None:
    if not may_write(actor, case):
        raise PermissionDenied(_("现场由保管或参与这件事的单位标注。"))


def _alone(scene: Scene) -> None:
    """One writer of a scene at a time, so that numbers have no gap."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"zhili.scene:{scene.pk}"])


def _keep(row: Scene | SceneMark, actor: Actor, record: str, what: dict[str, Any]) -> None:
    """The row and its leaf. The leaf commits to every column of the row but its own place and salt."""
    at: datetime = timezone.now()
    row.at, row.salt = at, secrets.token_bytes(16)
    row.post_id, row.office_id = actor.id or 0, actor.office_id or 0
    facts = {"record": record, "by": actor.kind, **what}
    row.leaf_id = leaves.append("record", at, facts, sealed(row), row.salt).pk
    row.save(force_insert=True)


def sealed(row: models.Model) -> dict[str, Any]:
    """What the leaf of a row commits to: every column, as JSON holds it. A row that gives another was altered."""
    left_out = {"id", "leaf_id", "salt", "at"}
    columns = [one.attname for one in row._meta.concrete_fields if one.attname not in left_out]
    return {one: str(getattr(row, one)) if one == "file_id" else getattr(row, one) for one in columns}


__all__ = ["OF_KIND", "Impossible", "Standing", "add", "make", "may_write", "sealed", "standing", "usable"]
