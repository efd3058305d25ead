"""/desk/exports: taking personal values away as a file. One asks, another agrees; every row carries the number."""

from __future__ import annotations

import io
from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.forms import Form, FormErrors, MultiChoice, Text
from zhili.core.people.actors import Actor
from zhili.core.personal import exporting
from zhili.core.personal.exporting import Line
from zhili.core.personal.mine import KINDS
from zhili.core.personal.models import Export, ExportState
from zhili.core.web import words
from zhili.portal.asked import number_in, text_in
from zhili.portal.inbox.lens import FILTERS, Lens
from zhili.portal.pages.queue import LONGEST, list_of
from zhili.portal.rows import row
from zhili.portal.submitted import Submission

PAGE = 30
MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class AskForm(Form):
    kinds = MultiChoice(
        "要哪些信息", choices=[(kind, KINDS[kind]) for kind in exporting.KINDS], required=True,
        help="只选用得上的。",
    )  # fmt: skip
    purpose = Text(
        "用途",
        required=True,
        max_length=150,
        help="当事人会在“谁看过”里看到这句话。不写姓名、电话等个人信息。",
    )


@require_GET
def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Three lists: what waits for me, what I asked for, what is done."""
    view = text_in(request.GET, "view")
    found = exporting.visible(actor)
    parts = {
        "decide": found.filter(state=ExportState.WAITING).exclude(account_id=actor.account_id or 0),
        "": found.filter(account_id=actor.account_id or 0),
        "done": found.exclude(account_id=actor.account_id or 0).exclude(state=ExportState.WAITING),
    }
    may = bool(actor.roles & exporting.AGREE)
    shown = view if view in parts and (may or not view) else ""
    rows = parts[shown]
    if (before := number_in(request.GET, "before")) is not None:
        rows = rows.filter(pk__lt=before)
    page = list(rows[: PAGE + 1])
    kept = f"view={shown}&" if shown else ""
    titles = [("", gettext("我的申请")), ("decide", gettext("等我审批")), ("done", gettext("已办"))]
    context = {
        "rows": [(one, exporting.over(one)) for one in page[:PAGE]],
        "more": f"?{kept}before={page[PAGE - 1].pk}" if len(page) > PAGE else "",
        "tabs": [(name, title, parts[name].count()) for name, title in titles] if may else [],
        "view": shown,
    }
    return render(request, "portal/exports.html", context)


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Ask for the list the desk shows, with what is needed of it and what for."""
    asked = (
        list_of(request)
        if request.method == "POST"
        else QueryDict(request.GET.get("list", "")[:LONGEST].replace("\x00", ""))
    )
    lens = Lens.of(actor, asked)
    most = exporting.whole("export_rows")
    cases = list(lens.cases()[: most + 1])
    free = exporting.openable(cases, actor)
    errors: dict[str, list[str]] = {}
    sent = None
    if request.method == "POST":
        sent = Submission(request, AskForm, actor)
        try:
            values = AskForm.validate(sent.data).values
            made = exporting.ask(actor, cases, _scope(lens), values["kinds"], values["purpose"])
        except FormErrors as error:
            errors = error.errors
        except Refused as refused:
            errors = {"": [refused.message]}
        else:
            messages.success(request, gettext("已提出，等另一位负责人审批。批准后在这里下载。"))
            return redirect("personal_export", made.pk)
    loose = errors.pop("", [])
    context = {
        "bound": AskForm.bind(sent.data if sent else {}, errors or None),
        "loose": loose,
        "scope": _scope(lens),
        "query": lens.query,
        "free": len(free),
        "values": len(exporting.values_of([one.pk for one in free], exporting.KINDS)),
        "left_out": len(cases) - len(free),
        "too_many": len(cases) > most,
        "most": most,
    }
    return render(request, "portal/export_ask.html", context, status=422 if errors or loose else 200)


def _scope(lens: Lens) -> str:
    """The list in words: which of the three, and its filters as typed."""
    titles = {"todo": gettext("待办"), "waiting": gettext("等对方回复"), "area": gettext("辖区全部")}
    told = [titles[lens.view], *(text for name in FILTERS if (text := text_in(lens.asked, name)))]
    return " · ".join(told)


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, actor: Actor, export: int) -> HttpResponse:
    """One request: what it is for, who asked, what was decided; agreeing, refusing, taking back."""
    found = exporting.find(export, actor)
    trouble = ""
    if request.method == "POST":
        doing = request.POST.get("_do", "")
        try:
            if doing == "withdraw":
                exporting.withdraw(export, actor)
                messages.success(request, gettext("已撤回。"))
            elif doing in ("agree", "refuse"):
                exporting.decide(export, doing == "agree", text_in(request.POST, "word"), actor)
                agreed = gettext("已批准，申请人可以下载。")
                messages.success(
                    request, agreed if doing == "agree" else gettext("已退回，申请人能看到原因。")
                )
            else:
                raise Refused("what", gettext("没有这项操作。"), 400)
        except Refused as refused:
            if refused.status in (403, 404):
                raise
            trouble = refused.message
        else:
            return redirect("personal_export", export)
    context = {
        "one": found,
        "kinds": "、".join(gettext(KINDS[kind]) for kind in found.kinds),
        "over": exporting.over(found),
        "own": found.account_id == actor.account_id,
        "may_agree": found.state == ExportState.WAITING and exporting.may_agree(found, actor),
        "may_take": found.state == ExportState.AGREED and not exporting.over(found),
        "left": exporting.whole("export_times") - found.taken,
        "trouble": trouble,
        "word": text_in(request.POST, "word"),
        "some": Case.objects.filter(pk__in=found.cases[:10]).order_by("id"),
        "rest": max(0, len(found.cases) - 10),
    }
    return render(request, "portal/export.html", context, status=422 if trouble else 200)


@require_POST
def take(request: HttpRequest, actor: Actor, export: int) -> HttpResponse:
    """The workbook. Never kept, and never from a link."""
    found, lines = exporting.take(export, actor)
    response = HttpResponse(_workbook(found, lines, actor), content_type=MEDIA)
    response["Content-Disposition"] = f'attachment; filename="{found.number}-{found.taken}.xlsx"'
    response["Cache-Control"] = "no-store"
    return response


def _workbook(one: Export, lines: list[Line], actor: Actor) -> bytes:
    """One sheet; the number and who took it stand above, below, on every row and on every printed page."""
    book = Workbook(write_only=True)
    book.properties.title, book.properties.creator = one.number, one.label
    sheet = book.create_sheet(one.number)
    mark = gettext("%(number)s 第%(n)d次下载 · %(who)s · 含个人信息，不得外传") % {
        "number": one.number, "n": one.taken, "who": one.label,
    }  # fmt: skip
    sheet.oddHeader.center.text = sheet.oddFooter.center.text = mark.replace("&", "&&")
    sheet.freeze_panes = "A4"
    for letter, width in zip("ABCDEFGHI", (18, 36, 16, 18, 24, 24, 24, 24, 26), strict=True):
        sheet.column_dimensions[letter].width = width
    for cells in _cells(one, lines, mark):
        written = [WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text)) for text in cells]
        for cell in written:
            cell.data_type = "s"  # never reckoned as a formula
        sheet.append(written)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cells(one: Export, lines: list[Line], mark: str) -> Iterator[list[str]]:
    yield [mark]
    told = gettext("用途：%(purpose)s　申请：%(who)s　批准：%(by)s　生成：%(at)s")
    yield [
        told % {
            "purpose": one.purpose, "who": one.label, "by": one.decided_label, "at": words.moment(timezone.now()),
        }
    ]  # fmt: skip
    yield [
        gettext("编号"), gettext("事项"), gettext("环节"), gettext("上报时间"),
        *(gettext(KINDS[kind]) for kind in one.kinds), gettext("导出编号"),
    ]  # fmt: skip
    for n, line in enumerate(lines, 1):
        shown = row(line.case, desk=True)
        yield [
            shown.number, shown.title, shown.stage, words.moment(line.case.opened_at),
            *(line.values.get(kind, "") for kind in one.kinds), f"{one.number}-{one.taken}-{n:04d}",
        ]  # fmt: skip
    yield [mark]
