"""How a refusal at the door is tied to its leaf: both hashes stand in it, the rest is committed to."""

from __future__ import annotations

from zhili.core.trail.audit.covering import Rows, Told, record, register
from zhili.scenarios.evidence.models import DoorRefusal
from zhili.scenarios.evidence.refusing import RECORD
from zhili.scenarios.evidence.scenes.covered import COVERS as SCENES
from zhili.scenarios.evidence.sharing.covered import COVERS as SHARING

HIDDEN = ("office_id", "post_id", "matter", "what", "size", "zone")


def _refusal(row: DoorRefusal) -> Told:
    said = {"claimed": (row.claimed, "claimed"), "found": (row.found, "found")}
    sealed = {
        "office": row.office_id,
        "post": row.post_id,
        "matter": row.matter,
        "what": row.what,
        "size": row.size,
        "zone": row.zone,
    }
    return Told(at=row.at, what=said, sealed=sealed, salt=bytes(row.salt), hidden=HIDDEN)


register(Rows(DoorRefusal, record(RECORD), _refusal, without=("id",)), *SCENES, *SHARING)
