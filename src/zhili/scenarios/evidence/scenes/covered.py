"""How scenes and their marks are tied to the trail: each to its leaf, which commits to all its columns."""

from zhili.core.trail.audit.covering import Rows, Told, record
from zhili.scenarios.evidence.scenes import keeping
from zhili.scenarios.evidence.scenes.models import Scene, SceneMark


def _scene(row: Scene) -> Told:
    return Told(
        row.at,
        {"kind": (row.kind, "kind")},
        sealed=keeping.sealed(row),
        salt=bytes(row.salt),
        hidden=(*keeping.sealed(row), "salt"),
    )


def _mark(row: SceneMark) -> Told:
    said = {"scene": (row.scene_id, "scene_id"), "number": (row.number, "number"), "kind": (row.kind, "kind")}
    return Told(
        row.at,
        said,
        sealed=keeping.sealed(row),
        salt=bytes(row.salt),
        hidden=(*keeping.sealed(row), "salt"),
    )


COVERS = (
    Rows(Scene, record("evidence_scene"), _scene, without=("id",)),
    Rows(SceneMark, record("evidence_scene_mark"), _mark, without=("id",)),
)
