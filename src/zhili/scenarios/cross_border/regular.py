"""What the worker does for the border again and again."""

from __future__ import annotations

from typing import Final

from zhili.core.cases.scenarios import Regular
from zhili.scenarios.cross_border import sharing
from zhili.scenarios.cross_border.events import sharing as plans
from zhili.scenarios.cross_border.hazards import sharing as hazards
from zhili.scenarios.cross_border.patrols import watch


def share() -> int:
    """What was chosen for the other sites of plans and watched places, when it changed."""
    return plans.publish() + hazards.publish()


DUTIES: Final = (
    Regular("patrols", watch.run, 30.0),
    Regular("sharing plans and watched places", share, 60.0),
    Regular("sharing cells, matters and figures", sharing.turn, 60.0),
)
