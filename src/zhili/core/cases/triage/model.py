"""What was learned, as plain numbers: kept in one file that holds no code, and asked with numpy alone.

A linear model over pieces of characters: of the title (or the first words) and of the whole text, each weighed by how
rare it is and scaled to length one. The file is an ``.npz`` read with ``allow_pickle=False``.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from zhili.core.cases.triage.reading import BODY_GRAMS, HEAD_GRAMS, Text, grams

FORMAT = 1
Numbers = np.ndarray[Any, np.dtype[Any]]


class Unreadable(ValueError):
    """The file is not a model of this version; whoever asks then says nothing."""


@dataclass(frozen=True)
class Model:
    """``weights``: labels × (body pieces, then head pieces). ``words``: known words, for saying why.

    ``words_from``/``words_label``/``words_count``: of each word, in how many decided matters of which label it stands
    (rows one after the other, as in a sparse matrix). ``about``: date, counts and figures, JSON.
    """

    labels: list[str]
    body: list[str]
    head: list[str]
    idf: Numbers
    weights: Numbers
    bias: Numbers
    words: list[str]
    words_from: Numbers
    words_label: Numbers
    words_count: Numbers
    scale: float
    floor: float
    about: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def stamp(self) -> str:
        """The first digits of the digest of what it says: which model a count belongs to."""
        parts = json.dumps([self.labels, self.about.get("at", ""), self.scale, self.floor]).encode()
        return hashlib.sha256(parts + self.weights.tobytes()).hexdigest()[:12]

    @cached_property
    def body_at(self) -> dict[str, int]:
        return {piece: n for n, piece in enumerate(self.body)}

    @cached_property
    def head_at(self) -> dict[str, int]:
        return {piece: len(self.body) + n for n, piece in enumerate(self.head)}

    @cached_property
    def word_at(self) -> dict[str, int]:
        return {word: n for n, word in enumerate(self.words)}

    @cached_property
    def rarities(self) -> tuple[list[float], float]:
        """How rare each piece is, and how rare the rarest."""
        values = self.idf.tolist()
        return values, max(values, default=1.0)

    @cached_property
    def decided_as(self) -> list[int]:
        """Decided matters of each label."""
        counted = self.about.get("labels", {})
        return [int(counted.get(label, 0)) for label in self.labels]

    @cached_property
    def decided(self) -> int:
        return sum(self.decided_as)

    @cached_property
    def longest_word(self) -> int:
        return max(map(len, self.words), default=0)

    def features(self, text: Text) -> tuple[Numbers, Numbers]:
        """(indices, values) of what of the text is known."""
        blocks = [
            self._block(text.body, self.body_at, BODY_GRAMS),
            self._block(text.head, self.head_at, HEAD_GRAMS),
        ]
        return np.concatenate([b[0] for b in blocks]), np.concatenate([b[1] for b in blocks])

    def _block(self, text: str, known: dict[str, int], sizes: tuple[int, int]) -> tuple[Numbers, Numbers]:
        counted = Counter(known[piece] for piece in grams(text, *sizes) if piece in known)
        index = np.fromiter(counted, dtype=np.int64, count=len(counted))
        values = np.array([1 + math.log(n) for n in counted.values()]) * self.idf[index]
        length = float(np.linalg.norm(values))
        return index, values / length if length else values

    def chances(self, index: Numbers, values: Numbers) -> Numbers:
        """How likely each label is, summing to one; the scale was fitted on matters not learned from."""
        scores = (self.weights[:, index].astype(np.float32) @ values + self.bias) * self.scale
        grown = np.exp(scores - scores.max())
        return np.asarray(grown / grown.sum())

    def counts_of(self, word: str) -> dict[str, int]:
        """In how many decided matters of each label the word stands."""
        at = self.word_at.get(word)
        if at is None:
            return {}
        rows = slice(int(self.words_from[at]), int(self.words_from[at + 1]))
        labels, counts = self.words_label[rows].tolist(), self.words_count[rows].tolist()
        return {self.labels[label]: int(n) for label, n in zip(labels, counts, strict=True)}


def save(model: Model, path: Path) -> None:
    """Whole or not at all: processes that read it go on with the old one until the new one is in place."""
    out = io.BytesIO()
    arrays: dict[str, Numbers] = {
        "about": _bytes(model.about),
        "lists": _bytes([model.labels, model.body, model.head, model.words]),
        "numbers": np.array([FORMAT, model.scale, model.floor], dtype=np.float64),
        "idf": model.idf.astype(np.float32),
        "weights": model.weights.astype(np.float16),
        "bias": model.bias.astype(np.float32),
        "words_from": model.words_from.astype(np.uint32),
        "words_label": model.words_label.astype(np.uint16),
        "words_count": model.words_count.astype(np.uint32),
    }
    np.savez_compressed(out, allow_pickle=False, **arrays)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(out.getvalue())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def load(path: Path) -> Model:
    """Raises Unreadable for a damaged or foreign file, FileNotFoundError for none. Nothing in it is executed."""
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as kept:
            version, scale, floor = kept["numbers"].tolist()
            if version != FORMAT:
                raise Unreadable(f"{path.name}: format {version}")
            labels, body, head, words = json.loads(kept["lists"].tobytes())
            model = Model(
                labels, body, head, kept["idf"], kept["weights"], kept["bias"],
                words, kept["words_from"], kept["words_label"], kept["words_count"],
                float(scale), float(floor), json.loads(kept["about"].tobytes()),
            )  # fmt: skip
    except FileNotFoundError:
        raise
    except Unreadable:
        raise
    except Exception as error:  # whatever a damaged archive may raise
        raise Unreadable(f"{path.name}: {type(error).__name__}") from error
    _agree(model, path)
    return model


def _agree(model: Model, path: Path) -> None:
    pieces = len(model.body) + len(model.head)
    sound = (
        model.weights.shape == (len(model.labels), pieces)
        and model.bias.shape == (len(model.labels),)
        and model.idf.shape == (pieces,)
        and model.words_from.shape == (len(model.words) + 1,)
        and model.words_label.shape == model.words_count.shape == (int(model.words_from[-1]),)
        and bool(np.isfinite(model.weights).all())
    )
    if not sound:
        raise Unreadable(f"{path.name}: its parts do not fit together")


def _bytes(value: Any) -> Numbers:
    return np.frombuffer(json.dumps(value, ensure_ascii=False).encode(), dtype=np.uint8)
