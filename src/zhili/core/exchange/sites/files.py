"""Files of the other side of a matter: fetched by hash when somebody here wants them, gone on with after a cut.

The hash is counted while the bytes come; other bytes than were told are refused and stay refused. What is whole goes
through the same checks as any upload: its kind by its bytes, its size, the virus scanner.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import tempfile
import time
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import httpx
from django.db import transaction
from django.utils import timezone

from zhili.base.exchange import signing, wire
from zhili.core.exchange.models import Fetching, Link, WantedFile
from zhili.core.exchange.sites import client, keys, peers
from zhili.core.exchange.sites.backing_off import wait_after
from zhili.core.exchange.sites.client import Trouble
from zhili.core.files import attaching, blobs, intake, kinds, limits, quotas
from zhili.core.files.models import File
from zhili.core.files.refusal import UploadRefused
from zhili.core.trail import changes

log = logging.getLogger("zhili.exchange")
CLAIM: Final = timedelta(minutes=12)
WHOLE: Final = 600.0
"""Seconds of one try; what came until then is kept and gone on with."""
TRIES: Final = 200
"""Tries, at most ten minutes apart, before a file is given up: more than a day."""
LEFT_OVER: Final = 3 * 24 * 3600
"""Seconds after which a part of a file that nobody goes on with is removed."""


class NotFetched(Exception):
    """A file did not come; ``final``: and it will not. The message is for people."""

    def __init__(self, words: str, *, final: bool, wait: float = 0.0) -> None:
        super().__init__(words[:500])
        self.final = final
        self.wait = wait


def told(link: Link, files: Iterable[Mapping[str, Any]], step_seq: int) -> int:
    """Remember the files a message of theirs told of; ``step_seq``: the step of our case it became. How many."""
    rows = [
        WantedFile(
            link=link, sha256=one["sha256"], size=one["size"], mime=one["mime"], name=one["name"], step_seq=step_seq
        )
        for one in files
    ]  # fmt: skip
    return len(WantedFile.objects.bulk_create(rows, ignore_conflicts=True))


def of_case(case_id: int) -> list[WantedFile]:
    """Every file the other side told of in a case, oldest first."""
    found = WantedFile.objects.filter(link__case_id=case_id).select_related("link__site", "file")
    return list(found.order_by("pk"))


def ask_for(link: Link, sha256: str, account_id: int | None = None) -> WantedFile:
    """Have a file fetched by the worker, soon. Harmless when repeated. Raises WantedFile.DoesNotExist."""
    with transaction.atomic():
        one = WantedFile.objects.select_for_update().get(link=link, sha256=sha256)
        if one.state in (Fetching.OFFERED, Fetching.WAITING):
            if one.state == Fetching.OFFERED:
                one.attempts = 0
                one.account_id = account_id
            one.state, one.next_at = Fetching.WAITING, timezone.now()
            one.save(update_fields=["state", "next_at", "attempts", "account"])
        return one


def fetch(link: Link, sha256: str) -> File:
    """The file, fetched now unless it is here. Raises NotFetched, WantedFile.DoesNotExist."""
    one = WantedFile.objects.select_related("link__site", "link__case", "file").get(link=link, sha256=sha256)
    if one.state == Fetching.KEPT and one.file is not None:
        return one.file
    if one.state == Fetching.REFUSED:
        raise NotFetched(one.error, final=True)
    try:
        received(one)
        return keep(one, part_of(one))
    except NotFetched as error:
        _failed(one, error)
        raise


def fetch_due(limit: int = 10) -> int:
    """Fetch what was asked for and is due; how many came. A site that does not answer is asked once a round."""
    came = 0
    silent: set[int] = set()
    for one in _take(limit):
        if one.link.site_id in silent:
            WantedFile.objects.filter(pk=one.pk).update(next_at=timezone.now() + timedelta(minutes=1))
            continue
        try:
            fetch(one.link, one.sha256)
            came += 1
        except NotFetched as error:
            if not error.final:
                silent.add(one.link.site_id)
        except Exception:
            log.exception("a file of another site could not be taken in")
            _failed(one, NotFetched("内部错误 internal error", final=False))
    _sweep()
    return came


def _take(limit: int) -> list[WantedFile]:
    now = timezone.now()
    with transaction.atomic():
        due = WantedFile.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            state=Fetching.WAITING, next_at__lte=now, link__site__active=True, link__site__by_gate=False
        )
        found = list(due.select_related("link__site").order_by("next_at", "pk")[:limit])
        WantedFile.objects.filter(pk__in=[one.pk for one in found]).update(next_at=now + CLAIM)
    return found


def received(one: WantedFile) -> None:
    """Its bytes on our disk, after those that came before. Raises NotFetched."""
    refuse_early(one)
    part = part_of(one)
    have = part.stat().st_size if part.exists() else 0
    if have > one.size:
        part.unlink()
        have = 0
    if have == one.size and have:
        return
    site = one.link.site
    where = client.Address(site.url, site.private_allowed)
    url = f"{where.at('/files/')}{one.sha256}?matter={wire.matter_of(one.link.stream)}"
    key = keys.current()
    headers = signing.sign_request("GET", url, b"", key.private, key.keyid, now=timezone.now())
    if have:
        headers["Range"] = f"bytes={have}-"
    try:
        with client.asked(where, "GET", url, headers) as response:
            _pour(one, part, have, response)
    except Trouble as trouble:
        raise NotFetched(str(trouble), final=False, wait=trouble.wait) from None


def refuse_early(one: WantedFile) -> None:
    """Raises NotFetched for what will not be taken whatever its bytes."""
    if one.size < 1 or one.size > limits.max_resumable(anonymous=False):
        raise NotFetched(f"{limits.in_words(one.size)}：太大 too large", final=True)
    try:
        quotas.refuse_beyond_room(one.link.site.office_id, one.size)
    except UploadRefused as refusal:
        raise NotFetched(refusal.reason, final=False) from None


def _pour(one: WantedFile, part: Path, have: int, response: httpx.Response) -> None:
    end = time.monotonic() + WHOLE
    if response.status_code not in (200, 206):
        raise _refused(response, end)
    begins = f"bytes {have}-{one.size - 1}/{one.size}"
    if response.status_code == 206 and response.headers.get("Content-Range", "") != begins:
        part.unlink(missing_ok=True)
        raise NotFetched("another part than was asked for", final=False)
    goes_on = response.status_code == 206
    size = have if goes_on else 0
    with intake.no_room_told(), part.open("ab" if goes_on else "wb") as out:
        for piece in client.pieces(response, end):
            size += len(piece)
            if size > one.size:
                raise NotFetched("比所说的长 longer than was told", final=True)
            out.write(piece)
    if size < one.size:
        raise NotFetched(f"{size} / {one.size}", final=False)


def _refused(response: httpx.Response, end: float) -> NotFetched:
    body = bytearray()
    for piece in client.pieces(response, end):
        body += piece
        if len(body) > 64 * 1024:
            break
    error = wire.read_problem(bytes(body))
    said = client.Said(response.status_code, dict(response.headers), b"")
    words = f"{response.status_code} {error or ''}".strip()
    return NotFetched(words, final=error is not None and error.code == "file_unknown", wait=said.wait)


def keep(one: WantedFile, path: Path) -> File:
    """Bytes that are whole: hashed, looked into, scanned, kept with the step that told of them. Raises NotFetched.

    ``path`` is moved into its place, or removed when it is refused.
    """
    digest = hashlib.sha256()
    with path.open("rb") as source:
        head = source.read(kinds.HEAD)
        digest.update(head)
        while piece := source.read(1 << 20):
            digest.update(piece)
    if digest.hexdigest() != one.sha256:
        path.unlink(missing_ok=True)
        raise NotFetched("内容与所说的哈希不符 its bytes are not those that were told", final=True)
    site = one.link.site
    sender = intake.Sender(site.account_id, site.office_id, f"site:{site.site}"[:40])
    try:
        with intake.no_room_told():
            mime = kinds.kind_of(head, sender.taken)
            stored = intake.take_in(
                path, one.sha256, one.size, one.name, mime, sender, secrets.token_urlsafe(18)
            )
    except UploadRefused as refusal:
        if refusal.status < 500:
            path.unlink(missing_ok=True)
        raise NotFetched(refusal.reason, final=refusal.status < 500) from None
    path.unlink(missing_ok=True)  # the same bytes may have been there already
    return _keep_with_case(one, stored)


def _keep_with_case(one: WantedFile, stored: intake.Stored) -> File:
    with transaction.atomic():
        file = File.objects.get(pk=stored.id)
        case_id = one.link.case_id
        if case_id is not None:
            attaching.attach([file], case_id, one.step_seq)
            said = {"sha256": one.sha256, "size": one.size, "stream": one.link.stream}
            changes.record("exchange_file", "fetched", peers.actor(one.link.site), key=case_id, after=said)
        one.state, one.file, one.next_at, one.error = Fetching.KEPT, file, None, ""
        one.save(update_fields=["state", "file", "next_at", "error"])
    return file


def _failed(one: WantedFile, error: NotFetched) -> None:
    one.attempts += 1
    final = error.final or one.attempts >= TRIES
    if final:
        part_of(one).unlink(missing_ok=True)
        log.warning("exchange: a file of %s is not taken: %s", one.link.site.site, error)
    wait = max(wait_after(one.attempts), timedelta(seconds=error.wait))
    WantedFile.objects.filter(pk=one.pk).update(
        attempts=one.attempts,
        state=Fetching.REFUSED if final else Fetching.WAITING,
        next_at=None if final else timezone.now() + wait,
        error=str(error)[:500],
    )


def part_of(one: WantedFile) -> Path:
    """Where its bytes are gathered. Machines that share uploads must share this folder."""
    folder = blobs.incoming() or Path(tempfile.gettempdir())
    return folder / f"exchange-{one.pk}"


def _sweep() -> None:
    """Parts of files that nobody went on with for days."""
    folder = blobs.incoming()
    before = time.time() - LEFT_OVER
    for path in folder.glob("exchange-*") if folder is not None else ():
        if path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
