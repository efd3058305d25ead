"""What stands under published figures: what each means, what is left out, the trail's head, and how to check."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from zhili.core.indicators import estimates, publishing
from zhili.core.indicators.definitions import DEFINITIONS, Definition
from zhili.core.trail import heads

ON_THE_PAGE: Final = (
    "opened", "answered", "closed", "refused", "reopened", "overdue",
    "reopened_share", "to_answer_median", "to_answer_p90", "to_close_median", "to_close_p90",
)  # fmt: skip


def under(division: int | None, since: date, until: date, *, whole: bool) -> dict[str, Any]:
    """For a page of figures; with ``whole`` (the whole city) also what samples found. At most five queries."""
    return {
        "definitions": [DEFINITIONS[name] for name in ON_THE_PAGE],
        "left_out": publishing.left_out(since, until, division),
        "head": heads.current().as_json(),
        "estimates": estimates.latest() if whole else [],
    }


def definitions() -> list[Definition]:
    """All of them, in order."""
    return list(DEFINITIONS.values())
