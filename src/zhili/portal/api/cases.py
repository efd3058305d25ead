"""Cases: begin, list, read, act; what happened and what may be done next."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field

from zhili.base.codes import CodeError, normalise_division, parse_case_number
from zhili.core.cases import doors, present, query, receipts, registry
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.cases.routing import directory
from zhili.core.cases.triage.similar import for_case
from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree as offices
from zhili.core.places.tree import nodes, subtree
from zhili.core.trail import bundles
from zhili.core.web.words import fault_of
from zhili.portal.api import cursors, shapes, showing, similarity
from zhili.portal.api.asking import actor_of, body_of, key_of, refuse_unknown
from zhili.portal.api.problems import Problem, needs_account, step_taken

router = Router(tags=["cases"])
SEEN_MOST = 2**31 - 1


class Wanted(Schema):
    """Which cases. Conditions add up."""

    scope: Literal["visible", "inbox", "own", "public"] | None = Field(
        None,
        description="visible (default): all the asker may see; inbox: what their office must do",
    )
    scenario: str | None = Field(None, max_length=40)
    procedure: str | None = Field(None, max_length=80)
    stage: str | None = Field(None, max_length=40)
    office: str | None = Field(None, max_length=40, description="code of the office that holds it")
    division: str | None = Field(None, max_length=20, description="12-digit code; all below it included")
    category: str | None = Field(None, max_length=20, description="all below it included")
    state: Literal["open", "closed"] | None = None
    overdue: bool | None = None
    opened_since: AwareDatetime | None = None
    opened_until: AwareDatetime | None = None
    due_before: AwareDatetime | None = None
    q: str | None = Field(None, max_length=100, description="a number, or words of the title or address")
    sort: Literal["-opened", "opened", "due"] | None = Field(
        None, description="due in the inbox, else -opened"
    )
    cursor: str | None = Field(None, max_length=300)
    limit: int = Field(50, ge=1, le=100)


@router.get("", response=shapes.CasePage, summary="List cases", operation_id="list_cases")
def listing(request: HttpRequest, wanted: Query[Wanted]) -> shapes.CasePage:
    """Keyset pages: follow `next` until it is null. What is opened meanwhile shifts nothing."""
    refuse_unknown(request, Wanted.model_fields)
    actor = actor_of(request)
    scope = wanted.scope or "visible"
    found, own = _scoped(scope, actor)
    sort = wanted.sort or (cursors.DUE if scope == "inbox" else cursors.NEWEST)
    rows, following = cursors.page(_narrowed(found, wanted), sort, wanted.cursor, wanted.limit)
    items = showing.listed(rows, own=own, plain=actor.kind != "post")
    return shapes.CasePage(items=items, next=following)


@router.get("/{number}", response=shapes.CaseFull, summary="Read a case", operation_id="read_case")
def read(request: HttpRequest, number: str) -> shapes.CaseFull:
    """Whole for those concerned, without personal parts for everybody else if the case is public."""
    actor = actor_of(request)
    case, own = find(number, actor)
    return showing.full(case, actor, own=own)


@router.get("/{number}/timeline", response=shapes.Timeline, summary="What happened", operation_id="timeline")
def timeline(request: HttpRequest, number: str) -> shapes.Timeline:
    """The steps, oldest first, as far as the asker may see them."""
    actor = actor_of(request)
    case, _own = find(number, actor)
    return shapes.Timeline(number=case.number, seq=case.seq, steps=showing.steps(case, actor))


@router.get("/{number}/receipt", summary="The receipt", operation_id="receipt")
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """A file that proves every step the asker may see (`zhili-proof/1`, docs/verify.md): leaves, inclusion proofs,
    the signed head of the tree. It holds the words of nobody but the asker."""
    actor = actor_of(request)
    case, own = find(number, actor)
    site = f"{request.scheme}://{request.get_host()}"
    file = receipts.receipt(case, actor, own=own, site=site)
    response = HttpResponse(bundles.as_bytes(file), content_type="application/json")
    response["Cache-Control"] = "private, no-store"
    return response


@router.get("/{number}/actions", response=shapes.Offers, summary="What may be done", operation_id="actions")
def actions(request: HttpRequest, number: str) -> shapes.Offers:
    """What the asker may do with the case now, each with its form."""
    actor = actor_of(request)
    case, own = find(number, actor)
    offers = present.actions_for(case, actor) if own else []
    return shapes.Offers(
        number=case.number,
        seq=case.seq,
        actions=[
            shapes.Offered(name=o.name, title=o.title, hint=o.hint, form=o.form.schema() if o.form else None)
            for o in offers
        ],
        suggestion=similarity.suggested(case, actor, offers),
    )


@router.get(
    "/{number}/similar", response=shapes.SimilarPage, summary="Likely duplicates", operation_id="similar"
)
def similar(request: HttpRequest, number: str) -> shapes.SimilarPage:
    """Matters near this one in place, time and words, among those the asker may see. Open ones and those answered
    lately; whether it is the same, a person decides."""
    actor = actor_of(request)
    case, own = find(number, actor)
    return similarity.listed(for_case(case, actor) if own else [], plain=actor.kind != "post")


@router.post(
    "/{number}/actions/{action}",
    response={201: shapes.ActedOut},
    summary="Take a step",
    operation_id="act",
)
def act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """Body: `{"data": {…}, "seen": 3}`. `seen` is the last step read: if the case moved on since, nothing
    is done and
    the steps taken meanwhile are told (409). `made_at` says when it was done, if it is sent late.
    `Idempotency-Key` makes a repeat harmless."""
    actor = actor_of(request)
    told, key = _told(body_of(request)), key_of(request, actor)
    taken = doors.act(
        parse_case_number(number), action, actor, told.data, key=key, seen=told.seen, made_at=told.made_at
    )
    url = showing.case_url(taken.number)
    body: dict[str, Any] = {"number": taken.number, "seq": taken.seq, "stage": taken.stage, "url": url}
    if taken.meanwhile:
        body["meanwhile"] = [step_taken(step) for step in taken.meanwhile]
    return _result(body, 201, taken.repeated, {"Location": f"{url}/timeline"})


# Last, since it would also match the addresses above; a procedure's name has a dot, a case's number none.
@router.post(
    "/{procedure}/{opening}",
    response={201: shapes.OpenedOut},
    summary="Begin a case",
    operation_id="open_case",
)
def begin(request: HttpRequest, procedure: str, opening: str) -> HttpResponse:
    """The body is the opening's form, as `GET /procedures` describes it. `Idempotency-Key` makes a repeat
    harmless:
    it gets the first answer again, with `Idempotent-Replay: true`. `?made_at=` says when it was written down,
    if it is sent late."""
    actor = actor_of(request)
    refuse_unknown(request, ("made_at",))
    made_at = _claimed(request.GET["made_at"]) if "made_at" in request.GET else None
    opened = doors.open_case(
        procedure,
        opening,
        actor,
        body_of(request),
        key=key_of(request, actor),
        channel="api",
        made_at=made_at,
    )
    url = showing.case_url(opened.number)
    body = {"number": opened.number, "seq": opened.seq, "url": url, "code": opened.code}
    return _result(body, 201, opened.repeated, {"Location": url})


def find(number: str, actor: Actor) -> tuple[Case, bool]:
    """The case, and whether the actor sees it whole. The same 404 for what is hidden and what is not
    there."""
    case = Case.objects.filter(number=parse_case_number(number)).first()
    if case is not None:
        if query.sees(actor, case):
            return case, True
        if query.is_open_to_all(case):
            return case, False
    words = _("没有找到这件事项，或您无权查看。请核对编号；匿名上报请带上查询码（X-Grant）。")
    raise Refused("no_case", words, 404)


@dataclass(frozen=True)
class _Told:
    data: dict[str, Any]
    seen: int | None
    made_at: datetime | None


def _told(body: dict[str, Any]) -> _Told:
    """What an action's body says. Raises Problem (422) naming what does not fit."""
    errors: dict[str, list[str]] = {}
    data, seen, made_at = body.get("data", {}), body.get("seen"), None
    if data is None:
        data = {}
    if not isinstance(data, dict):
        errors["data"] = [_("应当是一个 JSON 对象。")]
    if seen is not None and (type(seen) is not int or not 0 <= seen <= SEEN_MOST):
        errors["seen"] = [_("应当是您读到的最后一步的序号（整数）。")]
    if body.get("made_at") is not None:
        try:
            made_at = _claimed(body["made_at"])
        except Problem as problem:
            errors |= {name: list(found) for name, found in problem.errors.items()}
    for name in sorted(set(body) - {"data", "seen", "made_at"})[:20]:
        errors[name[:64]] = [_("没有这一项；表单的内容请放在 data 里。")]
    if errors:
        raise Problem(422, "form", _("请按各项的说明改正后再提交；内容没有保存。"), errors=errors)
    return _Told(data, seen, made_at)


def _claimed(text: Any) -> datetime:
    """A claimed time with its offset. Raises Problem (422)."""
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) and len(text) <= 40 else None
    except ValueError:
        found = None
    # the years at both ends of the calendar have no offset to be counted in
    if found is None or found.tzinfo is None or not 2000 <= found.year < 9000:
        words = _("应当是带时区的时间，例如 2026-03-01T08:00:00+08:00。")
        raise Problem(422, "form", words, errors={"made_at": [words]})
    return found


def _scoped(scope: str, actor: Actor) -> tuple[QuerySet[Case], bool]:
    """The rows of a scope, and whether they are shown whole."""
    if scope == "public":
        return query.public(), False
    if actor.kind == "anonymous":
        raise needs_account()
    if scope == "inbox":
        return query.inbox(actor), True
    return (query.own(actor) if scope == "own" else query.visible(actor)), True


def _narrowed(found: QuerySet[Case], wanted: Wanted) -> QuerySet[Case]:
    plain = {"scenario": wanted.scenario, "procedure": wanted.procedure, "stage": wanted.stage}
    found = found.filter(**{name: value for name, value in plain.items() if value is not None})
    if wanted.office is not None:
        found = found.filter(office_id=_office(wanted.office))
    if wanted.division is not None:
        found = found.filter(division_id__in=subtree(division(wanted.division)))
    if wanted.category is not None:
        found = found.filter(category__in=_below(wanted.scenario, wanted.category))
    if wanted.state is not None:
        found = found.filter(closed_at__isnull=wanted.state == "open")
    if wanted.overdue is not None:
        found = found.filter(overdue=wanted.overdue)
    if wanted.q is not None and wanted.q.strip():
        found = found.filter(_words(wanted.q.strip()))
    return _dated(found, wanted)


def _dated(found: QuerySet[Case], wanted: Wanted) -> QuerySet[Case]:
    spans: dict[str, datetime | None] = {
        "opened_at__gte": wanted.opened_since,
        "opened_at__lt": wanted.opened_until,
        "due_at__lt": wanted.due_before,
    }
    return found.filter(**{name: at for name, at in spans.items() if at is not None})


def _words(text: str) -> Q:
    """A number, whole or spaced; else words in the title or the address."""
    try:
        return Q(number=parse_case_number(text))
    except CodeError:
        return Q(title__icontains=text) | Q(address__icontains=text)


def _office(code: str) -> int:
    node = offices().by_code.get(code)
    if node is None:
        words = _("没有这个单位。")
        raise Problem(422, "query", words, errors={"office": [words]})
    return node.id


def division(code: str) -> int:
    """The id of a division in force, by its code. Raises Problem (422)."""
    try:
        wanted = normalise_division(code)
    except CodeError as error:
        fault = fault_of(error)
        raise Problem(422, "query", fault, errors={"division": [fault]}) from None
    known = [one.id for one in nodes().values() if one.code == wanted and one.valid_to is None]
    if not known:
        words = _("没有这个区划代码，或它已停用。")
        raise Problem(422, "query", words, errors={"division": [words]})
    return known[0]


def _below(scenario: str | None, category: str) -> set[str]:
    """The category and all below it, in one scenario or in all."""
    book, found = directory(), {category}
    for name in [scenario] if scenario else registry.scenarios():
        found |= {
            code for (one, code) in book.parents if one == name and category in set(book.lineage(name, code))
        }
    return found


def _result(body: Mapping[str, Any], status: int, repeated: bool, headers: Mapping[str, str]) -> HttpResponse:
    """The answer of a door, made without a detour: this is the hot path."""
    response = HttpResponse(
        json.dumps(body, ensure_ascii=False),
        status=status,
        content_type="application/json",
        headers=dict(headers),
    )
    if repeated:
        response["Idempotent-Replay"] = "true"
    response["Cache-Control"] = "no-store"
    return response
