"""The shipped detector's numbers: read from one JSON file whose SHA-256 stands in it, run with numpy alone.

A ridge regression on random cosine features (Rahimi & Recht 2007), which is a kernel machine without any
example kept: the directions come from a named seed, so the file holds means, scales and coefficients only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final

import numpy as np

from zhili.scenarios.eldercare.falls import filed
from zhili.scenarios.eldercare.falls.features import NAMES, Numbers, vector
from zhili.scenarios.eldercare.falls.filed import BrokenModel
from zhili.scenarios.eldercare.falls.resampling import Rows

FARTHEST: Final = 4.0  # scales from the mean; what lies beyond was never learned from
STEEPNESS: Final = 4.0  # of the curve that makes 0..1 of a score; 0.5 is the chosen threshold


@dataclass(frozen=True, eq=False)
class Model:
    """`names`: the features used. `coefficients`: the constant first, then one per cosine."""

    names: tuple[str, ...]
    mean: Numbers
    scale: Numbers
    width: float  # gamma of the kernel exp(-gamma·d²)
    seed: str
    coefficients: Numbers
    threshold: float
    facts: Mapping[str, Any]
    sha256: str = ""

    @cached_property
    def _columns(self) -> list[int]:
        return [NAMES.index(name) for name in self.names]

    @cached_property
    def _directions(self) -> tuple[Numbers, Numbers]:
        return directions(self.seed, len(self.names), len(self.coefficients) - 1, self.width)

    def scores(self, vectors: Numbers) -> Numbers:
        """Of rows of all features, in the order of NAMES: below `threshold` for what is no fall."""
        scaled = np.clip((vectors[:, self._columns] - self.mean) / self.scale, -FARTHEST, FARTHEST)
        found: Numbers = cosines(scaled, *self._directions) @ self.coefficients
        return found

    def likelihood(self, window: Rows) -> float:
        """0..1 for a peak and what stands around it; 0.5 is the chosen threshold. No probability of real life:
        how rare falls are among peaks there, no laboratory knows."""
        score = float(self.scores(vector(window)[None, :])[0])
        return float(1 / (1 + np.exp(-STEEPNESS * (score - self.threshold))))


def directions(seed: str, inputs: int, size: int, width: float) -> tuple[Numbers, Numbers]:
    """Normal directions and phases from a seed by SHAKE-256 and Box-Muller: the same everywhere, for good."""
    needed = inputs * size + (inputs * size) % 2
    raw = np.frombuffer(hashlib.shake_256(seed.encode()).digest(8 * (needed + size)), "<u8")
    uniform: Numbers = np.asarray(((raw >> np.uint64(11)) + 0.5) / 2.0**53, np.float64)
    first, second = uniform[: needed // 2], uniform[needed // 2 : needed]
    radius = np.sqrt(-2 * np.log(first))
    normal = np.concatenate((radius * np.cos(2 * np.pi * second), radius * np.sin(2 * np.pi * second)))
    ways: Numbers = normal[: inputs * size].reshape(inputs, size) * float(np.sqrt(2 * width))
    phases: Numbers = uniform[needed:] * (2 * np.pi)
    return ways, phases


def cosines(scaled: Numbers, ways: Numbers, phases: Numbers) -> Numbers:
    """One and the cosine features of rows already scaled."""
    waves = np.sqrt(2 / len(phases)) * np.cos(scaled @ ways + phases)
    return np.concatenate((np.ones((len(scaled), 1)), waves), axis=1)


def written(model: Model) -> bytes:
    """The file's bytes."""
    return filed.sealed(
        {
            "format": filed.FORMAT, "features": list(model.names), "mean": _rounded(model.mean),
            "scale": _rounded(model.scale), "width": model.width, "seed": model.seed,
            "coefficients": _rounded(model.coefficients), "threshold": round(model.threshold, 9),
            "facts": dict(model.facts),
        }
    )  # fmt: skip


def read(raw: bytes) -> Model:
    """The model of a file's bytes. Raises BrokenModel."""
    body, digest = filed.opened(raw)
    try:
        names = tuple(body["features"])
        if not set(names) <= set(NAMES):
            raise BrokenModel("made for other features")
        return Model(
            names, np.array(body["mean"]), np.array(body["scale"]), body["width"], body["seed"],
            np.array(body["coefficients"]), body["threshold"], body["facts"], digest,
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BrokenModel(str(error)) from error


@lru_cache(maxsize=1)
def shipped() -> Model:
    """The model of this version."""
    return read(filed.FILE.read_bytes())


def _rounded(numbers: Numbers) -> list[float]:
    return [round(float(one), 9) for one in numbers]
