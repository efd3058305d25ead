"""The model's file is whole, says what it was learned from, and does on recorded trials what the document says."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from zhili.scenarios.eldercare.falls import filed, learning, model, proving, telling, train, trials
from zhili.scenarios.eldercare.falls.stream import Detector

ROOT = Path(__file__).resolve().parents[6]
DATA = Path(os.environ.get("ZHILI_SHARED", ROOT.parent / "shared")) / "data" / "wearable" / "accel.csv.gz"
PINNED = [-1.789312, -0.605238, 0.016568]
recorded = pytest.mark.skipif(not DATA.exists(), reason=f"recorded falls are not here: {DATA}")


def test_the_file_agrees_with_its_digest_and_an_altered_one_is_refused() -> None:
    raw = filed.FILE.read_bytes()
    shipped = model.read(raw)
    assert shipped.facts["persons"] == 17
    assert len(shipped.coefficients) == learning.COSINES + 1
    assert model.read(model.written(shipped)).sha256 == shipped.sha256
    body = json.loads(raw)
    for change in (
        {"threshold": body["threshold"] - 0.3},
        {"features": ["peak", "unknown"]},
        {"format": "other"},
    ):
        with pytest.raises(filed.BrokenModel):
            model.read(json.dumps(body | change).encode())
    with pytest.raises(filed.BrokenModel):
        model.read(b"[]")


def test_random_directions_are_the_same_everywhere_for_good() -> None:
    ways, phases = model.directions("seed", 3, 5, 0.5)
    assert ways.shape == (3, 5)
    again = model.directions("seed", 3, 5, 0.5)[0]
    assert (again == ways).all()
    assert np.round(ways[0, :3], 6).tolist() == PINNED
    many = model.directions("seed", 50, 400, 0.5)[0]
    assert abs(many.mean()) < 0.03
    assert many.std() == pytest.approx(1, abs=0.03)
    assert ((phases >= 0) & (phases < 2 * np.pi)).all()


def test_the_document_holds_the_figures_of_this_model() -> None:
    told = model.shipped().facts["left_out"]
    words = train.DOCUMENT.read_text()
    figures = words.partition(telling.BEGIN)[2].partition(telling.END)[0]
    assert f"= {told['sensitivity']:.1%}" in figures
    assert f"= {told['specificity']:.1%}" in figures
    assert telling.inserted(words, figures.strip()) == words


def test_intervals_of_shares() -> None:
    low, high = proving.wilson(95, 100)
    assert (round(low, 3), round(high, 3)) == (0.888, 0.978)
    low, high = proving.clustered([True] * 40 + [False] * 10, ["a"] * 25 + ["b"] * 25)
    assert (low, high) == (0.6, 1.0), "two persons only: nobody knows more"


@recorded
def test_a_few_persons_by_the_stream() -> None:
    """The whole proof takes minutes (below); here one old and two young persons, whom the shipped model knows."""
    some = [one for one in trials.load(DATA) if one.person in {"U10", "U13", "U21"}]
    limit = 30.0
    results = [proving.judged(Detector(), limit, one) for one in some if one.name.endswith("R01")]
    falls = [one for one in results if one.trial.fall]
    acts = [one for one in results if not one.trial.fall]
    assert len(falls) == 16
    assert sum(one.right for one in falls) >= 15
    assert sum(one.right for one in acts) >= len(acts) - 1
    assert sum(one.alarms for one in falls) == 0


@recorded
@pytest.mark.soak
def test_persons_left_out_as_the_document_says() -> None:
    read = trials.load(DATA)
    results, _ = proving.left_out(read, learning.peaks(read))
    told = model.shipped().facts["left_out"]
    assert telling.summary(results) == pytest.approx(told, abs=0.005)
