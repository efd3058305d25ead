"""One report, two matters: a part of it becomes a case of its own, of the same procedure."""

from __future__ import annotations

from zhili.base.procedure import Procedure
from zhili.core.cases import categories, forms
from zhili.core.cases.changing import Change
from zhili.core.forms import Choice, Form

OPENING = "split_from"


def form(procedure: type[Procedure]) -> type[Form]:
    """What a part is split off with: the scenario's own categories to choose from."""
    scenario = procedure.scenario

    class SplitOff(forms.Part):
        category = Choice(
            "这部分属于哪一类", choices=lambda: categories.choices(scenario), help="按这一类重新确定由谁办。"
        )

    return SplitOff


def split(change: Change) -> None:
    """The part begins like any case of its kind, and is routed by its own category; the reporter reads it here."""
    category = change.values.get("category")
    data = {"what": change.values["what"]} | ({"category": category} if category else {})
    change.refer(change.procedure.full_name(), data, category=category, opening=OPENING)
