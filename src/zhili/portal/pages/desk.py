"""/desk: the inbox of an office, due first; and the two-tap entry for what a grid worker found and fixed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from zhili.base.codes import CodeError, parse_case_number
from zhili.base.procedure import Anyone, Opening
from zhili.core.cases import present, query, registry
from zhili.core.cases.models import Case
from zhili.core.cases.routing import directory
from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree
from zhili.core.places.tree import nodes, subtree
from zhili.portal.asked import number_in, text_in
from zhili.portal.rows import rows
from zhili.portal.submitted import new_key

PAGE = 50
SOON = timedelta(days=1)
OFTEN = 8
"""So many categories stand as buttons in the two-tap entry."""
COUNTED = 5000
"""Over so many cases of an area the filter row is made; more would say little new."""
LOOKED_BACK = 300
"""Over so many of the office's last finds to learn which categories come often."""


@dataclass(frozen=True)
class Tab:
    """One view of the inbox, with how many there are in it; None where counting would cost too much."""

    name: str
    title: str
    url: str
    count: int | None
    current: bool


def inbox(request: HttpRequest, actor: Actor) -> HttpResponse:
    asked = request.GET
    view = asked.get("view", "todo")
    base = _base(view, actor)
    filtered = narrow(base, asked)
    chosen = _by_state(filtered, asked.get("state", ""))
    page, more = page_of(chosen, asked.get("after", ""))
    context = {
        "tabs": _tabs(actor, asked, view),
        "rows": rows(page, desk=True, roles=actor.roles, own_office=actor.office_id),
        "more": _with(asked, after=more) if more else "",
        "first": _with(asked, after="") if asked.get("after") else "",
        "asked": asked,
        "filters": filters(base, actor, own=view != "area"),
        "all_of_them": _with(asked, all="1", after="", view="", state="").removeprefix("?"),
        "filtered": any(asked.get(name) for name in ("stage", "scenario", "category", "place", "q", "state")),
        "quick": quick(actor),
        "entries": _entries(actor),
        "view": view,
        "label": actor.label,
    }
    return render(request, "portal/desk.html", context)


def _entries(actor: Actor) -> list[Any]:
    """What this post may begin that others may not: on behalf of a caller, found on patrol."""
    return [
        (procedure, opening)
        for procedure, opening in present.openings_for(actor)
        if not any(isinstance(who, Anyone) for who in opening.by) and not _is_quick(opening)
    ]


def _base(view: str, actor: Actor) -> QuerySet[Case]:
    """todo: ours to do; waiting: somebody outside must answer first; area: all we may see, still open."""
    if view == "waiting":
        held = Case.objects.filter(office=actor.office_id or 0, closed_at=None).exclude(party="")
        return held.order_by(F("due_at").asc(nulls_last=True), "id")
    if view == "area":
        seen = query.visible(actor).filter(closed_at=None)
        return seen.order_by(F("due_at").asc(nulls_last=True), "id")
    return query.inbox(actor)


def narrow(found: QuerySet[Case], asked: QueryDict) -> QuerySet[Case]:
    """The filters of the page, as query string: stage (procedure:stage), scenario, category, place, q."""
    procedure, _, stage = text_in(asked, "stage").partition(":")
    if stage:
        found = found.filter(procedure=procedure, stage=stage)
    if scenario := text_in(asked, "scenario"):
        found = found.filter(scenario=scenario)
    if category := text_in(asked, "category"):
        found = found.filter(category=category)
    if (place := number_in(asked, "place")) is not None:
        found = found.filter(division_id__in=subtree(place))
    if text := text_in(asked, "q"):
        found = found.filter(_matches(text))
    return found


def _matches(text: str) -> Q:
    """A number, whole or spaced; else words in the title or the address."""
    try:
        return Q(number=parse_case_number(text))
    except CodeError:
        return Q(title__icontains=text) | Q(address__icontains=text)


def _by_state(found: QuerySet[Case], state: str) -> QuerySet[Case]:
    now = timezone.now()
    if state == "over":
        return found.filter(due_at__lt=now)
    if state == "soon":
        return found.filter(due_at__gte=now, due_at__lt=now + SOON)
    return found


def _tabs(actor: Actor, asked: QueryDict, view: str) -> list[Tab]:
    """Counts come from the querysets the lists are made of, so they cannot disagree."""
    now = timezone.now()
    state = asked.get("state", "")
    todo = narrow(_base("todo", actor), asked).order_by()
    counts = todo.aggregate(
        all=Count("id"),
        over=Count("id", filter=Q(due_at__lt=now)),
        soon=Count("id", filter=Q(due_at__gte=now, due_at__lt=now + SOON)),
    )
    waiting = narrow(_base("waiting", actor), asked).order_by().count()

    def tab(name: str, title: str, count: int | None, view_: str, state_: str) -> Tab:
        url = _with(asked, view=view_, state=state_, after="")
        return Tab(name, title, url, count, view == view_ and state == state_)

    found = [
        tab("todo", gettext("待办"), counts["all"], "todo", ""),
        tab("over", gettext("已超时"), counts["over"], "todo", "over"),
        tab("soon", gettext("一天内到期"), counts["soon"], "todo", "soon"),
        tab("waiting", gettext("等对方回复"), waiting, "waiting", ""),
    ]
    if actor.office_level != "grid":
        found.append(tab("area", gettext("辖区内全部"), None, "area", ""))
    return found


def _with(asked: QueryDict, **changes: str) -> str:
    """The page's address with some filters changed; empty ones left out."""
    query_ = asked.copy()
    for name, value in changes.items():
        query_[name] = value
    kept = QueryDict(mutable=True)
    for name in query_:
        if kept_value := query_.get(name):
            kept[name] = kept_value
    return f"?{kept.urlencode()}" if kept else "?"


def page_of(found: QuerySet[Case], after: str) -> tuple[list[Case], str]:
    """The page that follows a cursor, and the cursor of the next; due first, those without a limit last."""
    if after:
        found = found.filter(_beyond(after))
    page = list(found[: PAGE + 1])
    if len(page) <= PAGE:
        return page, ""
    last = page[PAGE - 1]
    return page[:PAGE], f"{last.due_at.isoformat() if last.due_at else ''}~{last.pk}"


def _beyond(after: str) -> Q:
    due, _, last = after.partition("~")
    if not (last.isascii() and last.isdigit() and len(last) < 19):
        return Q()
    no_limit = Q(due_at=None)
    if not due:
        return no_limit & Q(id__gt=int(last))
    try:
        at = datetime.fromisoformat(due)
    except ValueError:
        return Q()
    if timezone.is_naive(at):
        return Q()
    return Q(due_at__gt=at) | Q(due_at=at, id__gt=int(last)) | no_limit


def filters(base: QuerySet[Case], actor: Actor, *, own: bool) -> dict[str, Any]:
    """What can be chosen in the filter row: only what occurs there, with how often. ``own``: the office's desk."""
    found = base.order_by()
    if not own:  # an area has no end; a desk is as long as it is
        found = Case.objects.filter(pk__in=found.values("pk")[:COUNTED])
    groups = found.values_list("scenario", "procedure", "stage", "category").annotate(Count("pk"))
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
    return {
        "stages": sorted(_stages(stages)),
        "scenarios": sorted((n, gettext(titles[n].title)) for n in scenarios) if len(scenarios) > 1 else [],
        "categories": sorted(known.items()),
        "places": _places(actor),
    }


def _stages(counts: Counter[tuple[str, str]]) -> Iterator[tuple[str, str, int]]:
    """(value, title, how many) of each stage that is still declared."""
    for (name, stage), count in counts.items():
        procedure = registry.procedure(name)
        if procedure and stage in procedure.stages:
            yield f"{name}:{stage}", gettext(procedure.stages[stage].title), count


def _places(actor: Actor) -> list[tuple[int, str]]:
    """The divisions right below the actor's own."""
    if actor.division_id is None or actor.office_level in ("village", "grid"):
        return []
    below = [n for n in nodes().values() if n.parent_id == actor.division_id and n.valid_to is None]
    return [(n.id, n.name) for n in sorted(below, key=lambda n: n.code)]


@dataclass(frozen=True)
class Quick:
    """Found and fixed: one tap opens it, the second sends it."""

    title: str
    url: str
    field: str
    key: str
    choices: list[tuple[str, str]]


def quick(actor: Actor) -> Quick | None:
    """The opening that ends at once and asks for nothing but one choice, if the actor has one."""
    for procedure, opening in present.openings_for(actor):
        if _is_quick(opening):
            required = [one for one in opening.form.fields() if one.required]
            often = _often(actor, procedure.full_name(), required[0].offered())
            url = f"/new/{procedure.full_name()}/{opening.name}"
            return Quick(gettext(opening.title), url, required[0].name, new_key(), often)
    return None


def _is_quick(opening: Opening) -> bool:
    target, form = opening.move.target, opening.form
    if target is None or not target.final or form is None:
        return False
    return [one.type for one in form.fields() if one.required] == ["choice"]


def _often(actor: Actor, procedure: str, offered: Any) -> list[tuple[str, str]]:
    """The categories this office's ground sees most, filled up from the list."""
    seat = tree().nodes.get(actor.office_id or 0)
    cell = seat.cell_id if seat else None
    near = Case.objects.filter(cell_id=cell) if cell else Case.objects.filter(division=actor.division_id or 0)
    last = near.exclude(category="").order_by("-id").values_list("category", flat=True)[:LOOKED_BACK]
    tally: dict[str, int] = {}
    for category in last:
        tally[category] = tally.get(category, 0) + 1
    titles = {value: title for value, title, _group in offered}
    ranked = sorted((c for c in tally if c in titles), key=lambda c: -tally[c])
    rest = [value for value in titles if value not in tally]
    return [(value, gettext(titles[value])) for value in (ranked + rest)[:OFTEN]]


def search(request: HttpRequest, actor: Actor) -> HttpResponse:
    """/desk/search: everything the post may see, open or closed, newest first."""
    asked = request.GET
    text = text_in(asked, "q")
    found = narrow(query.visible(actor), asked).order_by("-id")
    if asked.get("open") == "1":
        found = found.filter(closed_at=None)
    elif asked.get("open") == "0":
        found = found.exclude(closed_at=None)
    before = number_in(asked, "before")
    if before is not None:
        found = found.filter(id__lt=before)
    wanted = bool(text or asked.get("category") or asked.get("place") or asked.get("open"))
    page = list(found[: PAGE + 1]) if wanted else []
    if len(page) == 1 and text and page[0].number == _number(text):
        return redirect("desk_case", page[0].number)
    more = _with(asked, before=str(page[PAGE - 1].pk)) if len(page) > PAGE else ""
    book = directory()
    context = {
        "asked": asked,
        "wanted": wanted,
        "rows": rows(page[:PAGE], desk=True),
        "more": more,
        "first": _with(asked, before="") if before is not None else "",
        "places": _places(actor),
        "categories": sorted((code, gettext(name)) for (_scenario, code), name in book.names.items()),
    }
    return render(request, "portal/search.html", context)


def _number(text: str) -> str:
    try:
        return parse_case_number(text)
    except CodeError:
        return ""
