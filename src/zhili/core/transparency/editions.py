"""What the register declares, kept each time it changes, with a leaf: what was public on a day can be shown later."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from django.db import connection, transaction
from django.utils import timezone, translation

from zhili.base.canonical import canonical
from zhili.core.streams.writing import emit
from zhili.core.trail import leaves
from zhili.core.transparency.entries import ELEMENT, RULE, of_kind
from zhili.core.transparency.models import Edition


def declared() -> dict[str, Any]:
    """Rules and data elements as they stand, in Chinese, without how they stand today."""
    with translation.override("zh-hans"):
        return {
            kind: [{k: v for k, v in one.as_json().items() if k != "state"} for one in of_kind(kind)]
            for kind in (RULE, ELEMENT)
        }


def keep() -> Edition | None:
    """Store what is declared if it differs from the last edition; the new one, or None. Safe to call at any time."""
    content = declared()
    digest = hashlib.sha256(canonical(content)).hexdigest()
    if latest_digest() == digest:
        return None
    with transaction.atomic():
        with connection.cursor() as cursor:  # two processes starting at once keep one edition
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('zhili.register', 0))")
        if latest_digest() == digest:
            return None
        at, salt = timezone.now(), secrets.token_bytes(16)
        what = {"record": "register.declared", "by": "rule", "sha256": digest}
        leaf = leaves.append("record", at, what, {}, salt)
        emit("record.register.declared", None, {"at": at.isoformat(), "sha256": digest})
        return Edition.objects.create(at=at, sha256=digest, content=content, leaf_id=leaf.pk, salt=salt)


def latest() -> Edition | None:
    """The edition in force, without its content."""
    return Edition.objects.defer("content").order_by("-id").first()


def latest_digest() -> str:
    """Of the last edition; "" before the first."""
    return Edition.objects.order_by("-id").values_list("sha256", flat=True).first() or ""


def keep_due() -> int:
    """The worker's part: a parameter that the register tells may have changed."""
    return int(keep() is not None)
