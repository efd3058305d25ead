"""Messages to the asker's account and to the office they act for."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.notices import reading
from zhili.portal.api import cursors, shapes
from zhili.portal.api.asking import account_of, refuse_unknown

router = Router(tags=["notices"])


class Listed(Schema):
    """Which messages."""

    unread: bool = False
    cursor: str | None = Field(None, max_length=300)
    limit: int = Field(50, ge=1, le=100)


@router.get("/notices", response=shapes.NoticePage, summary="Messages", operation_id="list_notices")
def listing(request: HttpRequest, wanted: Query[Listed]) -> shapes.NoticePage:
    """Newest first."""
    refuse_unknown(request, Listed.model_fields)
    actor = account_of(request)
    found = reading.mine(actor)
    if wanted.unread:
        found = found.filter(read_at=None)
    rows, following = cursors.page(found, cursors.NEWEST, wanted.cursor, wanted.limit)
    numbers = dict(Case.objects.filter(pk__in={n.case_id for n in rows}).values_list("pk", "number"))
    items = [
        shapes.NoticeOut(
            id=one.pk,
            kind=one.kind,
            subject=one.subject,
            body=one.body,
            case=numbers.get(one.case_id or 0),
            created_at=one.created_at,
            read_at=one.read_at,
        )
        for one in rows
    ]
    return shapes.NoticePage(items=items, next=following, unread=reading.unread(actor))


@router.post(
    "/notices/read", response=shapes.MarkedOut, summary="Mark all read", operation_id="read_all_notices"
)
def read_all(request: HttpRequest) -> shapes.MarkedOut:
    """Marks every message of the asker read; how many were not before."""
    return shapes.MarkedOut(marked=reading.mark_read(account_of(request)))


@router.post(
    "/notices/{int:notice}/read",
    response=shapes.MarkedOut,
    summary="Mark one read",
    operation_id="read_notice",
)
def read_one(request: HttpRequest, notice: int) -> shapes.MarkedOut:
    """Marks one message read; again is harmless (0)."""
    actor = account_of(request)
    known = notice <= cursors.BIGGEST and reading.mine(actor).filter(pk=notice).exists()
    if not known:
        raise Refused("no_notice", _("没有这条消息。"), 404)
    return shapes.MarkedOut(marked=reading.mark_read(actor, [notice]))
