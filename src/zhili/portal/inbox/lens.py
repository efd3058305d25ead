"""What the address of the desk asks for. Lists, counts, exports and the next matter are all made of one ``Lens``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from zhili.base.codes import CodeError, parse_case_number
from zhili.core.cases import query
from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor
from zhili.core.places.tree import subtree
from zhili.portal.asked import number_in, text_in

VIEWS = ("todo", "waiting", "area")
DUE = ("over", "today", "days", "later")
"""The groups of what is to be done, by when: past its limit, today, within three days, later or without a limit."""
FILTERS = ("q", "stage", "scenario", "category", "place")
SORTS = ("due", "new", "old")
KEPT = ("view", "state", *FILTERS, "sort")
"""What makes a list: the rest of an address says where in it somebody stands."""
TODO = Q(party="") & ~Q(stage=query.MERGED)
WAITING = ~Q(party="")


@dataclass(frozen=True)
class Days:
    """The moments that part the groups, in the site's own time."""

    now: datetime
    tonight: datetime
    third: datetime

    @classmethod
    def of(cls, now: datetime | None = None) -> Days:
        at = now or timezone.now()
        midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
        return cls(at, midnight + timedelta(days=1), midnight + timedelta(days=3))

    def within(self, state: str) -> Q:
        """The cases of a group. The four part what is to be done without rest."""
        match state:
            case "over":
                return Q(due_at__lt=self.now)
            case "today":
                return Q(due_at__gte=self.now, due_at__lt=self.tonight)
            case "days":
                return Q(due_at__gte=max(self.now, self.tonight), due_at__lt=self.third)
            case "later":
                return Q(due_at__gte=self.third) | Q(due_at=None)
        return Q()

    def group(self, due: datetime | None) -> str:
        """The group a limit falls in."""
        if due is None or due >= self.third:
            return "later"
        return "over" if due < self.now else "today" if due < self.tonight else "days"


@dataclass(frozen=True)
class Lens:
    """One way of looking at the matters of a post."""

    actor: Actor
    view: str
    state: str
    sort: str
    asked: QueryDict
    days: Days

    @classmethod
    def of(cls, actor: Actor, asked: QueryDict, days: Days | None = None) -> Lens:
        """What an address asks for; what makes no sense in it counts as not said."""
        view, state, sort = (text_in(asked, name) for name in ("view", "state", "sort"))
        view = view if view in VIEWS else "todo"
        return cls(
            actor,
            view,
            state if state in DUE and view == "todo" else "",
            sort if sort in SORTS else "due",
            asked,
            days or Days.of(),
        )

    def base(self) -> QuerySet[Case]:
        """Without filters, unordered. todo: ours to do; waiting: somebody outside answers first; area: all we see."""
        if self.view == "area":
            return query.visible(self.actor).filter(closed_at=None)
        return held(self.actor).filter(WAITING if self.view == "waiting" else TODO)

    def cases(self) -> QuerySet[Case]:
        """The list, in its order."""
        found = self.base().filter(narrowed(self.asked), self.days.within(self.state))
        if self.sort == "due":
            return found.order_by(F("due_at").asc(nulls_last=True), "id")
        return found.order_by("-id" if self.sort == "new" else "id")

    @property
    def filtered(self) -> bool:
        return any(text_in(self.asked, name) for name in FILTERS)

    @property
    def told(self) -> bool:
        """Whether the address says anything of what to show."""
        return any(name in self.asked for name in KEPT)

    def address(self, **changes: str) -> str:
        """The page's query string with something changed and from its beginning: "?…", or "?" alone."""
        return written(self.asked, changes)

    @property
    def query(self) -> str:
        """What makes this list, without the question mark."""
        return written(self.asked, {}).removeprefix("?")


def held(actor: Actor) -> QuerySet[Case]:
    """What the post's office has in hand, open, in any state. By the index of the inbox."""
    if actor.kind != "post" or actor.office_id is None:
        return Case.objects.none()
    return Case.objects.filter(query.served(), office_id=actor.office_id, closed_at=None)


def narrowed(asked: QueryDict) -> Q:
    """The filters of an address: stage (procedure:stage), scenario, category, place, q."""
    found = Q()
    procedure, _, stage = text_in(asked, "stage").partition(":")
    if stage:
        found &= Q(procedure=procedure, stage=stage)
    if scenario := text_in(asked, "scenario"):
        found &= Q(scenario=scenario)
    if category := text_in(asked, "category"):
        found &= Q(category=category)
    if (place := number_in(asked, "place")) is not None:
        found &= Q(division_id__in=subtree(place))
    if text := text_in(asked, "q"):
        found &= _matches(text)
    return found


def _matches(text: str) -> Q:
    """A number, whole or spaced; else words in the title or the address."""
    try:
        return Q(number=parse_case_number(text))
    except CodeError:
        return Q(title__icontains=text) | Q(address__icontains=text)


def written(asked: QueryDict, changes: Mapping[str, str]) -> str:
    """Those of an address's parts that make a list, some changed, empty ones left out."""
    kept = QueryDict(mutable=True)
    for name in KEPT:
        if value := changes.get(name, text_in(asked, name)):
            kept[name] = value
    for name, value in changes.items():
        if name not in KEPT and value:
            kept[name] = value
    return f"?{kept.urlencode()}" if kept else "?"
