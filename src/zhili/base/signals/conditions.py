"""What a rule waits for: each a frozen value, judged by ``judging``. docs/signals.md has an example of each.

Every condition fires when it *becomes* true and fires again only after it was false in between (its edge); an event
(``Happens``) fires each time. "Above" is greater than, "below" less than: the threshold itself is still in order.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

Fold = Literal["count", "sum", "mean", "min", "max", "change"]
FOLDS: Final = ("count", "sum", "mean", "min", "max", "change")


@dataclass(frozen=True, slots=True)
class Tuned:
    """A number an office may set from a day on: the parameter ``signals.<rule>.<name>``, ``default`` until then.

    ``title`` and ``unit`` are Chinese source texts (times are in seconds); outside ``low``..``high`` it is refused.
    """

    name: str
    default: float
    title: str
    unit: str = ""
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        if not self.name.isidentifier() or not self.name.isascii() or len(self.name) > 40:
            raise ValueError(f"a tuned number's name is an English word: {self.name!r}")
        if not self.title:
            raise ValueError(f"{self.name} needs a title")
        if not self.holds(self.default):
            raise ValueError(f"{self.name}: {self.default} is not within {self.low} to {self.high}")

    def holds(self, value: float) -> bool:
        """Whether it may be set to this."""
        return (
            math.isfinite(value)
            and (self.low is None or value >= self.low)
            and (self.high is None or value <= self.high)
        )


@dataclass(frozen=True, slots=True)
class Happens:
    """An event: every one fires, at once, in whatever order they come; the rule's ``merge`` makes one of repeats."""

    measure: str


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number above or below (one of the two), at every reading for ``hold`` seconds when given.

    It fires at the reading that crosses, or with which the hold is reached. It has fallen back at the first reading
    that is not beyond ``back`` (the threshold itself when not given: with a ``back`` it does not flutter). After
    ``fresh`` seconds without a reading nothing is known any more: the next one is judged as the first.
    """

    measure: str
    above: Tuned | None = None
    below: Tuned | None = None
    hold: Tuned | None = None
    back: Tuned | None = None
    fresh: int = 3600


@dataclass(frozen=True, slots=True)
class Window:
    """The readings of the last ``over`` seconds, folded, above or below; judged at each reading.

    ``change`` is the latest less the earliest. ``least``: how many readings there must be in the window. The window
    moves in steps of a sixtieth of ``over``, and is never longer than ``over``. *Below* is judged only once it
    was heard for all of a window. After ``over`` seconds without a reading it is empty; the next is judged as first.
    """

    measure: str
    fold: Fold
    over: Tuned
    above: Tuned | None = None
    below: Tuned | None = None
    least: int = 1


@dataclass(frozen=True, slots=True)
class Absence:
    """No reading of a measure (None: of any) for longer than ``longer`` seconds; counted from the last one.

    It fires once, dated when the time was up, however late that is found; the next reading ends it. A subject never
    heard is not missed. Of any measure, the judge counts from when the last reading came, whatever time it tells.
    """

    measure: str | None
    longer: Tuned


@dataclass(frozen=True, slots=True)
class Geofence:
    """A position inside (or outside) a zone, at every position for ``hold`` seconds when given.

    ``zone`` names a resolver (``core.signals.registry.declare_zone``) that gives a subject's circle or polygon; a
    subject without one is not judged, nor is a position less accurate than ``blur`` metres. ``fresh`` as in Threshold.
    """

    zone: str
    inside: bool
    hold: Tuned | None = None
    blur: float = 100.0
    fresh: int = 3600
    measure: str = "position"


@dataclass(frozen=True, slots=True)
class Step:
    """One link of a sequence: a reading of a measure; above or below a number when given."""

    measure: str
    above: Tuned | None = None
    below: Tuned | None = None


@dataclass(frozen=True, slots=True)
class Sequence:
    """Readings one after another, each later than the one before, from first to last within ``within`` seconds.

    A step is a measure's name or a ``Step``. Others may come between. Once it has fired all begins anew.
    """

    steps: tuple[str | Step, ...]
    within: Tuned

    @property
    def links(self) -> tuple[Step, ...]:
        """The steps, each as a Step."""
        return tuple(one if isinstance(one, Step) else Step(one) for one in self.steps)


@dataclass(frozen=True, slots=True)
class Expression:
    """A comparison over the latest values of several measures: ``heart_rate > limit and steps < few``.

    Words: the measures, the ``tuned`` numbers, numbers, + - * / ( ), comparisons, and or not, abs min max. Everything
    else is refused (``expression.compile_expression``). Judged at each moment that brought a reading, unless one of the
    measures is unknown or older than ``fresh`` seconds, or a division is by zero.
    """

    text: str
    measures: tuple[str, ...]
    tuned: tuple[Tuned, ...] = ()
    fresh: int = 600


Condition = Happens | Threshold | Window | Absence | Geofence | Sequence | Expression


def tuned(condition: Condition) -> tuple[Tuned, ...]:
    """The numbers it goes by; the main threshold first, the one a back-test varies."""
    match condition:
        case Happens():
            found: tuple[Tuned | None, ...] = ()
        case Threshold():
            found = (condition.above, condition.below, condition.hold, condition.back)
        case Window():
            found = (condition.above, condition.below, condition.over)
        case Absence():
            found = (condition.longer,)
        case Geofence():
            found = (condition.hold,)
        case Sequence():
            found = (condition.within, *(t for one in condition.links for t in (one.above, one.below)))
        case Expression():
            found = condition.tuned
    return tuple(dict.fromkeys(one for one in found if one is not None))


def measures(condition: Condition) -> tuple[str, ...] | None:
    """The measures it reads, each once; None for any."""
    match condition:
        case Absence():
            return None if condition.measure is None else (condition.measure,)
        case Sequence():
            return tuple(dict.fromkeys(one.measure for one in condition.links))
        case Expression():
            return tuple(dict.fromkeys(condition.measures))
        case _:
            return (condition.measure,)
