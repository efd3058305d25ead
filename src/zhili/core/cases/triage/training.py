"""Learning the categories offices decide. Only here scikit-learn and jieba are needed, and only while learning.

What is measured is measured on matters not learned from (stratified cross-validation, repeated, by a fixed seed); how
rare a piece is comes from the learning part and from matters nobody has decided, never from the part measured on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from zhili.core.cases.triage import naming
from zhili.core.cases.triage.examples import Example
from zhili.core.cases.triage.model import Model, Numbers
from zhili.core.cases.triage.reading import BODY_GRAMS, HEAD_GRAMS, Text, clean, grams

SEED = 2026
FOLDS = 5
FEWEST = 200
"""Decided matters below which nothing is learned."""
FEWEST_EACH = 10
"""Decided matters of a category below which it is never suggested."""
SHARED = 5
"""A piece or word is learned only if it stands in so many different matters: what one person wrote of one person
does not."""
PIECES = 20_000
"""Pieces kept of titles, and of texts: the commonest."""
MANY = 10_000
"""Above so many examples one round of cross-validation is enough."""
SOFTNESS = 0.3
"""C of the machines: how much a single matter may bend the line."""
LEAST = 0.5
"""Nothing is suggested that is likelier wrong than right."""
FLOOR_FEWEST = 20
NEVER = 2.0
"""A floor no confidence reaches."""


class TooFew(ValueError):
    """Not enough was decided to learn from; str() says what there is and what is needed."""


@dataclass(frozen=True)
class Held:
    """Of matters held back from learning: how the model, and each baseline, did in every fold."""

    accuracy: dict[str, list[float]]
    macro: dict[str, list[float]]
    scores: Numbers
    truth: Numbers


def learn(
    given: Iterable[Example],
    at: datetime,
    *,
    right: float = 0.8,
    names: Mapping[str, Sequence[str]] | None = None,
    seed: int = SEED,
    repeats: int = 3,
) -> Model:
    """A model with its figures. ``right``: how often suggestions must be right among matters held back; the floor is
    the least confidence, one in two at least, at which they are.

    ``names``: what each label is called, its keywords among them, each learned as a matter of few words; the keyword
    baseline is made of the same. The same examples in the same order and the same seed give the same model.
    Raises TooFew.
    """
    decided, background = _sorted_out(given)
    labels = _learnable(decided)
    nameless = naming.Reader()
    texts = [nameless.read(one.text) for one in decided]
    aside = [nameless.read(text).text for text in background]
    truth = np.array([labels.index(one.label) if one.label in labels else -1 for one in decided])
    called = _Called.of(labels, names or {})
    rounds = 1 if len(decided) > MANY else repeats
    held = _hold_back(texts, truth, aside, called, seed, rounds)
    scale = _scale(held)
    floor, share, hit = _floor(held, scale, right)
    known = np.flatnonzero(truth >= 0)
    reader = Reader([texts[n].text for n in known] + aside)
    weights, bias = fit(reader, [texts[n].text for n in known], truth[known], called, seed)
    words, rows = _count_words([texts[n].words for n in known], truth[known])
    about = {
        "at": at.isoformat(),
        "matters": len(decided),
        "background": len(background),
        "labels": {label: int((truth == n).sum()) for n, label in enumerate(labels)},
        "left_out": int((truth < 0).sum()),
        "pieces": len(reader.idf),
        "names_left_out": nameless.left_out,
        "seed": seed,
        "folds": FOLDS,
        "rounds": rounds,
        "right": right,
        "spoken": share,
        "right_when_spoken": hit,
        "figures": {
            name: {
                "accuracy": [float(np.mean(held.accuracy[name])), float(np.std(held.accuracy[name]))],
                "macro_f1": [float(np.mean(held.macro[name])), float(np.std(held.macro[name]))],
            }
            for name in held.accuracy
        },
    }
    return Model(
        labels, reader.body, reader.head, reader.idf.astype(np.float32), weights.astype(np.float16),
        bias.astype(np.float32), words, *rows, scale, floor, about,
    )  # fmt: skip


def _sorted_out(given: Iterable[Example]) -> tuple[list[Example], list[Text]]:
    """(decided, not decided); the same words decided the same way count once, lest copies be learned and tested."""
    decided: dict[tuple[Text, str], Example] = {}
    background: dict[Text, None] = {}
    for one in given:
        if not one.text.body.strip():
            continue
        if one.label:
            decided.setdefault((one.text, one.label), one)
        else:
            background.setdefault(one.text)
    return list(decided.values()), list(background)


def _learnable(decided: list[Example]) -> list[str]:
    counted = Counter(one.label for one in decided)
    labels = sorted(label for label, n in counted.items() if n >= FEWEST_EACH)
    if len(decided) < FEWEST or len(labels) < 2:
        raise TooFew(
            _(
                "可学的太少：单位核定过分类、文字不同的事项 %(there)s 件，其中满 %(each)s 件的分类 %(labels)s 个；"
                "至少要 %(needed)s 件、2 个分类。没有改动，原有模型照用。"
            )
            % {"there": len(decided), "each": FEWEST_EACH, "labels": len(labels), "needed": FEWEST}
        )
    return labels


@dataclass(frozen=True)
class _Called:
    """What labels are called: as short texts with the number of their label, and as keywords by label."""

    texts: list[Text]
    labels: list[int]
    keywords: list[frozenset[str]]

    @classmethod
    def of(cls, labels: list[str], names: Mapping[str, Sequence[str]]) -> _Called:
        cut = naming.Reader()
        by_label = [sorted({name for name in names.get(label, ()) if name.strip()}) for label in labels]
        return cls(
            [Text(clean(name), clean(name)) for each in by_label for name in each],
            [n for n, each in enumerate(by_label) for _name in each],
            [frozenset(w for name in each for w in cut.words(clean(name))) for each in by_label],
        )


class Reader:
    """The pieces known and how rare they are, from some texts; any text as features, two blocks of length one."""

    def __init__(self, texts: list[Text]) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        options: dict[str, Any] = {"min_df": SHARED, "max_features": PIECES, "sublinear_tf": True}
        self._body = TfidfVectorizer(analyzer=_body_grams, **options).fit(texts)
        self._head = TfidfVectorizer(analyzer=_head_grams, **options).fit(texts)
        self.body, self.head = (v.get_feature_names_out().tolist() for v in (self._body, self._head))
        self.idf: Numbers = np.concatenate([self._body.idf_, self._head.idf_])

    def features(self, texts: list[Text]) -> Any:
        """A sparse matrix, a row for each text."""
        from scipy.sparse import hstack

        return hstack([self._body.transform(texts), self._head.transform(texts)], format="csr")


def _body_grams(text: Text) -> list[str]:
    return grams(text.body, *BODY_GRAMS)


def _head_grams(text: Text) -> list[str]:
    return grams(text.head, *HEAD_GRAMS)


def fit(
    reader: Reader, texts: list[Text], truth: Numbers, called: _Called, seed: int
) -> tuple[Numbers, Numbers]:
    """(labels × pieces, labels): one linear support vector machine for each label against the rest."""
    from sklearn.svm import LinearSVC

    rows = reader.features([*texts, *called.texts])
    answers = np.concatenate([truth, np.array(called.labels, dtype=truth.dtype)])
    machine = LinearSVC(C=SOFTNESS, class_weight="balanced", random_state=seed).fit(rows, answers)
    weights, bias = machine.coef_, machine.intercept_
    if len(weights) == 1:  # two labels share one line between them
        weights, bias = np.vstack([-weights, weights]), np.concatenate([-bias, bias])
    return weights, bias


def _hold_back(
    texts: list[naming.Told], truth: Numbers, aside: list[Text], called: _Called, seed: int, rounds: int
) -> Held:
    """Cross-validation. Matters of categories too rare to learn are tested on too, and always missed."""
    accuracy: dict[str, list[float]] = {}
    macro: dict[str, list[float]] = {}
    scores = np.zeros((rounds * len(texts), len(called.keywords)))
    for turn, learned, tested in _folds(truth, seed, rounds):
        learning = [texts[n].text for n in learned]
        reader = Reader(learning + aside)
        weights, bias = fit(reader, learning, truth[learned], called, seed)
        found = reader.features([texts[n].text for n in tested]) @ weights.T + bias
        scores[turn * len(texts) + tested] = found
        usual = int(Counter(truth[learned].tolist()).most_common(1)[0][0])
        guesses = {"model": found.argmax(axis=1), "majority": np.full(len(tested), usual)}
        if called.texts:
            guesses["keywords"] = by_keywords([texts[n].text for n in tested], called.keywords, usual)
        for name, guess in guesses.items():
            accuracy.setdefault(name, []).append(float((guess == truth[tested]).mean()))
            macro.setdefault(name, []).append(_macro(truth[tested], guess))
    return Held(accuracy, macro, scores, np.tile(truth, rounds))


def _folds(truth: Numbers, seed: int, rounds: int) -> Iterator[tuple[int, Numbers, Numbers]]:
    from sklearn.model_selection import RepeatedStratifiedKFold

    folds = RepeatedStratifiedKFold(n_splits=FOLDS, n_repeats=rounds, random_state=seed)
    for n, (learned, tested) in enumerate(folds.split(truth, truth)):
        yield n // FOLDS, learned[truth[learned] >= 0], tested


def _macro(truth: Numbers, guess: Numbers) -> float:
    from sklearn.metrics import f1_score

    return float(f1_score(truth, guess, average="macro", zero_division=0))


def by_keywords(texts: list[Text], keywords: list[frozenset[str]], usual: int) -> Numbers:
    """The label most of whose words stand in the text, rarer words counting more; the usual one where none does."""
    spread = Counter(word for words in keywords for word in words)
    found = []
    for text in texts:
        worth = [sum(1 / spread[w] for w in words if w in text.body) for words in keywords]
        best = int(np.argmax(worth))
        found.append(best if worth[best] > 0 else usual)
    return np.array(found)


def _chances(scores: Numbers, scale: float) -> Numbers:
    grown = np.exp((scores - scores.max(axis=1, keepdims=True)) * scale)
    return np.asarray(grown / grown.sum(axis=1, keepdims=True))


def _scale(held: Held) -> float:
    """What to multiply scores by, so that confidences are as often right as they say, on matters held back."""
    known = held.truth >= 0
    rows, truth = held.scores[known], held.truth[known]

    def surprise(scale: float) -> float:
        return float(-np.log(_chances(rows, scale)[np.arange(len(truth)), truth] + 1e-12).mean())

    return min((float(s) for s in np.geomspace(0.5, 20, 60)), key=surprise)


def _floor(held: Held, scale: float, right: float) -> tuple[float, float, float]:
    """(least confidence from which on suggestions were right often enough, share of matters there, share right)."""
    chances = _chances(held.scores, scale)
    sure, hit = chances.max(axis=1), chances.argmax(axis=1) == held.truth
    order = np.argsort(-sure, kind="stable")
    so_far = np.cumsum(hit[order]) / np.arange(1, len(order) + 1)
    many = np.arange(1, len(order) + 1) >= FLOOR_FEWEST
    # matters equally sure are said or kept back together
    parted = np.append(np.diff(sure[order]) < 0, True)
    enough = np.flatnonzero((so_far >= right) & many & parted & (sure[order] >= LEAST))
    if not len(enough):
        return NEVER, 0.0, 0.0
    last = int(enough[-1])
    return float(sure[order][last]), (last + 1) / len(order), float(so_far[last])


def _count_words(
    words: list[frozenset[str]], truth: Numbers
) -> tuple[list[str], tuple[Numbers, Numbers, Numbers]]:
    """Words that stand in enough matters, and for each in how many of which label."""
    everywhere = Counter(word for one in words for word in one)
    kept = sorted(w for w, n in everywhere.most_common(PIECES) if n >= SHARED)
    by_word: dict[str, Counter[int]] = {word: Counter() for word in kept}
    for one, label in zip(words, truth.tolist(), strict=True):
        for word in one & by_word.keys():
            by_word[word][label] += 1
    rows = [sorted(by_word[word].items()) for word in kept]
    begin = np.cumsum([0, *map(len, rows)])
    flat = [pair for row in rows for pair in row]
    return kept, (begin, np.array([a for a, _ in flat], int), np.array([n for _, n in flat], int))
