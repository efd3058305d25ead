"""What can be chosen to narrow the inbox, and what is chosen, as words that can be taken off one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext

from zhili.core.cases import registry
from zhili.core.cases.models import Case
from zhili.core.cases.routing import directory
from zhili.core.people.actors import Actor
from zhili.core.places.tree import nodes
from zhili.portal.asked import number_in, text_in
from zhili.portal.inbox.lens import FILTERS, Lens

COUNTED = 5000
"""Over so many cases of an area the choices are made; more would say little new."""


@dataclass(frozen=True)
class Choices:
    """(value, title) of each filter: only what occurs in the list; stages with how often."""

    stages: list[tuple[str, str, int]]
    scenarios: list[tuple[str, str]]
    categories: list[tuple[str, str]]
    places: list[tuple[int, str]]


@dataclass(frozen=True)
class Chip:
    """A filter that is set, and the address without it."""

    name: str
    text: str
    url: str


def choices(lens: Lens) -> Choices:
    """One query."""
    found = lens.base()
    if lens.view == "area":  # an area has no end; a desk is as long as it is
        found = Case.objects.filter(pk__in=found.values("pk")[:COUNTED])
    groups = found.order_by().values_list("scenario", "procedure", "stage", "category").annotate(Count("pk"))
    stages: Counter[tuple[str, str]] = Counter()
    scenarios: set[str] = set()
    categories: set[tuple[str, str]] = set()
    for scenario, procedure, stage, category, count in groups:
        stages[procedure, stage] += count
        scenarios.add(scenario)
        if category:
            categories.add((scenario, category))
    names = directory().names
    known = {code: gettext(names.get((scenario, code), code)) for scenario, code in categories}
    titles = registry.scenarios()
    return Choices(
        sorted(_stages(stages)),
        sorted((n, gettext(titles[n].title)) for n in scenarios if n in titles) if len(scenarios) > 1 else [],
        sorted(known.items()),
        places_of(lens.actor),
    )


def _stages(counts: Counter[tuple[str, str]]) -> Iterator[tuple[str, str, int]]:
    """(value, title, how many) of each stage that is still declared."""
    for (name, stage), count in counts.items():
        procedure = registry.procedure(name)
        if procedure and stage in procedure.stages:
            yield f"{name}:{stage}", gettext(procedure.stages[stage].title), count


def places_of(actor: Actor) -> list[tuple[int, str]]:
    """The divisions right below the actor's own."""
    if actor.division_id is None or actor.office_level in ("village", "grid"):
        return []
    below = [n for n in nodes().values() if n.parent_id == actor.division_id and n.valid_to is None]
    return [(n.id, n.name) for n in sorted(below, key=lambda n: n.code)]


def chips(lens: Lens) -> list[Chip]:
    """What is set, in the reader's words. No query."""
    return [
        Chip(name, text, lens.address(**{name: ""}))
        for name in FILTERS
        if (value := text_in(lens.asked, name)) and (text := _in_words(lens, name, value))
    ]


def _in_words(lens: Lens, name: str, value: str) -> str:
    match name:
        case "q":
            return gettext("含“%(text)s”") % {"text": value}
        case "stage":
            procedure, _, stage = value.partition(":")
            known = registry.procedure(procedure)
            title = known.stages[stage].title if known and stage in known.stages else ""
            return gettext(title) if title else value
        case "scenario":
            scenario = registry.scenarios().get(value)
            return gettext(scenario.title) if scenario else value
        case "category":
            found = (title for (_, code), title in directory().names.items() if code == value)
            return gettext(title) if (title := next(found, "")) else value
    node = nodes().get(number_in(lens.asked, "place") or 0)
    return node.name if node else value
