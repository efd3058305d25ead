"""What the model would call a matter, and why in words. Below its floor it says nothing; it never decides."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from zhili.core.cases.triage.model import Model, Numbers
from zhili.core.cases.triage.reading import BODY_GRAMS, HEAD_GRAMS, Text, pieces

SPOKEN = 3
"""So many words are given as reasons."""
TELLING = 1.5
"""A reason stands so many times as often with its label as with any."""


@dataclass(frozen=True)
class Word:
    """A word of the text that spoke for the label: of ``matters`` decided matters with it, ``so`` were called that."""

    word: str
    so: int
    matters: int


@dataclass(frozen=True)
class Said:
    """A label, how sure (0 to 1, as often right in cross-validation), and the words that spoke for it."""

    label: str
    confidence: float
    words: list[Word]


def say(model: Model, text: Text) -> Said | None:
    """The likeliest label; None when it is below the floor or no word of the text can be given as a reason."""
    index, values = model.features(text)
    chances = model.chances(index, values)
    best = int(chances.argmax())
    if chances[best] < model.floor:
        return None
    words = _words_for(model, text, best, index, values)
    return Said(model.labels[best], float(chances[best]), words) if words else None


def _words_for(model: Model, text: Text, label: int, index: Numbers, values: Numbers) -> list[Word]:
    """The known words whose characters spoke most for the label, as against the other labels, strongest first."""
    weights = model.weights[:, index].astype(np.float32)
    against = (weights.sum(axis=0) - weights[label]) / max(1, len(model.labels) - 1)
    worth = dict(zip(index.tolist(), (values * (weights[label] - against)).tolist(), strict=True))
    spoke: defaultdict[str, float] = defaultdict(float)
    _add(spoke, model, text.body, model.body_at, BODY_GRAMS, worth)
    _add(spoke, model, text.head, model.head_at, HEAD_GRAMS, worth)
    found = []
    for word in sorted((w for w in spoke if spoke[w] > 0), key=lambda w: -spoke[w]):
        counts = model.counts_of(word)
        so, matters = counts.get(model.labels[label], 0), sum(counts.values())
        # a word that stands as often elsewhere would be an odd reason, whatever its characters say
        if so > 1 and so * model.decided > TELLING * matters * model.decided_as[label]:
            found.append(Word(word, so, matters))
        if len(found) == SPOKEN:
            break
    return found


def _add(
    spoke: defaultdict[str, float],
    model: Model,
    text: str,
    known: dict[str, int],
    sizes: tuple[int, int],
    worth: dict[int, float],
) -> None:
    """Share what each piece is worth among the characters it covers, and add them up by word."""
    at: Numbers = np.zeros(len(text) + 1)
    found = [(known[p], begin, end) for p, begin, end in pieces(text, *sizes) if p in known]
    times: defaultdict[int, int] = defaultdict(int)
    for n, _begin, _end in found:
        times[n] += 1
    for n, begin, end in found:
        at[begin:end] += worth.get(n, 0.0) / times[n] / (end - begin)
    for begin, end in segmented(model, text):
        spoke[text[begin:end]] += float(at[begin:end].sum())


def segmented(model: Model, text: str) -> list[tuple[int, int]]:
    """Where the known words stand, the longest first at each place. The words were told apart when it learned."""
    found, at = [], 0
    while at < len(text):
        for size in range(min(model.longest_word, len(text) - at), 1, -1):
            if text[at : at + size] in model.word_at:
                found.append((at, at + size))
                at += size
                break
        else:
            at += 1
    return found
