"""How well triage judges: categories by cross-validation, likely duplicates on hand-labelled pairs, with baselines.

    python -m bench.triage_figures [rounds]

Categories: the 357 messages of ../shared/data/messages/labelled_sample.csv, first level, seven labels; five stratified
folds, three rounds by a fixed seed; every variant on the same folds. What is rare is counted on the learning folds and
on messages.csv (unlabelled; those that also stand in the sample are left out), never on the fold measured. "names":
each name of taxonomy.csv below a label is learned as a matter of a few words, weight one.

Duplicates: bench/data/triage_pairs.csv: pairs of messages.csv by id with "same" 1, 0 or empty (could not be told),
labelled by hand by one reader of title and opening words. Drawn by seed from all pairs of TF-IDF cosine 0.12 or more,
40, 50, 60, 50, 30 and 10 from strata beginning at 0.12, 0.18, 0.25, 0.35, 0.5 and 0.8, which hold 2301, 1000, 457, 137,
88 and 217 pairs: estimates weigh each pair by its stratum. The messages have no coordinates: places are CONSTRUCTED
(same matter: both points off by 30 m, standard deviation each way; different matters: anywhere within 300 m, the
hardest there is), times are those of the messages.
"""

from __future__ import annotations

import csv
import os
import random
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
ROOT = Path(__file__).parents[1]
MESSAGES = Path(os.environ.get("ZHILI_SHARED", ROOT.parent / "shared")) / "data" / "messages"
HELD = {"0.12": 2301, "0.18": 1000, "0.25": 457, "0.35": 137, "0.50": 88, "0.80": 217}
SEED, ROUNDS = 2026, 3
REACH = 300.0


def main() -> int:
    if not MESSAGES.exists():
        print(f"skipped: {MESSAGES} is not on this machine (the data are not part of the project)")
        return 0
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhili.conf.settings")
    os.environ.setdefault("ZHILI_SECRET_KEY", "only for measuring")
    django.setup()
    from bench import machine

    print(machine.line())
    categories(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
    duplicates()
    return 0


def read_csv(name: str) -> list[dict[str, str]]:
    csv.field_size_limit(10**9)
    with (MESSAGES / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


# --- categories -------------------------------------------------------------------------------------------


def categories(rounds: int) -> None:
    import numpy as np
    from sklearn.metrics import f1_score

    from zhili.core.cases.triage import naming, training
    from zhili.core.cases.triage.reading import read

    labelled, taxonomy = read_csv("labelled_sample.csv"), read_csv("taxonomy.csv")
    own = {row["text"].strip() for row in labelled}
    labels = sorted({row["category"] for row in labelled})
    truth = np.array([labels.index(row["category"]) for row in labelled])
    plain = [read(row["text"], row["title"]) for row in labelled]
    others = [read(r["text"], r["title"]) for r in read_csv("messages.csv") if r["text"].strip() not in own]
    reader = naming.Reader()
    nameless, aside = [reader.read(text).text for text in plain], [reader.read(text).text for text in others]
    levels = ("level1", "level2", "level3")
    names = {
        label: sorted({row[level] for row in taxonomy if row["level1"] == label for level in levels})
        for label in labels
    }
    called, unnamed = training._Called.of(labels, names), training._Called.of(labels, {})
    print(
        f"\n{len(labelled)} messages, {len(labels)} labels: {dict(Counter(r['category'] for r in labelled))}"
    )
    print(f"{len(aside)} other messages as background; {training.FOLDS} folds, {rounds} rounds, seed {SEED}")
    scores: dict[str, list[tuple[float, float]]] = {}

    def note(name: str, guess: Any, tested: Any) -> None:
        right = truth[tested]
        macro = f1_score(right, guess, average="macro", zero_division=0)
        scores.setdefault(name, []).append((float((guess == right).mean()), float(macro)))

    alone = training.Reader(aside)
    alone_weights, alone_bias = training.fit(alone, [], np.array([], int), called, SEED)
    by_names = (alone.features(nameless) @ alone_weights.T + alone_bias).argmax(axis=1)
    by_all = _by_all_words(plain, labels, taxonomy)
    cut = [[_cut(getattr(text, part)) for text in nameless] for part in ("body", "head")]
    for _turn, learned, tested in training._folds(truth, SEED, rounds):
        usual = int(Counter(truth[learned].tolist()).most_common(1)[0][0])
        note("majority", np.full(len(tested), usual), tested)
        guess = training.by_keywords([plain[n] for n in tested], called.keywords, usual)
        note("keywords of the taxonomy", guess, tested)
        note("… words weighed over all labels of the taxonomy", by_all[tested], tested)
        note("names of labels alone, no decided matter", by_names[tested], tested)
        note("words by jieba, title and text", _by_words(cut, truth, learned, tested), tested)
        for texts, background, variants in (
            (
                nameless,
                aside,
                {
                    "as built: characters, title, background, names": called,
                    "… without names of labels": unnamed,
                },
            ),
            (plain, others, {"… with people's names left in": called}),
            (nameless, [], {"… without names of labels and background": unnamed}),
        ):
            learning = [texts[n] for n in learned]
            pieces = training.Reader(learning + background)
            there = pieces.features([texts[n] for n in tested])
            for name, by in variants.items():
                weights, bias = training.fit(pieces, learning, truth[learned], by, SEED)
                note(name, (there @ weights.T + bias).argmax(axis=1), tested)
    print(f"{'':<52}{'accuracy':>18}{'macro F1':>18}   (mean, standard deviation over folds)")
    for name, found in scores.items():
        accuracy, macro = np.array(found).T
        print(
            f"{name:<52}{accuracy.mean():>10.3f} ± {accuracy.std():.3f}{macro.mean():>10.3f} ± {macro.std():.3f}"
        )


def _by_all_words(texts: list[Any], labels: list[str], taxonomy: list[dict[str, str]]) -> Any:
    """The keyword baseline knowing also which words stand below labels that the sample does not have."""
    import numpy as np

    words: dict[str, set[str]] = {}
    for row in taxonomy:
        named = " ".join((row["level1"], row["level2"], row["level3"]))
        words.setdefault(row["level1"], set()).update(_cut(named))
    spread = Counter(word for each in words.values() for word in each)
    return np.array(
        [
            int(
                np.argmax(
                    [sum(1 / spread[w] for w in sorted(words[label]) if w in text.body) for label in labels]
                )
            )
            for text in texts
        ]
    )


def _cut(text: str) -> list[str]:
    import jieba

    return [word for word in jieba.lcut(text) if len(word) > 1]


def _by_words(cut: list[list[list[str]]], truth: Any, learned: Any, tested: Any) -> Any:
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    parts = []
    for texts in cut:
        reader = TfidfVectorizer(analyzer=lambda words: words, min_df=2, sublinear_tf=True)
        learning = reader.fit_transform([texts[n] for n in learned])
        parts.append((learning, reader.transform([texts[n] for n in tested])))
    machine = LinearSVC(C=0.3, class_weight="balanced", random_state=SEED)
    machine.fit(hstack([part[0] for part in parts]), truth[learned])
    return machine.predict(hstack([part[1] for part in parts]))


# --- duplicates -------------------------------------------------------------------------------------------


def duplicates() -> None:
    from zhili.core.cases.triage.likeness import Signs, likeness, rarity_of
    from zhili.core.cases.triage.reading import read
    from zhili.core.cases.triage.similar import FLOOR, WORDS_FLOOR, scored

    rows = {row["id"]: row for row in read_csv("messages.csv")}
    with (ROOT / "bench" / "data" / "triage_pairs.csv").open(newline="") as file:
        pairs = [pair for pair in csv.DictReader(file) if pair["same"]]
    drawn = Counter(pair["stratum"] for pair in pairs)
    rarity = rarity_of(_background(list(rows.values())))
    signs = {
        row: Signs(read(rows[row]["text"], rows[row]["title"]), rarity)
        for p in pairs
        for row in (p["a"], p["b"])
    }
    draw = random.Random(SEED)
    table = []
    for pair in pairs:
        same = pair["same"] == "1"
        words = likeness(signs[pair["a"]], signs[pair["b"]])
        days = abs((_at(rows[pair["a"]]) - _at(rows[pair["b"]])).total_seconds()) / 86_400
        jitter = abs(complex(*(draw.gauss(0, 30) - draw.gauss(0, 30) for _ in "xy")))
        metres = jitter if same else REACH * draw.random() ** 0.5
        near = days <= 90 and words >= WORDS_FLOOR and scored(words, metres, days, REACH) >= FLOOR
        table.append((same, words, metres, days, near, HELD[pair["stratum"]] / drawn[pair["stratum"]]))
    within = [row for row in table if row[3] <= 90]
    print(f"\n{len(pairs)} labelled pairs, {sum(r[0] for r in table)} the same; {len(within)} within 90 days")
    print(f"{'':<58}{'precision':>11}{'recall':>9}   weighed by stratum")
    for at in (0.15, 0.25, 0.35):
        _line(f"words alone, likeness ≥ {at} (no place)", [(r[0], r[1] >= at, r[5]) for r in within])
    _line(
        "baseline: within 100 m and 7 days, no words",
        [(r[0], r[2] <= 100 and r[3] <= 7, r[5]) for r in within],
    )
    _line("baseline: within 300 m (all of them)", [(r[0], r[2] <= 300, r[5]) for r in within])
    _line("as built: place (constructed), time and words", [(r[0], r[4], r[5]) for r in within])
    _line("… the same, more than 90 days apart counted as missed", [(r[0], r[4], r[5]) for r in table])


def _line(name: str, judged: list[tuple[bool, bool, float]]) -> None:
    def shares(weigh: Any) -> tuple[float, float]:
        hit = sum(weigh(w) for same, found, w in judged if same and found)
        said, there = (sum(weigh(row[2]) for row in judged if row[n]) for n in (1, 0))
        return hit / said if said else 0.0, hit / there if there else 0.0

    plain, weighed = shares(lambda w: 1.0), shares(lambda w: w)
    print(f"{name:<58}{plain[0]:>11.3f}{plain[1]:>9.3f}   {weighed[0]:.3f} {weighed[1]:.3f}")


def _at(row: dict[str, str]) -> datetime:
    text = " ".join(row["posted_at"].replace("-", "/").split())
    return datetime.strptime(text, "%Y/%m/%d %H:%M:%S" if text.count(":") == 2 else "%Y/%m/%d %H:%M")


def _background(rows: list[dict[str, str]]) -> Any:
    """Only how rare pieces are, as a model of a site would know it."""
    from dataclasses import dataclass

    from zhili.core.cases.triage.reading import read
    from zhili.core.cases.triage.training import Reader

    @dataclass
    class Known:
        rarities: tuple[list[float], float]
        body_at: dict[str, int]

    found = Reader([read(row["text"], row["title"]) for row in rows])
    idf = found.idf[: len(found.body)].tolist()
    return Known((idf, max(idf)), {piece: n for n, piece in enumerate(found.body)})


if __name__ == "__main__":
    sys.exit(main())
