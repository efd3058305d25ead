"""Pages of a list, by where the last one ended: nothing is left out and nothing comes twice while others work."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from zhili.core.cases.models import Case
from zhili.portal.inbox.lens import Lens

PAGE = 50


def page_of(lens: Lens, after: str, size: int = PAGE) -> tuple[list[Case], str]:
    """The page that follows a cursor, and the cursor of the next; due first, those without a limit last."""
    found = lens.cases()
    if after:
        found = found.filter(beyond(lens.sort, after))
    page = list(found.select_related("claim__post")[: size + 1])
    if len(page) <= size:
        return page, ""
    return page[:size], place_of(lens.sort, page[size - 1].due_at, page[size - 1].pk)


def place_of(sort: str, due: datetime | None, pk: int) -> str:
    """Where a case stands in its order."""
    return f"{due.isoformat() if due else ''}~{pk}" if sort == "due" else f"~{pk}"


def beyond(sort: str, after: str) -> Q:
    """What comes after a place; everything, for one that cannot be read."""
    due, _, last = after.partition("~")
    if not (last.isascii() and last.isdigit() and len(last) < 19):
        return Q()
    if sort != "due":
        return Q(id__lt=int(last)) if sort == "new" else Q(id__gt=int(last))
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
