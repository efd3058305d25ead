"""How well falls are found in persons never learned from: everything chosen without them, then played as a stream."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from zhili.scenarios.eldercare.falls.learning import Choice, Held, Peak, choose, fit
from zhili.scenarios.eldercare.falls.stream import Detector
from zhili.scenarios.eldercare.falls.trials import Trial, by_person, plain_peaks, streamed, thinned

RESAMPLES = 5_000
THRESHOLD = 0.5


@dataclass(frozen=True, slots=True)
class Result:
    """One trial of a person left out. `best`: the highest likelihood where an alarm would be right (in a fall) or
    wrong (in a daily act); `alarms`: how many would be wrong; `plain_best`, `plain_alarms`: the plain threshold's, in
    multiples of its threshold; `slowed`: `best` of a daily act thinned to the rate of the falls."""

    trial: Trial
    best: float
    alarms: int
    plain_best: float
    plain_alarms: int
    slowed: float

    @property
    def right(self) -> bool:
        return (self.best >= THRESHOLD) == (self.trial.fall is not None)

    @property
    def plain_right(self) -> bool:
        return (self.plain_best >= 1) == (self.trial.fall is not None)


def left_out(
    trials: Sequence[Trial], given: Sequence[Peak], tell: Callable[[str], None] = lambda _: None
) -> tuple[list[Result], dict[str, Choice]]:
    """Every person left out once: choice, fit and threshold from the others alone; and what was chosen."""
    results: list[Result] = []
    choices: dict[str, Choice] = {}
    for person, own in by_person(trials).items():
        others = [trial for trial in trials if trial.person != person]
        learned_from = [peak for peak in given if peak.trial.person != person]
        choice, threshold, _ = choose(learned_from, others)
        detector = Detector(fit(learned_from, choice, threshold))
        limit = plain_threshold(others)
        results += [judged(detector, limit, trial) for trial in own]
        choices[person] = choice
        right = sum(result.right for result in results if result.trial.person == person)
        tell(f"{person}: {right}/{len(own)} right, {choice.features}, {choice.width}, {choice.ridge}")
    return results, choices


def judged(detector: Detector, limit: float, trial: Trial) -> Result:
    """What the stream detector, and the plain threshold, say of a trial."""
    best, alarms = _counted(trial, streamed(detector, trial), THRESHOLD)
    plain_best, plain_alarms = _counted(trial, plain_peaks(trial), limit)
    slow = best
    if trial.fall is None:
        slow = max((value for _, value in streamed(detector, thinned(trial))), default=0.0)
    return Result(trial, best, alarms, plain_best / limit, plain_alarms, slow)


def plain_threshold(trials: Sequence[Trial]) -> float:
    """The magnitude that does best on these trials, chosen as the model's threshold is."""
    best = np.array([_counted(trial, plain_peaks(trial), np.inf)[0] for trial in trials])
    return Held(np.array([trial.fall is not None for trial in trials]), best).threshold()


def _counted(trial: Trial, said: Iterable[tuple[float, float]], limit: float) -> tuple[float, int]:
    best, alarms = 0.0, 0
    for second, value in said:
        if trial.falling(second) or trial.fall is None:
            best = max(best, value)
        if value >= limit and trial.innocent(second):
            alarms += 1
    return best, alarms


def wilson(right: int, of: int) -> tuple[float, float]:
    """The 95% interval of a share, as if each trial stood for itself."""
    z = 1.959964
    share = right / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def clustered(right: Sequence[bool], persons: Sequence[str]) -> tuple[float, float]:
    """The 95% interval by drawing whole persons again: trials of one person are alike."""
    names = sorted(set(persons))
    counts = np.array([[sum(1 for p in persons if p == name) for name in names]])[0]
    good = np.array([sum(ok for ok, p in zip(right, persons, strict=True) if p == name) for name in names])
    drawn = np.random.default_rng(2026).integers(0, len(names), (RESAMPLES, len(names)))
    shares = good[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.quantile(shares, (0.025, 0.975))
    return float(low), float(high)
