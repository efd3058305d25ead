"""/desk/warnings: what fired on the actor's ground, newest first; filters, search, export; accepting on the row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from zhili.base.text import redact
from zhili.core.cases import doors, query
from zhili.core.people.actors import Actor
from zhili.core.places.tree import nodes
from zhili.core.signals import registry
from zhili.core.signals.models import Source, Warning
from zhili.core.signals.warnings import handling
from zhili.core.streams.live.position import position
from zhili.portal.asked import number_in, text_in
from zhili.portal.inbox.choices import places_of
from zhili.portal.inbox.sheet import as_csv, as_xlsx
from zhili.portal.lenses import Page
from zhili.scenarios.early_warning import levels
from zhili.scenarios.early_warning.pages.lines import Line, lines
from zhili.scenarios.early_warning.pages.who import reads, sections

PAGE = 40
MOST = 5000
STATES = ("raised", "accepted", "closed", "trial", "all")
DAYS = (1, 7, 30, 400)
KINDS = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
}


@dataclass(frozen=True)
class Asked:
    """What the list is narrowed to; nonsense in the address counts as not asked."""

    state: str
    level: str
    rule: str
    place: int | None
    days: int
    q: str

    @classmethod
    def of(cls, given: QueryDict) -> Asked:
        state, level, rule = (text_in(given, name) for name in ("state", "level", "rule"))
        days = number_in(given, "days")
        place = number_in(given, "place")
        return cls(
            state if state in STATES else "raised",
            level if level in levels.KNOWN else "",
            rule if rule in registry.rules() else "",
            place if place in nodes() else None,
            days if days in DAYS else 30,
            text_in(given, "q"),
        )

    @property
    def chosen(self) -> dict[str, str]:
        """What the selects show as chosen."""
        return {"place": str(self.place or ""), "days": str(self.days)}

    @property
    def filtered(self) -> bool:
        return bool(self.level or self.rule or self.place or self.q)

    @property
    def query(self) -> str:
        """The filters as an address says them."""
        said = {
            "state": self.state, "level": self.level, "rule": self.rule, "place": self.place or "",
            "days": self.days if self.days != 30 else "", "q": self.q,
        }  # fmt: skip
        return urlencode({name: value for name, value in said.items() if value})

    def link(self, **other: Any) -> str:
        given = QueryDict(self.query, mutable=True)
        for name, value in other.items():
            given[name] = str(value)
        return f"/desk/warnings?{given.urlencode()}"

    def found(self, actor: Actor) -> QuerySet[Warning]:
        """Of any state. What still waits for somebody is shown however old it is."""
        since = timezone.now() - timedelta(days=self.days)
        found = handling.visible(actor).filter(Q(at__gte=since) | ~Q(state="closed"))
        if self.level:
            found = found.filter(level=self.level)
        if self.rule:
            found = found.filter(rule=self.rule)
        if self.place:
            found = found.filter(division_id__in=query.under(self.place))
        if self.q:
            named = Source.objects.filter(Q(title__icontains=self.q) | Q(number__icontains=self.q)).values(
                "pk"
            )
            here = Q(cell__name__icontains=self.q) | Q(division__name__icontains=self.q)
            number = Q(pk=int(self.q)) if self.q.isascii() and self.q.isdigit() and len(self.q) < 18 else Q()
            found = found.filter(Q(source__in=named) | here | number)
        return found

    def narrowed(self, actor: Actor) -> QuerySet[Warning]:
        """What rules on trial found is no warning: it stands apart."""
        found = self.found(actor)
        if self.state == "trial":
            return found.filter(trial=True)
        found = found.filter(trial=False)
        return found if self.state == "all" else found.filter(state=self.state)


def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    """At most a dozen queries, however many warnings there are."""
    last = str(position())  # before anything is read, so that nothing falls between the page and its stream
    asked = Asked.of(request.GET)
    before = number_in(request.GET, "before")
    rows = asked.narrowed(actor).select_related("cell").order_by("-id")
    page = list((rows.filter(pk__lt=before) if before else rows)[: PAGE + 1])
    ground = nodes().get(actor.division_id or 0)
    context = {
        "sections": sections(request),
        "asked": asked,
        "tabs": _tabs(asked, actor),
        "choices": choices(actor),
        "lines": lines(page[:PAGE], actor),
        "more": f"?{asked.query}&before={page[PAGE - 1].pk}" if len(page) > PAGE else "",
        "first": f"?{asked.query}" if before else "",
        "ground": ground.name if ground else "",
        "last": last,
        "here": request.get_full_path(),
    }
    return render(request, "early_warning/warnings.html", context)


def _tabs(asked: Asked, actor: Actor) -> list[dict[str, Any]]:
    """One query counts all states."""
    rows = asked.found(actor).order_by().values_list("state", "trial").annotate(n=Count("pk"))
    counts: dict[str, int] = dict.fromkeys(STATES, 0)
    for state, trial, n in rows:
        for name in ("trial",) if trial else (state, "all"):
            counts[name] += n
    titles = {
        "raised": gettext("待接手"),
        "accepted": gettext("处置中"),
        "closed": gettext("已了结"),
        "trial": gettext("试运行"),
        "all": gettext("全部"),
    }
    return [
        {
            "title": titles[state],
            "url": asked.link(state=state),
            "count": counts[state],
            "current": state == asked.state,
        }
        for state in STATES
        if state != "trial" or counts["trial"] or asked.state == "trial"
    ]


def choices(actor: Actor) -> dict[str, Any]:
    """What each filter offers."""
    days = {
        1: gettext("最近 1 天"), 7: gettext("最近 7 天"), 30: gettext("最近 30 天"), 400: gettext("全部时间"),
    }  # fmt: skip
    return {
        "levels": [(name, levels.shown(name).title) for name in levels.KNOWN],
        "rules": sorted(
            ((name, gettext(rule.about.title)) for name, rule in registry.rules().items()), key=lambda o: o[1]
        ),
        "places": places_of(actor),
        "days": [(str(n), title) for n, title in days.items()],
    }


@require_POST
def export(request: HttpRequest, actor: Actor, kind: str) -> HttpResponse:
    """At most 5,000 rows, as listed. A leaf says which office took how many; what was asked for is sealed in it."""
    if kind not in KINDS:
        raise Http404
    media, written = KINDS[kind]
    asked = Asked.of(QueryDict(request.POST.get("_list", "")[:1000]))
    found = asked.narrowed(actor).select_related("cell").order_by("-id")[:MOST]
    rows = [_heads(), *(_cells(one) for one in _chunks(found, actor))]
    taken = {"office": actor.office_id, "rows": len(rows) - 1, "as": kind}
    doors.record("warnings_exported", actor, taken, {"query": asked.query, "post": actor.id})
    response = HttpResponse(written(rows), content_type=media)
    day = timezone.localdate()
    response["Content-Disposition"] = f'attachment; filename="zhili-warnings-{day:%Y%m%d}.{kind}"'
    response["Cache-Control"] = "no-store"
    return response


def _chunks(found: QuerySet[Warning], actor: Actor) -> Iterator[Line]:
    yield from lines(found, actor)


def _heads() -> list[str]:
    return [
        gettext("编号"), gettext("级别"), gettext("规则"), gettext("为什么"), gettext("地点"), gettext("设备"),
        gettext("发生时间"), gettext("次数"), gettext("状态"), gettext("反馈"),
    ]  # fmt: skip


def _cells(one: Line) -> list[str]:
    return [
        str(one.id),
        one.level.title,
        one.rule_title,
        redact(one.reason),
        one.place,
        one.thing,
        f"{timezone.localtime(one.at):%Y-%m-%d %H:%M}",
        str(one.count + 1),
        one.state_title,
        one.feedback_title,
    ]


pages = (
    Page("desk/warnings", listing, "warnings", may=reads),
    Page("desk/warnings/export.<slug:kind>", export, "warnings_export", may=reads),
)
