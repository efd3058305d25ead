"""Pages of a list by key, not by offset: what arrives meanwhile shifts nothing."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import F, Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.portal.api.problems import Problem

M = TypeVar("M", bound=Model)
NEWEST, OLDEST, DUE = "-opened", "opened", "due"
BIGGEST = 2**63 - 1


def page(found: QuerySet[M], sort: str, cursor: str | None, limit: int) -> tuple[list[M], str | None]:
    """``limit`` rows after the cursor, and the cursor of the next page or None.

    Sorts: newest or oldest first (by id, which is drawn as cases are opened), or soonest due. The cursor
    is opaque to
    its user and says nothing secret; one of another sort is refused with 422.
    """
    if cursor:
        found = found.filter(_beyond(sort, cursor))
    if sort == DUE:
        found = found.order_by(F("due_at").asc(nulls_last=True), "id")
    else:
        found = found.order_by("-id" if sort == NEWEST else "id")
    rows = list(found[: limit + 1])
    return rows[:limit], _packed(sort, rows[limit - 1]) if len(rows) > limit else None


def _packed(sort: str, last: Any) -> str:
    due = last.due_at.isoformat() if sort == DUE and last.due_at else None
    raw = json.dumps([sort, last.pk, due], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _beyond(sort: str, cursor: str) -> Q:
    last, due = _unpacked(sort, cursor)
    if sort == NEWEST:
        return Q(pk__lt=last)
    if sort == OLDEST:
        return Q(pk__gt=last)
    if due is None:
        return Q(due_at=None, pk__gt=last)
    return Q(due_at__gt=due) | Q(due_at=due, pk__gt=last) | Q(due_at=None)


def _unpacked(sort: str, cursor: str) -> tuple[int, datetime | None]:
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars="-_", validate=True)
        given_sort, last, due = json.loads(raw)
        at = datetime.fromisoformat(due) if due is not None else None
        sound = given_sort == sort and type(last) is int and 0 <= last <= BIGGEST
        if not sound or (at is not None and timezone.is_naive(at)):
            raise ValueError
    except (ValueError, TypeError, RecursionError):
        words = _("翻页标识无效，或属于另一种排序；请从第一页重新开始。")
        raise Problem(422, "cursor", words, errors={"cursor": [words]}) from None
    return last, at
