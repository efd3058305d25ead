"""A rule tried on history before it is switched on: what it would have said, to whom, how often, and how often rightly.

The same machines judge as in life, so a trial says what life would have said of the same readings in the same order.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Final

from zhili.base.signals.firing import Firing
from zhili.base.signals.judging import judge, wake
from zhili.base.signals.measures import Reading
from zhili.base.signals.rules import SignalRule
from zhili.base.signals.zones import Zone

NEAR: Final = timedelta(minutes=10)
"""A firing this near to what people judged is that one."""
FLUTTER: Final = 3600
"""Seconds: a firing so soon after the last about the same is most likely noise."""
STEPS: Final = 9
"""Values of a sweep, besides the one that holds."""
WIDEST: Final = 0.6
"""A sweep without bounds goes this share below and above the value that holds."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a person said of a warning (``real``: not false); or a real thing no rule had seen, to be found."""

    subject: Hashable
    at: datetime
    real: bool
    until: datetime | None = None


@dataclass(slots=True)
class Tally:
    """``warnings``: firings after the rule's ``merge``. ``found``: real ones it would have warned of, of ``real``;
    ``wrong``: warnings people had called false that it would have raised again."""

    value: float | None = None
    firings: int = 0
    warnings: int = 0
    subjects: int = 0
    found: int = 0
    wrong: int = 0
    real: int = 0

    @property
    def precision(self) -> float | None:
        """Of the warnings people judged, the share that was real; None when none was judged."""
        judged = self.found + self.wrong
        return self.found / judged if judged else None

    @property
    def recall(self) -> float | None:
        """Of the real ones, the share it would have found; None when none is known."""
        return self.found / self.real if self.real else None


@dataclass(slots=True)
class Report:
    """``by_day``: ISO day → warnings. ``by_subject``: (subject, firings), the noisiest first. ``flutter``: firings
    within an hour of the last about the same. ``widest``: the largest share of subjects that fired within the time of
    the fuse; ``cut``: whether the fuse would have cut the rule off. ``sweep``: the main threshold, value by value.
    ``stopped``: cancelled in between, and everything counts only the subjects until then."""

    rule: str
    level: str
    tuning: dict[str, float]
    total: Tally = field(default_factory=Tally)
    by_day: dict[str, int] = field(default_factory=dict)
    by_level: dict[str, int] = field(default_factory=dict)
    by_subject: list[tuple[Hashable, int]] = field(default_factory=list)
    at: list[datetime] = field(default_factory=list)
    readings: int = 0
    subjects: int = 0
    late: int = 0
    skipped: int = 0
    flutter: int = 0
    widest: float = 0.0
    cut: bool = False
    swept: str = ""
    sweep: list[Tally] = field(default_factory=list)
    stopped: bool = False


def replay(
    rule: SignalRule,
    tuning: Mapping[str, float],
    readings: Mapping[Hashable, Iterable[Reading]],
    *,
    until: datetime | None = None,
    zone: Callable[[Hashable], Zone | None] | None = None,
    judged: Sequence[Judged] = (),
    values: Sequence[float] | None = None,
    zoned: tzinfo = UTC,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Report:
    """Try a rule on the readings of each subject (or group). ``until``: to when silence is judged; the last reading
    when not said. ``values``: of the main threshold, to be tried as well (``around`` when not said; () for none).
    ``zoned``: whose days are counted. ``progress(done, of)`` and ``cancelled()`` are called once for each subject."""
    numbers = rule.with_values(tuning)
    main = rule.tuned[0] if rule.tuned else None
    report = Report(rule.name, rule.level, numbers, swept=main.name if main else "")
    if main is not None:
        tried = around(rule, numbers[main.name]) if values is None else values
        report.sweep = [Tally(value) for value in tried if main.holds(value)]
    of = _by_subject(judged)
    fired: list[tuple[datetime, Hashable]] = []
    for done, (subject, several) in enumerate(readings.items()):
        if cancelled is not None and cancelled():
            report.stopped = True
            break
        listed = sorted(several, key=lambda one: one.at)
        where = zone(subject) if zone is not None else None
        found, late, skipped = firings(rule, numbers, listed, until, where)
        report.readings += len(listed)
        report.subjects += 1
        report.late += late
        report.skipped += skipped
        fired += [(one.at, subject) for one in found]
        warned = _count(report.total, rule, found, of.get(subject, ()))
        _spread(report, subject, found, warned, zoned)
        for line in report.sweep:
            assert main is not None
            assert line.value is not None
            if line.value != numbers[main.name]:
                again, _late, _skipped = firings(
                    rule, {**numbers, main.name: line.value}, listed, until, where
                )
            else:
                again = found
            _count(line, rule, again, of.get(subject, ()))
        if progress is not None:
            progress(done + 1, len(readings))
    _finish(report, rule, fired)
    return report


def firings(
    rule: SignalRule,
    tuning: Mapping[str, float],
    readings: Sequence[Reading],
    until: datetime | None = None,
    zone: Zone | None = None,
) -> tuple[list[Firing], int, int]:
    """What a rule would have said of one subject: firings by time, readings too late or repeated, and skipped ones."""
    outcome = judge(rule, tuning, None, readings, zone)
    found, late, skipped = outcome.firings, outcome.late, outcome.skipped
    end = until or max((one.at for one in readings), default=None)
    if outcome.state is not None and end is not None:
        found += wake(
            rule, tuning, outcome.state, end + timedelta(seconds=rule.lateness, milliseconds=1)
        ).firings
    return sorted(found, key=lambda one: one.at), late, skipped


def around(rule: SignalRule, value: float) -> list[float]:
    """Values of the main threshold to try: some way below and above the one given, within its bounds."""
    main = rule.tuned[0]
    span = abs(value) * WIDEST or 1.0
    low = main.low if main.low is not None else value - span
    high = main.high if main.high is not None else value + span
    low, high = max(low, value - span), min(high, value + span)
    steps = [low + (high - low) * n / (STEPS - 1) for n in range(STEPS)]
    if float(value).is_integer() and span >= STEPS / 2:
        steps = [float(round(one)) for one in steps]
    return sorted({one for one in (float(f"{one:.4g}") for one in steps) if main.holds(one)} | {value})


def merged(rule: SignalRule, found: Iterable[Firing]) -> list[datetime]:
    """The moments of warnings: a firing within ``merge`` seconds of the last one is the same warning."""
    moments: list[datetime] = []
    last: datetime | None = None
    for one in found:
        if last is None or (one.at - last).total_seconds() > rule.merge:
            moments.append(one.at)
        last = one.at
    return moments


def _by_subject(judged: Sequence[Judged]) -> dict[Hashable, list[Judged]]:
    found: dict[Hashable, list[Judged]] = {}
    for one in judged:
        found.setdefault(one.subject, []).append(one)
    return found


def _count(tally: Tally, rule: SignalRule, found: list[Firing], judged: Sequence[Judged]) -> list[datetime]:
    warned = merged(rule, found)
    tally.firings += len(found)
    tally.warnings += len(warned)
    tally.subjects += bool(found)
    for one in judged:
        hit = any(one.at - NEAR <= each.at <= (one.until or one.at) + NEAR for each in found)
        tally.real += one.real
        tally.found += hit and one.real
        tally.wrong += hit and not one.real
    return warned


def _spread(
    report: Report, subject: Hashable, found: list[Firing], warned: list[datetime], zoned: tzinfo
) -> None:
    for at in warned:
        day = at.astimezone(zoned).date().isoformat()
        report.by_day[day] = report.by_day.get(day, 0) + 1
    if found:
        report.by_subject.append((subject, len(found)))
    report.at += warned
    report.flutter += sum((b.at - a.at).total_seconds() <= FLUTTER for a, b in pairwise(found))


def _finish(report: Report, rule: SignalRule, fired: list[tuple[datetime, Hashable]]) -> None:
    report.by_subject.sort(key=lambda pair: -pair[1])
    report.at.sort()
    report.by_day = dict(sorted(report.by_day.items()))
    report.by_level = {rule.level: report.total.warnings}
    if report.subjects > 1:
        report.widest = _widest(fired, rule.fuse[1]) / report.subjects
        report.cut = report.widest > rule.fuse[0]


def _widest(fired: list[tuple[datetime, Hashable]], seconds: int) -> int:
    """The most subjects that fired within so many seconds."""
    fired.sort(key=lambda pair: pair[0])
    moments = [at for at, _subject in fired]
    inside: Counter[Hashable] = Counter()
    first = most = 0
    for at, subject in fired:
        begin = bisect_left(moments, at - timedelta(seconds=seconds), first)
        for _at, gone in fired[first:begin]:
            inside[gone] -= 1
            if not inside[gone]:
                del inside[gone]
        first = begin
        inside[subject] += 1
        most = max(most, len(inside))
    return most
