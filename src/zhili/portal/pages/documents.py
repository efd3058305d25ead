"""A document: written and looked at on the desk, read and downloaded by the person it is for."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from zhili.base.codes import parse_case_number
from zhili.core.cases import doors, present
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.documents import aside, drafts, forms, printing
from zhili.core.documents.drafts import Draft
from zhili.core.documents.models import Letterhead, OutgoingDocument, Rendering
from zhili.core.documents.rendering import PROCEDURE
from zhili.core.files import serving
from zhili.core.people.actors import Actor, of_request
from zhili.portal import papers
from zhili.portal.acting import take
from zhili.portal.errors import Trouble, attempt
from zhili.portal.pages.case import find as find_for_reader
from zhili.portal.pages.desk_case import find as find_for_office
from zhili.portal.submitted import Submission, new_key

NOT_KEPT = "no-store"


def write(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """The desk's page of a document: its text to work on while it is a draft, and the page as it will be."""
    document = _of_office(number, actor)
    if request.method == "POST":
        return _save(request, actor, document)
    return _draw(request, actor, document)


def _save(request: HttpRequest, actor: Actor, document: OutgoingDocument) -> HttpResponse:
    """A new version, and on to review where that was pressed; an unchanged text makes no new version."""
    case = document.case
    before = drafts.current(document, _entitled(actor, case))
    sent, trouble = Submission(request, forms.Writing, actor), None
    if before.seq == 0 or _changed(before, sent.data):
        sent, trouble = take(request, case, drafts.REVISE, actor)
    if trouble is None and request.POST.get("_do") == "submit":
        _acted, trouble = attempt(lambda: doors.act(case.pk, "submit", actor, key=f"{sent.key}/submit"))
    if trouble is not None:
        case.refresh_from_db()
        return _draw(request, actor, document, sent, trouble)
    if request.POST.get("_do") == "submit":
        messages.success(request, gettext("已送审，等审签人办理。"))
        return HttpResponseRedirect(f"/desk/c/{case.number}")
    messages.success(request, gettext("已保存为新的一版。"))
    return HttpResponseRedirect(f"/desk/c/{case.number}/document")


def _entitled(actor: Actor, document: Case) -> Actor | None:
    """Who reads the hidden parts too: the office that writes it, and the person it is for. Each opening is recorded."""
    return actor if actor.kind != "post" or actor.office_id == document.office_id else None


def _changed(before: Draft, data: dict[str, Any]) -> bool:
    return any(
        str(data.get(name) or "").replace("\r\n", "\n").strip() != getattr(before, name)
        for name in (*drafts.SHOWN, "name")
    )


def _draw(
    request: HttpRequest,
    actor: Actor,
    document: OutgoingDocument,
    sent: Submission | None = None,
    trouble: Trouble | None = None,
) -> HttpResponse:
    case = document.case
    offers = {one.name for one in present.actions_for(case, actor)}
    draft = drafts.current(document, _entitled(actor, case))
    shown = _typed(sent.data) if sent else draft
    bound = None
    if drafts.REVISE in offers:
        data = sent.data if sent else draft.as_form()
        bound = forms.Writing.bind(data, trouble.errors if trouble else None, prefix="revise")
    context = {
        "case": case,
        "document": document,
        "bound": bound,
        "key": new_key(),
        "trouble": trouble,
        "sheet": drafts.sheet_of(document, shown),
        "saved": draft,
        "versions": len(drafts.versions(case)),
        "may_submit": "submit" in offers,
        "lacks_mark": not document.serial
        and not Letterhead.objects.filter(office_id=case.office_id or 0).exists(),
        "paper": papers.itself(case),
        "waiting": papers.why_waiting(document),
        "stage": present.stage_title(case),
        "parent": case.parent,
    }
    response = render(request, "portal/document.html", context, status=trouble.status if trouble else 200)
    response["Cache-Control"] = NOT_KEPT
    return response


@require_POST
def preview(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """The page of what is being typed; nothing of it is kept."""
    document = _of_office(number, actor)
    data = Submission(request, forms.Writing, actor).data
    sheet = drafts.sheet_of(document, _typed(data))
    response = render(request, "portal/parts/paper.html", {"sheet": sheet})
    response["Cache-Control"] = NOT_KEPT
    return response


def _typed(data: dict[str, Any]) -> Draft:
    """What was typed, as far as it goes: not yet checked, so cut to what a form would take."""
    texts = {name: str(data.get(name) or "").replace("\r\n", "\n") for name in (*drafts.SHOWN, "name")}
    cut = {name: text[: forms.LONGEST if name == "body" else 1000] for name, text in texts.items()}
    return Draft(0, cut["title"], cut["to"], cut["body"], cut["enclosures"], cut["cc"], cut["name"])


@require_safe
def desk_pdf(request: HttpRequest, actor: Actor, number: str) -> HttpResponseBase:
    """The sealed PDF; of a draft, a print across which 稿 is written."""
    document = _of_office(number, actor)
    if document.serial:
        return _file(request, document)
    sheet = drafts.sheet_of(document, drafts.current(document, _entitled(actor, document.case)))
    try:
        pdf = printing.preview(sheet)
    except printing.Busy:
        raise Refused("busy", gettext("正在预览的人多，请稍等几秒再打开。"), 503) from None
    except aside.Lacking:
        words = gettext(
            "这台服务器还不能制作PDF（管理员可用 zhili doctor 查看缺什么）；网页预览和签发不受影响。"
        )
        raise Refused("no_press", words, 503) from None
    except aside.Failed as error:
        words = gettext("预览没有做成：%(why)s。稿件没有受影响。") % {"why": str(error)}
        raise Refused("not_printed", words, 503) from None
    response = HttpResponse(pdf, content_type="application/pdf")
    # saved, not shown: a page policy strict enough for strangers' files keeps browsers from drawing a PDF
    response["Content-Disposition"] = (
        f"attachment; filename*=UTF-8''{quote('稿-' + document.case.number)}.pdf"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = NOT_KEPT
    return response


@require_safe
def read(request: HttpRequest, number: str, document: str) -> HttpResponse:
    """The text of an issued document, for the person it is for: to read where a PDF will not open, or to print."""
    actor = of_request(request)
    case, found = _of_reader(number, document, actor)
    code = request.GET.get("g", "")
    grant = f"?g={quote(code)}" if code else ""
    paper = next(
        one for one in papers.papers_of(case, desk=False, grant=grant) if one.case_number == found.case.number
    )
    context = {
        "case": case,
        "sheet": drafts.sheet_of(found, drafts.current(found, _entitled(actor, found.case))),
        "document": found,
        "paper": paper,
        "grant": grant,
    }
    response = render(request, "portal/document_read.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def pdf(request: HttpRequest, number: str, document: str) -> HttpResponseBase:
    """The sealed file, for the person it is for."""
    return _file(request, _of_reader(number, document, of_request(request))[1])


def _of_office(number: str, actor: Actor) -> OutgoingDocument:
    case = find_for_office(number, actor)
    found = None
    if case.procedure == PROCEDURE:
        rows = OutgoingDocument.objects.select_related("case__parent", "rendering__file")
        found = rows.filter(pk=case.pk).first()
    if found is None:
        raise Refused("no_document", gettext("这件事项不是公文。"), 404)
    return found


def _of_reader(number: str, document: str, actor: Actor) -> tuple[Case, OutgoingDocument]:
    """One 404 for what is not there, not issued, or not for this reader: a public case does not open its documents."""
    case, own = find_for_reader(number, actor)
    rows = OutgoingDocument.objects.select_related("case__parent", "rendering__file")
    mine = rows.filter(case__parent=case, case__number=parse_case_number(document), serial__isnull=False)
    found = mine.first() if own else None
    if found is None:
        raise Refused(
            "no_document",
            gettext("没有这份文书，或者它不对您公开。请从事项页面打开，匿名上报请带上查询码。"),
            404,
        )
    return case, found


def _file(request: HttpRequest, document: OutgoingDocument) -> HttpResponseBase:
    rendering: Rendering | None = getattr(document, "rendering", None)
    if rendering is None or rendering.file is None:
        words = gettext("文件还在排版、盖章，请过几分钟再下载；现在可以先看网页上的文字。")
        raise Refused("not_ready", words, 404)
    return serving.response(rendering.file, "original", request)
