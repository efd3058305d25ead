"""The month's money: sheets drawn up, checked, sent back; the bank's file and its answer; figures and warnings."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Schema, Status
from pydantic import Field

from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor
from zhili.core.signals import registry
from zhili.core.signals.warnings import handling, wording
from zhili.portal.api.asking import body_of, refuse_unknown, shaped
from zhili.scenarios.wages.api import shapes
from zhili.scenarios.wages.api.asking import builder, month_of
from zhili.scenarios.wages.api.router import router
from zhili.scenarios.wages.models import Engagement, PaymentFile, Project, WageSheet
from zhili.scenarios.wages.money import (
    adjusting,
    answering,
    checking,
    drafting,
    sending,
    telling,
    verifying,
    who,
)
from zhili.scenarios.wages.money.pages.common import last_month
from zhili.scenarios.wages.money.pages.sheets import visible

WARNINGS = 100


class OfMonth(Schema):
    month: str | None = Field(
        None, pattern=shapes.MONTH, description="such as 2026-10; without it, last month"
    )


@router.get(
    "/wages/projects/{number}/sheets",
    response=shapes.SheetList,
    summary="Wage sheets of a month",
    operation_id="wage_sheets",
)
def listing(request: HttpRequest, number: str, wanted: Query[OfMonth]) -> shapes.SheetList:
    """Those the asker may see: a clerk's of its own firm's crews. Void ones are left out."""
    refuse_unknown(request, OfMonth.model_fields)
    actor, project, _may = _project(request, number)
    month = month_of(wanted.month) if wanted.month else last_month()
    rows = visible(actor).filter(project=project, month=month).exclude(state="void")
    found = rows.select_related("settles__worker").order_by("crew_id", "id")
    return shapes.SheetList(items=[shapes.SheetOut(**_sheet_facts(one)) for one in found])


@router.post(
    "/wages/projects/{number}/sheets",
    response={201: shapes.SheetList},
    summary="Draw up wage sheets",
    operation_id="draft_wage_sheets",
)
def draft(request: HttpRequest, number: str) -> Status[shapes.SheetList]:
    """By a firm's clerk, from days that all three confirmed; once the month is over. A draft there was is void then."""
    actor, project, may = _project(request, number)
    if not may.drafts:
        raise _forbidden()
    told = shaped(shapes.DraftIn, body_of(request))
    month = month_of(told.month)
    if told.settles is not None:
        made = drafting.draft(actor, project, month, settles=_engagement(told.settles, project, may))
    else:
        crews = who.to_draft(project, may, month) if told.crews is None else _own(told.crews, project, may)
        made = drafting.draft(actor, project, month, crews)
    rows = WageSheet.objects.filter(pk__in=[one.pk for one in made]).select_related("crew", "settles__worker")
    rows = rows.order_by("pk")
    return Status(201, shapes.SheetList(items=[shapes.SheetOut(**_sheet_facts(one)) for one in rows]))


@router.get(
    "/wages/sheets/{int:sheet}",
    response=shapes.SheetFull,
    summary="One wage sheet",
    operation_id="wage_sheet",
)
def sheet(request: HttpRequest, sheet: int) -> shapes.SheetFull:
    """With its lines, every digest reckoned again."""
    found, _may = who.sheet(sheet, builder(request))
    return _full(found)


@router.post(
    "/wages/sheets/{int:sheet}/check",
    response=shapes.SheetFull,
    summary="Check a wage sheet",
    operation_id="check_wage_sheet",
)
def check(request: HttpRequest, sheet: int) -> shapes.SheetFull:
    """By the contractor's wages officer; never by whoever drew it up. From now on workers may sign."""
    actor = builder(request)
    found, may = who.sheet(sheet, actor)
    if not may.pays:
        raise _forbidden()
    checking.check(actor, found, shaped(shapes.SeenIn, body_of(request)).digest)
    return _full(who.sheet(sheet, actor)[0])


@router.post(
    "/wages/sheets/{int:sheet}/back",
    response=shapes.SheetFull,
    summary="Send a wage sheet back",
    operation_id="return_wage_sheet",
)
def back(request: HttpRequest, sheet: int) -> shapes.SheetFull:
    """By the contractor's wages officer, with the reason; it is void then."""
    actor = builder(request)
    found, may = who.sheet(sheet, actor)
    if not may.pays:
        raise _forbidden()
    checking.send_back(actor, found, shaped(shapes.ReasonIn, body_of(request)).reason)
    return _full(who.sheet(sheet, actor)[0])


@router.post(
    "/wages/projects/{number}/adjustments",
    response={201: shapes.AdjustedOut},
    summary="Add to or take off a wage",
    operation_id="adjust_wage",
)
def adjust(request: HttpRequest, number: str) -> Status[shapes.AdjustedOut]:
    """By a firm's clerk, before the month's sheet is checked; it counts when the sheet is drawn up anew."""
    actor, project, may = _project(request, number)
    if not may.drafts:
        raise _forbidden()
    told = shaped(shapes.AdjustIn, body_of(request))
    one = _engagement(told.engagement, project, may)
    made = adjusting.adjust(actor, one, month_of(told.month), told.kind, told.amount_fen, told.note)
    return Status(201, shapes.AdjustedOut(id=made.pk))


@router.post(
    "/wages/projects/{number}/files",
    response={201: shapes.FileMade},
    summary="Make a file for the bank",
    operation_id="make_bank_file",
)
def pay(request: HttpRequest, number: str) -> Status[shapes.FileMade]:
    """By the contractor's wages officer: all that may be paid of a month. The same wage never goes twice."""
    actor, project, may = _project(request, number)
    if not may.pays:
        raise _forbidden()
    told = shaped(shapes.PayIn, body_of(request))
    made = sending.send(actor, project, month_of(told.month), unsigned=told.unsigned)
    found = shapes.FileMade(
        id=made.file.pk,
        lines=made.file.lines,
        total_fen=made.file.total_fen,
        sha256=made.file.sha256,
        url=f"/api/v1/wages/files/{made.file.pk}",
        held=[shapes.HeldOut(worker=code, why=why) for code, why in made.held],
    )
    return Status(201, found)


@router.get("/wages/files/{int:bankfile}", summary="The file for the bank", operation_id="bank_file")
def download(request: HttpRequest, bankfile: int) -> HttpResponse:
    """CSV with names and accounts, for the contractor's wages officer alone; each opening is a leaf of the log."""
    actor = builder(request)
    rows = PaymentFile.objects.select_related("project__case", "project__contractor")
    found = rows.filter(pk=bankfile).first()
    if found is None or not who.may(actor, found.project).pays:
        raise Http404
    response = HttpResponse(sending.contents(actor, found), content_type="text/csv; charset=utf-8")
    response["Cache-Control"] = "no-store"
    return response


@router.post(
    "/wages/projects/{number}/answers",
    response={201: shapes.BankOut},
    summary="Take in the bank's answer",
    operation_id="take_bank_answer",
)
def answer(request: HttpRequest, number: str) -> Status[shapes.BankOut]:
    """By the contractor's wages officer. What cannot be taken is told line by line; nothing is dropped. A request holds
    1 MB: longer files are taken on the page."""
    actor, project, may = _project(request, number)
    if not may.pays:
        raise _forbidden()
    made = answering.answer(actor, project, shaped(shapes.BankIn, body_of(request)).csv.encode())
    faults = [shapes.BankFault(**one) for one in made.faults]
    return Status(201, shapes.BankOut(taken=made.good, faults=faults))


@router.post(
    "/wages/projects/{number}/facts",
    response={201: shapes.FactOut},
    summary="Tell a figure of a project",
    operation_id="tell_wages_fact",
)
def tell(request: HttpRequest, number: str) -> Status[shapes.FactOut]:
    """What lies in the wage account; power and water used."""
    actor, project, may = _project(request, number)
    if not may.told:
        raise _forbidden()
    told = shaped(shapes.FactIn, body_of(request))
    made = telling.tell(actor, project, told.kind, told.value, told.on)
    return Status(201, shapes.FactOut(kind=made.kind, value=made.value, on=made.on))


@router.get(
    "/wages/projects/{number}/warnings",
    response=shapes.WarningList,
    summary="Warnings about a project",
    operation_id="wages_warnings",
)
def warnings(request: HttpRequest, number: str) -> shapes.WarningList:
    """For an office: those it sees on its page of warnings. A firm has none."""
    actor, project, _may = _project(request, number)
    rows = handling.visible(actor).filter(subject_kind="project", subject_id=project.pk, trial=False)
    rules = registry.rules()
    return shapes.WarningList(
        items=[
            shapes.WarningOut(
                id=one.pk,
                rule=one.rule,
                level=one.level,
                state=one.state,
                reason=wording.sentence(rules[one.rule], one.facts) if one.rule in rules else one.rule,
                value=one.value,
                at=one.raised_at,
            )
            for one in rows.order_by("-id")[:WARNINGS]
        ]
    )


def _project(request: HttpRequest, number: str) -> tuple[Actor, Project, who.May]:
    actor = builder(request)
    return actor, *who.project(number, actor)


def _forbidden() -> Refused:
    return Refused("forbidden", _("这一步不由您办理"), 403)


def _own(crews: list[int], project: Project, may: who.May) -> set[int]:
    """Those crews, when all are of firms it draws up for."""
    own = set(project.crews.filter(firm__in=may.drafts, pk__in=crews).values_list("pk", flat=True))
    if own != set(crews):
        raise Refused("no_crew", _("没有找到这个班组，或您无权查看。"), 404)
    return own


def _engagement(pk: int, project: Project, may: who.May) -> Engagement:
    rows = Engagement.objects.filter(crew__project=project, crew__firm__in=may.drafts, pk=pk)
    found = rows.select_related("worker", "crew__project__case").first()
    if found is None:
        raise Refused("no_worker", _("请选一位工人"), 422)
    return found


def _sheet_facts(one: WageSheet) -> dict[str, Any]:
    month: date = one.month
    return {
        "id": one.pk,
        "crew": one.crew_id,
        "crew_name": one.crew.name,
        "month": f"{month:%Y-%m}",
        "number": one.number,
        "state": one.state,
        "due": one.due,
        "workers": one.workers,
        "total_fen": one.total_fen,
        "short": one.short,
        "unconfirmed": one.unconfirmed,
        "settles": one.settles.worker.code if one.settles else None,
        "digest": one.digest,
    }


def _full(one: WageSheet) -> shapes.SheetFull:
    lines = list(verifying.lines_of(one))
    checked = verifying.verify(one, lines)
    return shapes.SheetFull(
        **_sheet_facts(one),
        faults=list(checked.faults),
        moved=list(checked.moved),
        lines=[
            shapes.WageOut(
                id=line.pk,
                engagement=line.engagement_id,
                worker=line.engagement.worker.code,
                state=line.state,
                gross_fen=line.gross_fen,
                withheld_fen=line.withheld_fen,
                net_fen=line.net_fen,
                short_fen=line.short_fen,
                digest=line.digest,
                items=line.facts["items"],
                leaves=line.facts["leaves"],
            )
            for line in lines
        ],
    )
