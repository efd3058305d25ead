"""/desk/admin/tables: decision tables to read: all of them, one with its faults marked, two compared, one tried."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Min, Q, When
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext

from zhili.base.decisions import BadFacts, Column, Outcome, Table, evaluate
from zhili.base.decisions.reading import CellRefused, read_value
from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree
from zhili.core.tables import blank, checks, keeping, reading, rights, sheets, showing, telling
from zhili.core.tables.models import State, TableVersion
from zhili.core.trail.models import Change
from zhili.portal.asked import text_in
from zhili.portal.pages.admin import frame
from zhili.portal.pages.admin import telling as told
from zhili.portal.pages.admin.duty_import import workbook

STANDS = ("all", "in_force", "draft", "import")
NAME_PART = "fact-"


@dataclass(frozen=True)
class Listed:
    """A table in the list: the version that holds today, if any, and the latest of all."""

    name: str
    now: TableVersion | None
    latest: TableVersion
    drafts: int
    office: str

    @property
    def shown(self) -> TableVersion:
        return self.now or self.latest


def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    frame.check_leads(actor)
    wanted, stand = text_in(request.GET, "q"), text_in(request.GET, "stand")
    names = _names(wanted, stand)
    page, more = frame.page_of(names, request)
    context = {
        "rows": _listed(page),
        "many": len(names),
        "more": more,
        "wanted": wanted,
        "stand": stand if stand in STANDS else "all",
        "stands": _stands(),
        "may": rights.may_draft(actor),
        "asked": bool(wanted) or stand in STANDS[1:],
    }
    return frame.show(request, actor, "decision_tables", context)


def show(request: HttpRequest, actor: Actor, table: int) -> HttpResponse:
    """One version: its rows with faults and citations, its other versions, what may be done."""
    frame.check_leads(actor)
    version = version_of(table)
    inner = reading.table_of(version)
    found = keeping.faults_of(version) if version.confirmed_at is None else []
    others = list(
        TableVersion.objects.filter(name=version.name).defer("document", "flags").order_by("-number")
    )
    context = {
        "version": version,
        "shown": showing.show(inner, found, telling.flagged(version.flags)),
        "state": state_of(version),
        "hit": hit_words(inner),
        "office": office_name(version),
        "others": [(one, state_of(one)) for one in others],
        "may_keep": rights.may_keep(actor, version.office_id),
        "own": version.drafted_by is not None and version.drafted_by == actor.account_id,
        "history": _history(version, actor),
        "again": checks.again(version.name, version.number),
    }
    return frame.show(request, actor, "decision_table", context)


def attempt(request: HttpRequest, actor: Actor, table: int) -> HttpResponse:
    """Asked with facts: which rows hold and what follows. Nothing is kept."""
    frame.check_leads(actor)
    version = version_of(table)
    inner = reading.table_of(version)
    facts, wrong = facts_in(request.GET, inner)
    asked = any(key.startswith(NAME_PART) for key in request.GET)
    outcome: Outcome | None = None
    if asked and not wrong:
        try:
            outcome = evaluate(inner, facts)
        except BadFacts as error:
            wrong = dict.fromkeys(error.columns, telling.said(error.words))
    context: dict[str, Any] = {
        "version": version,
        "fields": [_field(column, request.GET, wrong) for column in inner.inputs],
        "wrong": wrong,
        "outcome": outcome,
        "results": showing.results(inner, outcome.values) if outcome else [],
        "shown": showing.show(inner, fired=outcome.rows) if outcome else None,
        "hit": hit_words(inner),
    }
    return frame.show(request, actor, "decision_table_try", context, 422 if wrong else 200)


def compare(request: HttpRequest, actor: Actor, table: int) -> HttpResponse:
    """Two versions beside each other, row by row."""
    frame.check_leads(actor)
    version = version_of(table)
    others = list(
        TableVersion.objects.filter(name=version.name)
        .exclude(pk=version.pk)
        .defer("document", "flags")
        .order_by("-number")
    )
    asked = text_in(request.GET, "with")
    other = next((one for one in others if str(one.pk) == asked), None)
    other = other or next((one for one in others if one.number < version.number), next(iter(others), None))
    context: dict[str, Any] = {"version": version, "other": other, "others": others}
    if other is not None:
        former, now = (other, version) if other.number < version.number else (version, other)
        was, new = reading.table_of(former), reading.table_of(now)
        rows = showing.compare(was, new)
        context |= {
            "former": former,
            "now": now,
            "rows": [one for one in rows if one.kind != "same"],
            "same": sum(one.kind == "same" for one in rows),
            "columns": showing.columns_changed(was, new),
        }
    return frame.show(request, actor, "decision_table_compare", context)


def sheet(request: HttpRequest, actor: Actor, table: int) -> HttpResponse:
    """The version as a workbook: what a new draft is written in."""
    frame.check_leads(actor)
    version = version_of(table)
    return workbook(sheets.write(reading.table_of(version)), f"table-{version.pk}")


def blank_sheet(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A small example to write over."""
    frame.check_leads(actor)
    return workbook(sheets.write(blank.table()), "table-blank")


def version_of(table: int) -> TableVersion:
    found = TableVersion.objects.filter(pk=table).first()
    if found is None:
        raise Http404
    return found


def state_of(version: TableVersion) -> tuple[str, str, str]:
    """How a version stands today: (icon, look, words)."""
    today = timezone.localdate()
    if version.confirmed_at is None:
        if version.state == State.WITHDRAWN:
            return "x", "", gettext("草稿已撤回")
        if version.drafted_by is None:
            return "circle-help", "soon", gettext("导入的草稿，待核对")
        return "clock", "soon", gettext("草稿，待另一人确认")
    assert version.valid_from is not None
    if version.valid_to is not None and version.valid_to <= max(today, version.valid_from):
        return "circle-x", "", gettext("已失效")
    if version.valid_from > today:
        return "clock", "lake", gettext("已确认，未到生效日")
    return "circle-check", "done", gettext("现行有效")


def hit_words(table: Table) -> str:
    return {
        "unique": gettext("唯一：任何情形只有一行管到"),
        "first": gettext("首条：从上往下，先管到的一行算数"),
        "collect": gettext("汇总：管到的行都算，一行没有也是答案"),
    }[table.hit]


def office_name(version: TableVersion) -> str:
    node = tree().nodes.get(version.office_id or 0)
    return node.name if node else ""


def facts_in(data: QueryDict, table: Table) -> tuple[dict[str, Any], dict[str, str]]:
    """Facts typed for a table, by column, and why some cannot be read. What is left empty is left out."""
    facts: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for column in table.inputs:
        text = text_in(data, NAME_PART + column.name)
        if not text.strip():
            continue
        try:
            facts[column.name] = read_value(text, column)
        except CellRefused as error:
            wrong[column.name] = telling.said(error.words)
    return facts, wrong


def _field(column: Column, data: QueryDict, wrong: dict[str, str]) -> dict[str, Any]:
    choices = column.choices if column.kind == "choice" else ("是", "否") if column.kind == "boolean" else ()
    unit = column.unit or (gettext("元") if column.kind == "money" else "")
    return {
        "name": NAME_PART + column.name,
        "title": column.title,
        "unit": unit,
        "choices": choices,
        "value": text_in(data, NAME_PART + column.name),
        "wrong": wrong.get(column.name, ""),
    }


def _stands() -> list[tuple[str, str]]:
    words = (gettext("全部"), gettext("现行有效"), gettext("有待确认的草稿"), gettext("导入后待核对"))
    return list(zip(STANDS, words, strict=True))


def _names(wanted: str, stand: str) -> list[str]:
    """Of the tables asked for: those in force first, then what waits for a person, then what a file brought in."""
    today = timezone.localdate()
    held = Q(confirmed_at__isnull=False, valid_from__lte=today) & (Q(valid_to=None) | Q(valid_to__gt=today))
    rank = Min(Case(When(held, then=0), When(drafted_by__isnull=False, then=1), default=2))
    rows = _named(wanted, stand).values("name").annotate(rank=rank, first=Min("pk"))
    return [row["name"] for row in rows.order_by("rank", "first")]


def _named(wanted: str, stand: str) -> Any:
    rows = TableVersion.objects.exclude(state=State.WITHDRAWN, confirmed_at=None)
    if wanted:
        rows = rows.filter(
            Q(name__icontains=wanted) | Q(title__icontains=wanted) | Q(source__icontains=wanted)
        )
    if stand == "in_force":
        return rows.filter(pk__in=reading.held(timezone.localdate()).values("pk"))
    if stand == "draft":
        return rows.filter(state=State.DRAFT, drafted_by__isnull=False)
    if stand == "import":
        return rows.filter(state=State.DRAFT, drafted_by=None)
    return rows


def _listed(names: list[str]) -> list[tuple[Listed, tuple[str, str, str]]]:
    """Of these tables, in their order. Two queries."""
    held = {
        one.name: one for one in reading.held(timezone.localdate()).filter(name__in=names).defer("document")
    }
    rows: dict[str, list[TableVersion]] = {}
    kept = TableVersion.objects.filter(name__in=names).exclude(state=State.WITHDRAWN, confirmed_at=None)
    for one in kept.defer("document", "flags").order_by("-number"):
        rows.setdefault(one.name, []).append(one)
    found = []
    for name in names:
        drafts = sum(one.state == State.DRAFT for one in rows[name])
        listed = Listed(name, held.get(name), rows[name][0], drafts, "")
        listed = Listed(name, listed.now, listed.latest, drafts, office_name(listed.shown))
        found.append((listed, state_of(listed.shown)))
    return found


def _history(version: TableVersion, actor: Actor) -> list[told.Line]:
    rows = Change.objects.filter(subject=telling.TABLE, name=version.name).order_by("-id")[:8]
    return told.lines(list(rows), actor)
