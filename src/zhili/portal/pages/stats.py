"""/stats: what came, how fast it was answered, how often again. Every figure opens its cases."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import DatabaseError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext

from zhili.core.cases import query, registry
from zhili.core.cases.models import Case, Step
from zhili.core.cases.routing import directory
from zhili.core.indicators.overview import Counts, Overview, compare, overview
from zhili.core.people.actors import Actor, of_request
from zhili.core.places.tree import nodes, subtree
from zhili.portal import proof, site
from zhili.portal.asked import number_in, text_in
from zhili.portal.quality import shown
from zhili.portal.rows import rows

log = logging.getLogger("zhili.portal")
SPANS = (7, 30, 90, 365)
PAGE = 50
FIRST_DAY = date(2000, 1, 1)


@dataclass(frozen=True)
class Asked:
    """What the figures are about: a division, days, and a scenario or all of them."""

    division: int | None
    since: date
    until: date
    scenario: str | None

    def link(self, measure: str, **more: Any) -> str:
        """The cases behind a figure."""
        asked = {
            "measure": measure,
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "division": self.division or "",
            "scenario": self.scenario or "",
        }
        return f"/stats/cases?{urlencode({k: v for k, v in {**asked, **more}.items() if v != ''})}"


def asked_of(given: QueryDict) -> Asked:
    """From the query string; nonsense becomes the last thirty days of the whole city."""
    today = timezone.localdate()
    days = given.get("days", "")
    length = int(days) if days in {str(n) for n in SPANS} else 30
    until = _date(given.get("until")) or today
    since = _date(given.get("since")) or until - timedelta(days=length - 1)
    place = number_in(given, "division")
    division = place if place in nodes() else site.city_id()
    scenario = text_in(given, "scenario") or None
    return Asked(division, min(since, until), until, scenario if scenario in registry.scenarios() else None)


def _date(text: str | None) -> date | None:
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if FIRST_DAY <= found <= timezone.localdate() else None


def stats(request: HttpRequest) -> HttpResponse:
    asked = asked_of(request.GET)
    found = overview(asked.division, asked.since, asked.until, asked.scenario)
    context = {
        "asked": asked,
        "length": (asked.until - asked.since).days + 1,
        "spans": SPANS,
        "figures": _figures(asked, found.counts),
        "found": found,
        "answered_url": asked.link("answered"),
        "closed_url": asked.link("closed"),
        "months": _months(asked, found),
        "categories": _categories(asked, found),
        "places": _places(asked),
        "line": _line(asked.division),
        "quality": shown(asked, text_in(request.GET, "to"), text_in(request.GET, "types") == "all"),
        "today": timezone.localdate(),
        "first_day": FIRST_DAY,
        "scenarios": [(name, one.title) for name, one in registry.scenarios().items()],
        **proof.under(asked.division, asked.since, asked.until, whole=asked.division == site.city_id()),
    }
    return render(request, "portal/stats.html", context)


def safe_overview(division: int | None, since: date, until: date) -> Overview | None:
    """For the front page, which must open even while figures are being rebuilt."""
    try:
        return overview(division, since, until)
    except DatabaseError:
        log.exception("no figures for the front page")
        return None


def _figures(asked: Asked, counts: Counts) -> list[tuple[str, int, str]]:
    """(what, how many, the cases behind it)."""
    return [
        (gettext("收到"), counts.opened, asked.link("opened")),
        (gettext("已答复"), counts.answered, asked.link("answered")),
        (gettext("办结"), counts.closed, asked.link("closed")),
        (gettext("不予受理"), counts.refused, asked.link("refused")),
        (gettext("要求重办"), counts.reopened, asked.link("reopened")),
        (gettext("超过时限"), counts.overdue, asked.link("overdue")),
    ]


def _months(asked: Asked, found: Overview) -> list[dict[str, Any]]:
    """Two columns for each month, as shares of the highest; the table carries the numbers."""
    most = max([max(m.counts.opened, m.counts.closed) for m in found.by_month] or [0]) or 1
    return [
        {
            "month": m.month,
            "opened": m.counts.opened,
            "closed": m.counts.closed,
            "reopened": m.counts.reopened,
            "opened_share": round(100 * m.counts.opened / most, 1),
            "closed_share": round(100 * m.counts.closed / most, 1),
        }
        for m in found.by_month
    ]


def _categories(asked: Asked, found: Overview) -> list[dict[str, Any]]:
    names = directory().names
    most = max([c.counts.opened for c in found.by_category] or [0]) or 1
    return [
        {
            "name": gettext(names.get((c.scenario, c.category), c.category)),
            "counts": c.counts,
            "share": round(100 * c.counts.opened / most, 1),
            "url": asked.link("opened", category=c.category),
        }
        for c in found.by_category
    ]


def _places(asked: Asked) -> list[dict[str, Any]]:
    """The divisions right below, each with its own figures and the way down to it."""
    below = [n for n in nodes().values() if n.parent_id == asked.division and n.valid_to is None]
    counted = compare([n.id for n in below], asked.since, asked.until, asked.scenario) if below else {}
    ranked = sorted(below, key=lambda n: -counted[n.id].opened)
    span = {"since": asked.since.isoformat(), "until": asked.until.isoformat()}
    return [
        {
            "name": n.name,
            "counts": counted[n.id],
            "url": f"/stats?{urlencode({**span, 'division': str(n.id)})}",
            "cases": asked.link("opened", division=n.id),
        }
        for n in ranked
    ]


def _line(division: int | None) -> list[tuple[int, str]]:
    """The way from the city down to the division."""
    known = nodes()
    found = known.get(division or 0)
    return [(d, known[d].name) for d in found.line if known[d].level != "province"] if found else []


def cases(request: HttpRequest) -> HttpResponse:
    """/stats/cases: the cases behind a figure, as far as the asker may see them."""
    actor = of_request(request)
    asked = asked_of(request.GET)
    measure = request.GET.get("measure", "opened")
    found = behind(actor, asked, measure, text_in(request.GET, "category")).order_by("-id")
    if (before := number_in(request.GET, "before")) is not None:
        found = found.filter(id__lt=before)
    page = list(found[: PAGE + 1])
    more = ""
    if len(page) > PAGE:
        next_page = request.GET.copy()
        next_page["before"] = str(page[PAGE - 1].pk)
        more = f"?{next_page.urlencode()}"
    desk = actor.kind == "post"
    titles = {url.split("measure=")[1].split("&")[0]: title for title, _n, url in _figures(asked, Counts())}
    context = {
        "rows": rows(page[:PAGE], desk=desk, own=False),
        "more": more,
        "asked": asked,
        "title": titles.get(measure, titles["opened"]),
        "line": _line(asked.division),
        "desk": desk,
    }
    return render(request, "portal/stats_cases.html", context)


def behind(actor: Actor, asked: Asked, measure: str, category: str = "") -> QuerySet[Case]:
    """The visible (for strangers: the public) cases a measure counted in these days."""
    found = query.visible(actor) if actor.kind == "post" else query.public()
    if asked.division is not None and asked.division != site.city_id():
        found = found.filter(division_id__in=subtree(asked.division))
    if asked.scenario:
        found = found.filter(scenario=asked.scenario)
    if category:
        found = found.filter(category=category)
    start, end = _midnight(asked.since), _midnight(asked.until + timedelta(days=1))
    if measure == "answered":
        return found.filter(answered_at__gte=start, answered_at__lt=end)
    if measure in ("closed", "refused"):
        stages = _finals(measure)
        return found.filter(closed_at__gte=start, closed_at__lt=end).filter(stages)
    if measure in ("reopened", "overdue"):
        actions = _reopening() if measure == "reopened" else {"overdue"}
        step = Step.objects.filter(case=OuterRef("pk"), action__in=actions, at__gte=start, at__lt=end)
        return found.filter(Exists(step))
    return found.filter(opened_at__gte=start, opened_at__lt=end)


def _finals(outcome: str) -> Q:
    wanted = Q(pk__in=[])
    for name, procedure in registry.procedures().items():
        stages = [s.name for s in procedure.stages.values() if getattr(s, "outcome", "") == outcome]
        wanted |= Q(procedure=name, stage__in=stages)
    return wanted


def _reopening() -> set[str]:
    return {a.name for p in registry.procedures().values() for a in p.actions.values() if a.reopens}


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
