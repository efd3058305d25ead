"""The category a matter seems to be about, for the officer who decides; with reasons, or nothing."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from zhili.core import params
from zhili.core.cases.categories import choices
from zhili.core.cases.models import Case, Step
from zhili.core.cases.rules import SUGGEST
from zhili.core.cases.triage import keeping
from zhili.core.cases.triage.examples import text_of
from zhili.core.cases.triage.reading import Text
from zhili.core.cases.triage.saying import say


@dataclass(frozen=True)
class Suggestion:
    """A category of the scenario. ``confidence``: 0 to 1. ``why``: sentences. ``model``: which one said so."""

    category: str
    name: str
    confidence: float
    why: list[str]
    model: str

    @property
    def percent(self) -> int:
        return int(self.confidence * 100)


def for_text(scenario: str, text: Text) -> Suggestion | None:
    """None without a model, below its floor, for a category that is no longer chosen, or when the rule has run out.

    No query when warm.
    """
    model = keeping.model(scenario) if params.in_force(SUGGEST) else None
    said = say(model, text) if model is not None else None
    if model is None or said is None:
        return None
    name = dict(choices(scenario)).get(said.label)
    if name is None:
        return None
    sentence = _("文中有“%(word)s”：此前核定的事项中提到它的有 %(matters)s 件，%(so)s 件归入这一类")
    why = [sentence % {"word": one.word, "matters": one.matters, "so": one.so} for one in said.words]
    return Suggestion(said.label, _(name), said.confidence, why, model.stamp)


def for_case(case: Case) -> Suggestion | None:
    """One query for the matter's words; none when there is no model."""
    if keeping.model(case.scenario) is None:
        return None
    first = Step.objects.filter(case=case, seq=1).values_list("action", "data").first()
    return for_text(case.scenario, text_of(case.procedure, *first)) if first else None
