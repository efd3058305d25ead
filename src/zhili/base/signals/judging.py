"""Judging: a rule, its numbers of the day, what is remembered of a subject, and new readings → firings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from zhili.base.signals.firing import Firing, Outcome
from zhili.base.signals.measures import Reading
from zhili.base.signals.rules import SignalRule
from zhili.base.signals.zones import Zone

__all__ = ["LARGEST", "Firing", "Outcome", "judge", "wake"]

LARGEST: Final = 16_384
"""Bytes of a state, at most, whatever arrives."""


def judge(
    rule: SignalRule,
    tuning: Mapping[str, float],
    state: bytes | None,
    readings: Iterable[Reading],
    zone: Zone | None = None,
) -> Outcome:
    """All new readings of one rule and one subject (or group) at once, in any order; measures it does not read are
    passed over. ``zone``: a Geofence's, of this subject."""
    raise NotImplementedError


def wake(
    rule: SignalRule,
    tuning: Mapping[str, float],
    state: bytes | None,
    now: datetime,
    zone: Zone | None = None,
) -> Outcome:
    """Time has passed: what a missing reading means. To be called at ``Outcome.wake_at`` or later, after all readings
    received by ``now`` were judged."""
    raise NotImplementedError
