"""Learns from the peaks of some persons' trials, and chooses by leaving persons out among those alone."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zhili.scenarios.eldercare.falls.features import NAMES, Numbers, vector
from zhili.scenarios.eldercare.falls.model import Model, cosines, directions
from zhili.scenarios.eldercare.falls.resampling import Rows
from zhili.scenarios.eldercare.falls.stream import Detector
from zhili.scenarios.eldercare.falls.trials import Trial, streamed

SEED: Final = "zhili falls 2026"
COSINES: Final = 1000
FOLDS: Final = 5
ATTITUDE: Final = tuple(name for name in NAMES if name[-2:] in ("_x", "_y", "_z"))
SETS: Final = {"all": NAMES, "no attitude": tuple(name for name in NAMES if name not in ATTITUDE)}


@dataclass(frozen=True, slots=True)
class Choice:
    """What is chosen among: the features, the kernel's width, how stiff the ridge."""

    features: str
    width: float
    ridge: float


CHOICES: Final = tuple(itertools.starmap(Choice, itertools.product(SETS, (0.005, 0.01), (1.0,))))


@dataclass(frozen=True, slots=True)
class Peak:
    """A peak of a trial. `label`: 1 the fall, 0 certainly none, -1 neither (what follows a fall)."""

    trial: Trial
    second: float
    label: int
    features: Numbers


class _Noting(Model):
    """A model that only notes what it is asked about: the peaks are those the stream itself finds."""

    noted: list[Numbers]

    def likelihood(self, window: Rows) -> float:
        self.noted.append(vector(window))
        return 0.0


def peaks(trials: Iterable[Trial]) -> list[Peak]:
    """Every peak the stream would judge, with its features."""
    empty = np.empty(0)
    noting = _Noting((), empty, empty, 0.0, "", empty, 0.0, {})
    detector, found = Detector(noting), []
    for trial in trials:
        object.__setattr__(noting, "noted", [])
        for (second, _), told in zip(streamed(detector, trial), noting.noted, strict=True):
            label = 1 if trial.falling(second) else 0 if trial.innocent(second) else -1
            found.append(Peak(trial, second, label, told))
    return found


def fit(given: Sequence[Peak], choice: Choice, threshold: float = 0.0) -> Model:
    """Ridge regression on cosine features, both classes weighing the same."""
    used = [peak for peak in given if peak.label >= 0]
    truth = np.array([peak.label for peak in used])
    names = SETS[choice.features]
    table = np.array([peak.features for peak in used])[:, [NAMES.index(name) for name in names]]
    mean, scale = table.mean(axis=0), table.std(axis=0) + 1e-9
    ways = directions(SEED, len(names), COSINES, choice.width)
    waves = cosines(np.clip((table - mean) / scale, -4, 4), *ways)
    weight = np.where(truth == 1, 0.5 / max(truth.mean(), 1e-9), 0.5 / max(1 - truth.mean(), 1e-9))
    weighed = waves * weight[:, None]
    left = waves.T @ weighed + choice.ridge * np.eye(waves.shape[1])
    coefficients = np.linalg.solve(left, weighed.T @ np.where(truth == 1, 1.0, -1.0))
    return Model(names, mean, scale, choice.width, SEED, coefficients, threshold, {})


@dataclass(frozen=True, slots=True)
class Held:
    """Scores of persons not learned from, by trial: the highest where it should (or should not) be high."""

    truth: NDArray[np.bool_]
    score: Numbers

    def area(self) -> float:
        """Under the ROC curve: how often a fall scores above a daily act."""
        falls, acts = self.score[self.truth], self.score[~self.truth]
        return float((falls[:, None] > acts).mean() + 0.5 * (falls[:, None] == acts).mean())

    def threshold(self) -> float:
        """Where the lesser of sensitivity and specificity is largest; in the middle of where it is."""
        scores = np.unique(self.score[np.isfinite(self.score)])
        between = (scores[1:] + scores[:-1]) / 2
        falls, acts = np.sort(self.score[self.truth]), np.sort(self.score[~self.truth])
        right = 1 - np.searchsorted(falls, between) / len(falls)
        lesser = np.minimum(right, np.searchsorted(acts, between) / len(acts))
        return float(np.median(between[lesser == lesser.max()]))


def by_trial(given: Sequence[Peak], scores: Numbers, trials: Sequence[Trial]) -> Held:
    """A trial without any peak to judge scores below all: a fall in it is missed, an act in it passes."""
    best = {trial.name: -np.inf for trial in trials}
    for peak, score in zip(given, scores, strict=True):
        if peak.label == (0 if peak.trial.fall is None else 1):
            best[peak.trial.name] = max(best[peak.trial.name], float(score))
    truth = np.array([trial.fall is not None for trial in trials])
    return Held(truth, np.array([best[trial.name] for trial in trials]))


def choose(given: Sequence[Peak], trials: Sequence[Trial]) -> tuple[Choice, float, dict[Choice, float]]:
    """(choice, threshold, area under the curve of each choice), persons left out five groups at a time."""
    persons = sorted({trial.person for trial in trials})
    group = {person: number % FOLDS for number, person in enumerate(persons)}
    areas: dict[Choice, float] = {}
    held: dict[Choice, Held] = {}
    table = np.array([peak.features for peak in given])
    groups = np.array([group[peak.trial.person] for peak in given])
    for choice in CHOICES:
        scores = np.empty(len(given))
        for fold in range(FOLDS):
            model = fit([peak for peak, own in zip(given, groups, strict=True) if own != fold], choice)
            scores[groups == fold] = model.scores(table[groups == fold])
        held[choice] = by_trial(given, scores, trials)
        areas[choice] = held[choice].area()
    best = max(CHOICES, key=lambda choice: areas[choice])
    return best, held[best].threshold(), areas


def learned(given: Sequence[Peak], trials: Sequence[Trial]) -> Model:
    """The model of these persons: chosen, fitted to all of them, with its threshold."""
    choice, threshold, _ = choose(given, trials)
    return fit(given, choice, threshold)
