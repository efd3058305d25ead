"""What triage adds to a form of the desk: a suggested category beside the question, never instead of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from zhili.base.procedure import Action
from zhili.core.cases import query
from zhili.core.cases.models import Case
from zhili.core.cases.triage import suggesting
from zhili.core.cases.triage.examples import asks_category
from zhili.core.cases.triage.suggesting import Suggestion
from zhili.core.forms import Form
from zhili.core.people.actors import Actor

GIVEN = ("choice", "text", "longtext")
"""Kinds of questions a link may write an answer to. It is only written: a person reads it and sends it."""
LONGEST = 300


@dataclass(frozen=True)
class Hint:
    """A suggested category for a form; ``url`` opens the form with it chosen, ``taken``: it is already."""

    suggestion: Suggestion
    url: str
    taken: bool = False


def hint_for(action: Action, case: Case, base: str, given: Mapping[str, str]) -> Hint | None:
    """For an action that asks what the matter is about. One query when there is a model, none otherwise."""
    if action.standing or not asks_category(action):
        return None
    suggestion = suggesting.for_case(case)
    if suggestion is None or suggestion.category == case.category:
        return None
    link = urlencode({"fill": action.name, "category": suggestion.category})
    return Hint(suggestion, f"{base}?{link}#act-{action.name}", given.get("category") == suggestion.category)


def answers_given(form: type[Form], given: Mapping[str, str]) -> dict[str, str]:
    """What a link writes into a form: text and choices that it has, cut to a length no link needs."""
    names = {field.name for field in form.fields() if field.type in GIVEN}
    return {name: given[name].replace("\x00", "")[:LONGEST] for name in sorted(names) if given.get(name)}


def similar_wanted(case: Case, actor: Actor) -> bool:
    """Whether the desk's page looks for duplicates of a matter: while its own office works on it."""
    working = case.closed_at is None and case.answered_at is None and case.parent_id is None
    return (
        working and case.lon is not None and case.office_id == actor.office_id and case.stage != query.MERGED
    )
