"""What there is to learn from: the words of each matter, and the category an office decided.

A decision is a step of an office whose form asks for the category (受理, 更正 …), an entry an office made itself
(巡查发现, 热线代报), or imported history. What a resident chose counts only once an office let it stand. Confidential
matters and matters derived from others are left out, and personal values are no part of a step to begin with.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from zhili.base.procedure import Action, Procedure
from zhili.core.cases import registry
from zhili.core.cases.models import Case, Step
from zhili.core.cases.triage.reading import LONGEST, Text, read

MOST = 50_000
"""So many of the newest matters are learned from."""
CHUNK = 2_000
WORDS = ("text", "longtext")
IMPORTED = "imported"
TITLED = "title"


@dataclass(frozen=True)
class Example:
    """``label`` empty: a matter nobody has decided yet; its words still tell which words are rare."""

    text: Text
    label: str


def from_cases(scenario: str, most: int = MOST) -> Iterator[Example]:
    """The newest matters of a scenario first, read in chunks. Three columns of each step, no whole table in memory."""
    rows = Case.objects.filter(scenario=scenario, parent=None, confidential=False).order_by("-id")
    last: int | None = None
    while most > 0:
        part = rows.filter(pk__lt=last) if last is not None else rows
        ids = list(part.values_list("pk", flat=True)[: min(CHUNK, most)])
        if not ids:
            return
        yield from _of(ids)
        last, most = ids[-1], most - len(ids)


def _of(ids: list[int]) -> Iterator[Example]:
    wanted = Step.objects.filter(case_id__in=ids).order_by("-case_id", "seq")
    columns = ("case_id", "case__procedure", "seq", "action", "actor_kind", "category", "data")
    begun: tuple[int, Text] | None = None
    label = ""
    for case, procedure, seq, action, kind, category, data in wanted.values_list(*columns):
        if seq == 1:
            if begun is not None:
                yield Example(begun[1], label)
            begun, label = (case, text_of(procedure, action, data)), ""
        if begun is not None and begun[0] == case and decides(procedure, action, kind):
            label = category
    if begun is not None:
        yield Example(begun[1], label)


def decides(procedure: str, action: str, actor_kind: str) -> bool:
    """Whether such a step says what office calls the matter."""
    return action == IMPORTED or (actor_kind == "post" and action in deciding(procedure))


@cache
def deciding(procedure: str) -> frozenset[str]:
    """The actions and openings of a procedure whose form asks for the category."""
    declared = registry.procedure(procedure)
    return frozenset(one.name for one in _all(declared) if asks_category(one)) if declared else frozenset()


def asks_category(action: Action) -> bool:
    """Whether taking it says what the matter is about."""
    return action.form is not None and any(field.name == "category" for field in action.form.fields())


def _all(procedure: type[Procedure]) -> Iterable[Action]:
    return (*procedure.openings.values(), *procedure.actions.values())


def text_of(procedure: str, action: str, data: dict[str, Any]) -> Text:
    """The words of the step a matter began with: its title if it was given one, and what was written."""
    title = data.get(TITLED)
    body = "\n".join(written(procedure, action, data))
    return read(body, title if isinstance(title, str) else "")


def written(procedure: str, action: str, data: dict[str, Any]) -> Iterator[str]:
    """What was written in words in the step a matter began with."""
    for name in written_in(procedure, action):
        if name != TITLED and isinstance(value := data.get(name), str):
            yield value[:LONGEST]


@cache
def written_in(procedure: str, action: str) -> tuple[str, ...]:
    """The fields of free text of an opening that the public may read; of history, its text."""
    declared = registry.procedure(procedure)
    begin = declared.openings.get(action) if declared else None
    if begin is None or begin.form is None:
        return ("what",)  # as history keeps it (telling.py)
    return tuple(one.name for one in begin.form.fields() if one.type in WORDS and one.public)
