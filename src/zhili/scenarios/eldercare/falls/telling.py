"""The figures as tables for docs/falls.md."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from zhili.scenarios.eldercare.falls.learning import Choice
from zhili.scenarios.eldercare.falls.proving import THRESHOLD, Result, clustered, wilson

BEGIN: Final = "<!-- figures: written by python -m zhili.scenarios.eldercare.falls.train DATA --write -->"
END: Final = "<!-- end of figures -->"
ACTS: Final = {
    "D01": "walking", "D02": "jogging", "D03": "stairs", "D04": "sitting down and getting up",
    "D05": "collapsing into a chair", "D06": "crouching, tying shoes", "D07": "stumbling", "D08": "jumping",
    "D09": "hitting a table", "D10": "clapping", "D11": "opening and closing a door",
    "F01": "forward, slipping while walking", "F02": "sideways, slipping while walking",
    "F03": "backward, slipping while walking", "F04": "forward, tripping while walking",
    "F05": "backward, while sitting down", "F06": "forward, fainting on a chair",
    "F07": "backward, fainting on a chair", "F08": "sideways, fainting on a chair",
}  # fmt: skip


def told(results: Sequence[Result], choices: Mapping[str, Choice]) -> str:
    """All tables, in Markdown."""
    parts = (
        _main(results),
        _by_person(results, choices),
        _by_act(results),
        _curve(results),
        _controls(results),
    )
    return "\n\n".join(parts)


def inserted(document: str, figures: str) -> str:
    """The document with the figures between its marks. Raises ValueError without marks."""
    before, first, rest = document.partition(BEGIN)
    _, second, after = rest.partition(END)
    if not first or not second:
        raise ValueError("the document has no place for the figures")
    return f"{before}{BEGIN}\n\n{figures}\n\n{END}{after}"


def summary(results: Sequence[Result]) -> dict[str, float]:
    """Sensitivity and specificity by trial, and false alarms an hour of daily acts."""
    falls, acts = _parted(results)
    return {
        "sensitivity": round(_share(falls), 4),
        "specificity": round(_share(acts), 4),
        "false_alarms_an_hour": round(_an_hour(acts, lambda one: one.alarms), 2),
    }


def _main(results: Sequence[Result]) -> str:
    falls, acts = _parted(results)
    young, old = ([one for one in acts if one.trial.old == is_old] for is_old in (False, True))
    rows = [
        ("Sensitivity (falls found)", falls), ("Specificity (daily acts without an alarm)", acts),
        ("… of the young", young), ("… of the old", old),
    ]  # fmt: skip
    lines = [_row(name, several) for name, several in rows]
    for name, several in (("False alarms an hour of daily acts", acts), ("… of the old", old)):
        own, plain = (
            _an_hour(several, count) for count in (lambda one: one.alarms, lambda one: one.plain_alarms)
        )
        hours = sum(one.trial.seconds for one in several) / 3600
        lines.append(f"| {name} ({hours:.2f} h) | {own:.1f} | | | {plain:.1f} | |")
    return _table(
        ("", "detector", "Wilson 95%", "persons drawn 95%", "plain threshold", "persons drawn 95%"), lines
    )


def _row(name: str, several: Sequence[Result]) -> str:
    right, of = sum(one.right for one in several), len(several)
    persons = [one.trial.person for one in several]
    plain = sum(one.plain_right for one in several)
    return (
        f"| {name} | {right}/{of} = {right / of:.1%} | {_span(wilson(right, of))} "
        f"| {_span(clustered([one.right for one in several], persons))} "
        f"| {plain}/{of} = {plain / of:.1%} | {_span(clustered([one.plain_right for one in several], persons))} |"
    )


def _by_person(results: Sequence[Result], choices: Mapping[str, Choice]) -> str:
    lines = []
    for person, choice in sorted(choices.items()):
        falls, acts = _parted([one for one in results if one.trial.person == person])
        chosen = f"{choice.features}, width {choice.width:g}, ridge {choice.ridge:g}"
        age = "old" if acts[0].trial.old else "young"
        lines.append(
            f"| {person} ({age}) | {_of(falls)} | {_of(acts)} | {_of(falls, plain=True)} | {_of(acts, plain=True)} "
            f"| {chosen} |"
        )
    return _table(
        (
            "left out",
            "falls found",
            "acts without alarm",
            "plain: falls",
            "plain: acts",
            "chosen by the others",
        ),
        lines,
    )


def _by_act(results: Sequence[Result]) -> str:
    lines = []
    for act in sorted({one.trial.act for one in results}):
        several = [one for one in results if one.trial.act == act]
        wanted = "found" if several[0].trial.fall else "without alarm"
        name = ACTS.get(act, act)
        lines.append(f"| {act} {name} | {wanted} | {_of(several)} | {_of(several, plain=True)} |")
    return _table(("trials", "", "detector", "plain threshold"), lines)


def _curve(results: Sequence[Result]) -> str:
    falls, acts = _parted(results)
    hours = sum(one.trial.seconds for one in acts) / 3600
    lines = []
    for limit in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        found = sum(one.best >= limit for one in falls) / len(falls)
        quiet = sum(one.best < limit for one in acts) / len(acts)
        wrong = sum(one.best >= limit for one in acts) / hours
        lines.append(f"| {limit:g} | {found:.1%} | {quiet:.1%} | {wrong:.1f} |")
    return _table(
        ("alarm from", "sensitivity", "specificity", "trials with a false alarm, an hour of acts"), lines
    )


def _controls(results: Sequence[Result]) -> str:
    falls, acts = _parted(results)
    slow = sum(one.slowed < THRESHOLD for one in acts)
    before = sum(one.alarms for one in falls)
    lines = [
        f"| Rate of the falls, of the daily acts | {_rates(falls)}, {_rates(acts)} |",
        f"| Specificity, every fifth row of the acts left out (40 Hz) | {slow}/{len(acts)} = {slow / len(acts):.1%} |",
        f"| Alarms before the fall in {len(falls)} trials with one | {before} |",
    ]
    return _table(("control", ""), lines)


def _rates(several: Sequence[Result]) -> str:
    hz = [one.trial.hz for one in several]
    return f"{min(hz):.1f}–{max(hz):.1f} Hz"


def _parted(results: Iterable[Result]) -> tuple[list[Result], list[Result]]:
    several = list(results)
    return [one for one in several if one.trial.fall], [one for one in several if not one.trial.fall]


def _share(several: Sequence[Result]) -> float:
    return sum(one.right for one in several) / len(several)


def _of(several: Sequence[Result], plain: bool = False) -> str:
    right = sum(one.plain_right if plain else one.right for one in several)
    return f"{right}/{len(several)}" if several else "–"


def _an_hour(several: Sequence[Result], count: Callable[[Result], int]) -> float:
    return sum(count(one) for one in several) / (sum(one.trial.seconds for one in several) / 3600)


def _span(span: tuple[float, float]) -> str:
    return f"{span[0]:.1%}–{span[1]:.1%}"


def _table(head: Sequence[str], lines: Iterable[str]) -> str:
    def all_lines() -> Iterator[str]:
        yield "| " + " | ".join(head) + " |"
        yield "|" + "---|" * len(head)
        yield from lines

    return "\n".join(all_lines())
