"""Learns the shipped model and proves it: python -m zhili.scenarios.eldercare.falls.train DATA [--write]

DATA: accel.csv.gz. Without --write it only prints the figures. One core, a few minutes; the same every time.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from dataclasses import asdict, replace
from pathlib import Path

from zhili.scenarios.eldercare.falls import filed, model, telling
from zhili.scenarios.eldercare.falls.learning import COSINES, choose, fit, peaks
from zhili.scenarios.eldercare.falls.proving import left_out
from zhili.scenarios.eldercare.falls.trials import load

DOCUMENT = Path(__file__).resolve().parents[5] / "docs" / "falls.md"


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument(
        "--write", action="store_true", help="write the model and the figures of docs/falls.md"
    )
    asked = parser.parse_args(arguments)
    trials = load(asked.data)
    given = peaks(trials)
    _say(f"{len(trials)} trials, {len(given)} peaks")
    results, choices = left_out(trials, given, _say)
    figures = telling.told(results, choices)
    _say(figures)
    if not asked.write:
        return
    choice, threshold, areas = choose(given, trials)
    facts = {
        "persons": len({trial.person for trial in trials}), "trials": len(trials), "peaks": len(given),
        "falls": sum(peak.label == 1 for peak in given), "cosines": COSINES, "choice": asdict(choice),
        "area_left_out": round(areas[choice], 4), "left_out": telling.summary(results),
        "data_sha256": hashlib.sha256(asked.data.read_bytes()).hexdigest(),
    }  # fmt: skip
    made = replace(fit(given, choice, threshold), facts=facts)
    filed.FILE.parent.mkdir(exist_ok=True)
    filed.FILE.write_bytes(model.written(made))
    DOCUMENT.write_text(telling.inserted(DOCUMENT.read_text(), figures))
    _say(f"written: {filed.FILE}, {DOCUMENT}")


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
