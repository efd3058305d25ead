"""How much is put right within the target, beside it how often it came back; where the same comes again.

By premises and kind, never by person; a cell of fewer than five is hidden.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from zhili.core.cases import query
from zhili.core.people.actors import Actor
from zhili.core.places import tree
from zhili.core.registers.models import Premises
from zhili.scenarios.catering.actions import NO_REPEAT
from zhili.scenarios.catering.kinds import KINDS
from zhili.scenarios.catering.models import ProblemDetail

FEWEST: Final = 5
YEAR: Final = timedelta(days=365)
PUT_RIGHT: Final = ("fixed", "closed")
COUNTED: Final = {
    "n": Count("pk"),
    "good": Count("pk", filter=Q(in_target=True)),
    "back": Count("pk", filter=Q(back__gt=0)),
}


@dataclass(frozen=True)
class Line:
    """One kind or place: problems put right, how many within the target, how many came back."""

    title: str
    fixed: int
    in_target: int
    back: int

    @property
    def hidden(self) -> bool:
        return 0 < self.fixed < FEWEST

    @property
    def share(self) -> float | None:
        return self.in_target / self.fixed if self.fixed >= FEWEST else None

    @property
    def back_share(self) -> float | None:
        return self.back / self.fixed if self.fixed >= FEWEST else None


def put_right(cases: QuerySet[Any] | None = None, *, now: datetime | None = None) -> QuerySet[ProblemDetail]:
    """Found put right within a year (``fixed_at``), those that came back since too. ``cases``: of these."""
    since = (now or timezone.now()) - YEAR
    rows = ProblemDetail.objects.filter(fixed_at__gte=since)
    return rows if cases is None else rows.filter(case__in=cases)


def total(rows: QuerySet[ProblemDetail]) -> Line:
    told = rows.aggregate(**COUNTED)
    return Line(gettext("全部"), told["n"], told["good"], told["back"])


def by_kind(rows: QuerySet[ProblemDetail]) -> list[Line]:
    names = {code: gettext(one.title) for code, one in KINDS.items()}
    return _safe(_grouped(rows, "kind", names))


def by_town(rows: QuerySet[ProblemDetail]) -> list[Line]:
    """By town or street: the division of the premises, upwards."""
    sums: dict[str, list[int]] = {}
    found = rows.values_list("premises__division").order_by()
    counts = found.annotate(**COUNTED)
    for division, n, good, back in counts:
        if division is None:
            continue
        town = tree.at_level(division, "town") or division
        row = sums.setdefault(tree.node(town).name, [0, 0, 0])
        for at, number in enumerate((n, good, back)):
            row[at] += number
    return _safe([Line(name, *row) for name, row in sorted(sums.items())])


def _grouped(rows: QuerySet[ProblemDetail], by: str, names: dict[str, str]) -> list[Line]:
    counts = rows.order_by().values_list(by).annotate(**COUNTED)
    return [Line(names.get(code, code), n, good, back) for code, n, good, back in counts]


def _safe(lines: Iterable[Line]) -> list[Line]:
    """The most first. One hidden cell alone could be reckoned from the total: then the smallest other goes with it."""
    found = sorted(lines, key=lambda one: -one.fixed)
    hidden = [one for one in found if one.hidden]
    if len(hidden) != 1:
        return found
    shown = [one for one in found if one.fixed >= FEWEST]
    if not shown:
        return found
    veiled = shown[-1]
    return [Line(one.title, -1, 0, 0) if one is veiled else one for one in found]


@dataclass(frozen=True)
class Again:
    """Premises where the same kind came again within the year."""

    premises: Premises
    title: str
    times: int
    last: datetime


def again(actor: Actor, most: int = 30) -> list[Again]:
    """Among the cases the actor may see, those that came most often first. Of premises, never of who runs them."""
    seen = query.visible(actor).filter(procedure="catering.problem", opened_at__gte=timezone.now() - YEAR)
    rows = (
        ProblemDetail.objects.filter(case__in=seen.exclude(stage__in=NO_REPEAT), premises__isnull=False)
        .order_by()
        .values_list("premises", "kind")
        .annotate(n=Count("pk"), last=Max("case__opened_at"))
        .filter(n__gt=1)
        .order_by("-n", "-last")[:most]
    )
    told = list(rows)
    places = Premises.objects.select_related("division").in_bulk([one[0] for one in told])
    return [
        Again(places[pk], gettext(KINDS[kind].title) if kind in KINDS else kind, n, last)
        for pk, kind, n, last in told
        if pk in places
    ]
