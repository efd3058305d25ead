"""What the worker does for the border again and again."""

from __future__ import annotations

from typing import Final

from zhili.core.cases.scenarios import Regular
from zhili.scenarios.cross_border import sharing
from zhili.scenarios.cross_border.patrols import watch

DUTIES: Final = (
    Regular("cross_border.patrols", watch.run, 30.0),
    Regular("cross_border.sharing", sharing.turn, 60.0),
)
