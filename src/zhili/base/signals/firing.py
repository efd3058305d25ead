"""What judging gives: the firings, what is to be remembered, and when to look again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

Facts = dict[str, float | str]


@dataclass(frozen=True, slots=True)
class Firing:
    """A rule became true for a subject. ``at``: by the device's clock. ``value``: the number that was judged.

    ``facts``: what the reason is made of. Always ``since`` (ISO, UTC: the first reading of what fired), ``seconds``
    (from then to ``at``), ``minutes`` (the same, rounded), ``n`` (readings it rests on), and every number of the rule
    under its own name as it held; besides ``limit`` (the threshold), ``limit_name`` (which of its numbers that is) and
    an Expression's measures by name. Facts of a personal measure are personal.
    """

    at: datetime
    value: float
    facts: Facts


@dataclass(slots=True)
class Outcome:
    """``state``: to be stored with the batch and given again next time; at most ``judging.LARGEST`` bytes.

    ``wake_at``: when to call ``wake`` if nothing came before; None: never. ``late``: readings older than the rule's
    lateness, or repeated: counted and not judged. ``skipped``: readings that cannot be judged (no zone, a position too
    coarse, no value). ``anew``: the stored state was of another version or another condition, and was begun anew.
    """

    state: bytes | None
    firings: list[Firing] = field(default_factory=list)
    wake_at: datetime | None = None
    late: int = 0
    skipped: int = 0
    anew: bool = False
