"""Removing what was uploaded and never used. A duty of the worker."""

import time
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from zhili.core.files import blobs, quotas, resuming
from zhili.core.files.models import File

ABANDONED = 24 * 3600
"""Seconds after which a half-received file belongs to no running process."""


def clean(limit: int = 200) -> int:
    """Removes up to `limit` uploads that nobody attached in time, and remains of broken uploads; how many."""
    due = File.objects.filter(expires_at__lt=timezone.now()).order_by("expires_at")
    found = list(due.values_list("pk", "sha256")[:limit])
    return sum(forget(pk, sha256) for pk, sha256 in found) + resuming.clean(limit) + sweep_incoming()


def count_totals() -> int:
    """Counts anew what offices and the site keep, for the limits and for those who look after the disk."""
    quotas.count()
    return 0


def forget(pk: UUID, sha256: str) -> int:
    """Removes one upload, and its bytes if nobody else has the same.

    The bytes go before the row is committed away: if we die in between, the row is still due.
    """
    with transaction.atomic():
        blobs.lock(sha256)
        row = File.objects.select_for_update(skip_locked=True).filter(pk=pk, expires_at__lt=timezone.now())
        if not row.exists():
            return 0
        if not File.objects.filter(sha256=sha256).exclude(pk=pk).exists():
            blobs.remove(sha256)
        File.objects.filter(pk=pk).delete()
    return 1


def sweep_incoming() -> int:
    """Removes half-received files that a killed process left behind."""
    folder = blobs.incoming()
    if folder is None:
        return 0
    # an upload in pieces has a row, which ends it; what is left of one without a row goes later
    before = time.time() - ABANDONED
    old = [path for path in folder.glob("up-*") if path.stat().st_mtime < before]
    old += [path for path in folder.glob("tus-*") if path.stat().st_mtime < before - 2 * ABANDONED]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
