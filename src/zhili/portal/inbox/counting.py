"""The tabs of the inbox and how much is behind each. Counted by the same conditions the lists are made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q
from django.http import QueryDict
from django.utils.translation import gettext

from zhili.core.cases.models import SavedList
from zhili.portal.inbox.lens import DUE, TODO, WAITING, Lens, held, narrowed


@dataclass(frozen=True)
class Tab:
    """One view of the inbox, with how many there are in it; None where counting would cost too much."""

    name: str
    title: str
    url: str
    count: int | None
    current: bool
    mark: str = ""
    """Icon of the group, where it has one: colour never speaks alone."""


MARKS = {"over": "triangle-alert", "today": "alarm-clock", "days": "clock", "waiting": "pause"}


def titles() -> dict[str, str]:
    """The names of the groups."""
    return {
        "over": gettext("已超时"),
        "today": gettext("今天到期"),
        "days": gettext("三天内"),
        "later": gettext("以后"),
        "waiting": gettext("等对方回复"),
    }


def tabs(lens: Lens) -> list[Tab]:
    """Under the filters in force. One query: an office's desk is as long as it is; an area's end is not counted."""
    counted = {state: Count("id", filter=TODO & lens.days.within(state)) for state in DUE}
    found = held(lens.actor).filter(narrowed(lens.asked))
    counts = found.aggregate(**counted, waiting=Count("id", filter=WAITING))
    named = titles()

    def tab(name: str, title: str, count: int | None, view: str, state: str = "") -> Tab:
        here = lens.view == view and lens.state == state
        return Tab(name, title, lens.address(view=view, state=state), count, here, MARKS.get(name, ""))

    made = [tab("todo", gettext("待办"), sum(counts[one] for one in DUE), "todo")]
    made += [tab(one, named[one], counts[one], "todo", one) for one in DUE]
    made.append(tab("waiting", named["waiting"], counts["waiting"], "waiting"))
    if lens.actor.office_level != "grid":
        made.append(tab("area", gettext("辖区内全部"), None, "area"))
    return made


def saved_tabs(lens: Lens, saved: Iterable[SavedList]) -> list[Tab]:
    """The lists somebody named, each with its live count. One query for all; none when there are none."""
    lenses = {f"s{one.pk}": (one, Lens.of(lens.actor, QueryDict(one.query), lens.days)) for one in saved}
    own = {name: _all_of(its) for name, (_, its) in lenses.items() if its.view != "area"}
    counts = held(lens.actor).aggregate(**{n: Count("id", filter=q) for n, q in own.items()}) if own else {}
    here = lens.query
    return [
        Tab(name, one.name, f"?{its.query or 'view=todo'}", counts.get(name), here == its.query, "star")
        for name, (one, its) in lenses.items()
    ]


def _all_of(lens: Lens) -> Q:
    group = WAITING if lens.view == "waiting" else TODO
    return group & narrowed(lens.asked) & lens.days.within(lens.state)
