"""How a tap is tied to its leaf: patrol, checkpoint and time stand in it, the team is committed to."""

from __future__ import annotations

from zhili.core.trail.audit.covering import Rows, Told, record
from zhili.scenarios.cross_border.patrols import tapping
from zhili.scenarios.cross_border.patrols.models import Tap
from zhili.scenarios.cross_border.patrols.shared import RECORD

COLUMN = {"patrol": "stop_id", "point": "stop_id", "tapped_at": "at"}


def _tap(row: Tap) -> Told:
    said = {name: (value, COLUMN[name]) for name, value in tapping.public(row).items()}
    hidden = ("team_id", "presence", "salt")
    return Told(
        row.received_at,
        said,
        at_column="received_at",
        sealed=tapping.private(row),
        salt=bytes(row.salt),
        hidden=hidden,
    )


COVERS = (Rows(Tap, record(RECORD), _tap, without=("id", "key")),)
