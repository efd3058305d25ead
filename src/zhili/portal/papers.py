"""The documents of a case as its reader may see them: for the case pages, and for the pages of one document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext

from zhili.core.cases import present
from zhili.core.cases.models import Case
from zhili.core.documents.models import OutgoingDocument, Rendering
from zhili.core.documents.rendering import PROCEDURE

MAKING = "making"


@dataclass(frozen=True)
class Paper:
    """One document in a list. ``pdf``: "ready", "making" or "none" (a draft)."""

    number: str
    case_number: str
    title: str
    stage: str
    office: str
    issued_on: date | None
    voided_at: datetime | None
    pdf: str
    page_url: str
    pdf_url: str


def papers_of(case: Case, *, desk: bool, grant: str = "") -> list[Paper]:
    """The documents about a case, newest first. Outside the desk only issued ones. One query."""
    rows = OutgoingDocument.objects.select_related("case", "rendering").filter(case__parent=case)
    if not desk:
        rows = rows.filter(serial__isnull=False)
    return [_paper(row, case, desk, grant) for row in rows.order_by("-pk")]


def itself(case: Case) -> Paper | None:
    """The document a case of our procedure is, for its own desk page."""
    if case.procedure != PROCEDURE:
        return None
    row = OutgoingDocument.objects.select_related("case", "rendering").filter(pk=case.pk).first()
    return _paper(row, case, True, "") if row else None


def _paper(row: OutgoingDocument, about: Case, desk: bool, grant: str) -> Paper:
    child = row.case
    page = f"/desk/c/{child.number}/document" if desk else f"/c/{about.number}/documents/{child.number}"
    rendering = getattr(row, "rendering", None)
    ready = rendering is not None and rendering.state == Rendering.State.READY
    return Paper(
        row.number,
        child.number,
        child.title,
        present.stage_title(child, plain=not desk),
        present.office_name(row.office_id or child.office_id),
        row.issued_on,
        row.voided_at,
        "ready" if ready else MAKING if row.serial else "none",
        f"{page}{grant}",
        f"{page}.pdf{grant}",
    )


def why_waiting(document: OutgoingDocument) -> str:
    """Why there is no PDF yet, in words for an office."""
    rendering = getattr(document, "rendering", None)
    if rendering is None or not rendering.error:
        return gettext("正在排版、盖章，一般几秒钟。")
    if rendering.state == Rendering.State.PARKED:
        return gettext("没有制成，已搁置；文号和文字不受影响。请管理员用 zhili doctor 查看原因。")
    if rendering.state == Rendering.State.WAITING:
        return gettext(
            "这台服务器还不能制作PDF（管理员可用 zhili doctor 查看缺什么）；网页预览和签发不受影响。"
        )
    if rendering.attempts == 0:  # the seal is not to be had: said in words for people
        return gettext("还没有盖章：%(why)s") % {"why": rendering.error}
    return gettext("还没有制成，系统会自动再试；文号和文字不受影响。")
