"""The queue of issued documents on their way to sealed PDFs: each once, tried again, set aside with its reason.

The consumer writes a row for each issue (``Rendering``); a worker claims one, prints and seals it aside of any
transaction, and keeps file, hash and step in one. A worker killed in between loses its claim after CLAIM; two that
print the same document keep the result of the first.
"""

from __future__ import annotations

import hashlib
import logging
import os
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from zhili.core import files
from zhili.core.cases import carrying, locking, registry
from zhili.core.cases.changing import Change
from zhili.core.documents import aside, drafts, printing, sealing
from zhili.core.documents.models import OutgoingDocument, Rendering
from zhili.core.documents.printing import Printed
from zhili.core.documents.sealing import Sealed, ToSeal
from zhili.core.files import blobs, intake
from zhili.core.files.models import File
from zhili.core.files.naming import harmless
from zhili.core.forms import Cleaned
from zhili.core.people.actors import Actor
from zhili.core.people.models import Office
from zhili.core.streams import Consumer, Event

log = logging.getLogger("zhili.documents")
PROCEDURE = "documents.outgoing"
PRESS = Actor(kind="rule", label="制版")
PDF = "application/pdf"
TRIES = 6
CLAIM = timedelta(minutes=5)
WAIT = timedelta(minutes=10)
"""Until a machine that cannot print, or an office that cannot seal, is asked again."""
State = Rendering.State


class Documents(Consumer):
    """Puts each issued document into the queue, once."""

    name = "documents"
    types = frozenset({"step"})

    def handle(self, events: list[Event]) -> None:
        issued = [e.payload["case"] for e in events if _issues(e)]
        now = timezone.now()
        rows = [Rendering(document_id=case, next_at=now) for case in issued]
        Rendering.objects.bulk_create(rows, ignore_conflicts=True)


def _issues(event: Event) -> bool:
    return bool(event.payload["procedure"] == PROCEDURE and event.payload["action"] == "issue")


def render_due(limit: int = 1) -> int:
    """Print and seal what is due. Returns how many were taken up."""
    done = 0
    while done < limit and (row := claim()) is not None:
        done += 1
        try:
            make(row)
        except aside.Lacking as error:
            _later(row, State.WAITING, str(error))
        except sealing.NotNow as error:
            _later(row, State.QUEUED, str(error))
        except Exception as error:
            log.warning("document %s, try %s", row.pk, row.attempts, exc_info=True)
            _failed(row, error)
    return done


def claim() -> Rendering | None:
    """The next due row, its try counted before it begins: what kills its worker again and again is set aside too."""
    now = timezone.now()
    with transaction.atomic():
        due = Rendering.objects.filter(next_at__lte=now).order_by("next_at")
        row = due.select_for_update(skip_locked=True).first()
        if row is None:
            return None
        if row.attempts >= TRIES:
            row.state, row.next_at, row.error = State.PARKED, None, row.error or "制版进程反复中断"
            row.save(update_fields=["state", "next_at", "error"])
            return claim()
        row.attempts += 1
        row.next_at = now + CLAIM
        row.save(update_fields=["attempts", "next_at"])
        return row


def make(row: Rendering) -> None:
    """Print, seal and keep one document. Raises aside.Lacking, sealing.NotNow, or whatever went wrong."""
    document = OutgoingDocument.objects.select_related("case__parent").get(pk=row.pk)
    office = Office.objects.get(pk=document.office_id or 0)
    draft = drafts.current(document, PRESS)
    printed = printing.print_sheet(drafts.sheet_of(document, draft))
    what = ToSeal(printed, office, document.number, draft.title, timezone.now())
    keep(document, printed, sealing.sealer().seal(what))


def keep(document: OutgoingDocument, printed: Printed, sealed: Sealed) -> bool:
    """Store the file and append the step that commits to its hash; False when another worker was first."""
    file = _stored(document, sealed.pdf)
    with transaction.atomic():
        locked, parent = locking.case_and_parent(pk=document.pk)
        row = Rendering.objects.select_for_update().get(pk=document.pk)
        if locked is None or row.state == State.READY:
            return False  # the file just stored is attached to nothing and goes in a day
        seal = sealed.certificate.fingerprint if sealed.certificate else ""
        values = {"sha256": file.sha256, "seal": seal, "pages": str(printed.pages)}
        action = registry.procedures()[PROCEDURE].actions["made"]
        cleaned = Cleaned({k: v for k, v in values.items() if v}, files=[str(file.pk)])
        at, before = timezone.now(), locked.stage
        change = Change(
            registry.procedures()[PROCEDURE], action, PRESS, locked, cleaned, at, before, parent=parent
        )
        change.attached = [file]
        carrying.carry(change)
        files.attach([file], locked.pk, change.seq)
        row.state, row.next_at, row.error, row.done_at = State.READY, None, "", at
        row.file, row.sha256, row.pages, row.certificate = (
            file,
            file.sha256,
            printed.pages,
            sealed.certificate,
        )
        row.save()
    return True


def _stored(document: OutgoingDocument, pdf: bytes) -> File:
    """The bytes in storage, waiting to be attached like any upload."""
    now = timezone.now()
    file = File(
        sha256=hashlib.sha256(pdf).hexdigest(),
        size=len(pdf),
        mime=PDF,
        name=harmless(f"{document.number}.pdf", PDF),
        created_at=now,
        upload_token_hash=os.urandom(32),
        expires_at=now + intake.WAITS,
    )
    with blobs.half_received() as path:
        with path.open("wb") as out:
            out.write(pdf)
            out.flush()
            os.fsync(out.fileno())
        intake.keep(file, path)
    return file


def again(document: OutgoingDocument | None = None) -> int:
    """Try parked documents again, or one of them. Returns how many."""
    rows = Rendering.objects.filter(state__in=(State.PARKED, State.WAITING, State.QUEUED))
    if document is not None:
        rows = rows.filter(document=document)
    return rows.update(state=State.QUEUED, attempts=0, next_at=timezone.now(), error="")


def _later(row: Rendering, state: str, why: str) -> None:
    """Not a fault of the document: asked again later, its try not counted."""
    _still_ours(row).update(
        state=state, attempts=row.attempts - 1, next_at=timezone.now() + WAIT, error=why[:1000]
    )


def _failed(row: Rendering, error: Exception) -> None:
    why = f"{type(error).__name__}: {error}"[:1000]
    if row.attempts >= TRIES:
        log.error("document %s parked after %s tries: %s", row.pk, row.attempts, why)
        _still_ours(row).update(state=State.PARKED, next_at=None, error=why)
    else:
        _still_ours(row).update(next_at=timezone.now() + timedelta(seconds=5 * 4**row.attempts), error=why)


def _still_ours(row: Rendering) -> QuerySet[Rendering]:
    """The row, unless another worker finished it meanwhile."""
    return Rendering.objects.filter(pk=row.pk).exclude(state=State.READY)
