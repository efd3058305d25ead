"""Is this PDF one of ours, and as it was? For the page and the command."""

from __future__ import annotations

import base64
import hashlib
import threading
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_noop

from zhili.core.documents import aside, seal_keys
from zhili.core.documents.models import Rendering, SealCertificate

INSPECTOR = "zhili.core.documents.inspecting"
SECONDS = 20
_at_once = threading.BoundedSemaphore(2)
LARGEST = 30 << 20
"""Bytes; what is larger is not read."""
WORDS = {
    "valid": gettext_noop("有效：印章完好，文件没有改动"),
    "altered": gettext_noop("已被改动：文件与签章不符"),
    "unknown": gettext_noop("证书未知：文件没有改动，但不是本站的印章"),
    "unsigned": gettext_noop("没有签章"),
    "unreadable": gettext_noop("读不懂：不是完整的PDF文件"),
}


class Busy(RuntimeError):
    """Too many files are being looked at; ask again in a moment."""


@dataclass(frozen=True)
class Finding:
    """What was found. ``number`` is set when the very bytes are a document this site issued."""

    state: str
    sha256: str
    signer: str = ""
    demo: bool = False
    signed_at: datetime | None = None
    stamped: bool = False
    number: str = ""
    void: bool = False

    @property
    def words(self) -> str:
        return WORDS[self.state]


def verify(pdf: bytes) -> Finding:
    """Read the signature, and look whether these very bytes were issued here. Raises Busy, Lacking, Failed."""
    digest = hashlib.sha256(pdf).hexdigest()
    issued = Rendering.objects.select_related("document").filter(sha256=digest, state="ready").first()
    job = {"pdf": base64.b64encode(pdf).decode(), "known": seal_keys.known()}
    if not _at_once.acquire(timeout=SECONDS / 2):
        raise Busy
    try:
        said = aside.run(INSPECTOR, job, SECONDS)
    finally:
        _at_once.release()
    ours = SealCertificate.objects.filter(fingerprint=said.get("fingerprint", "")).first()
    state = said["state"]
    if (
        state == "valid" and issued is None
    ):  # whatever this site seals it records: these are not the bytes it sealed
        state = "altered"
    return Finding(
        state,
        digest,
        said.get("signer", ""),
        ours.demo if ours else False,
        datetime.fromisoformat(said["signed_at"]) if said.get("signed_at") else None,
        bool(said.get("stamped")),
        issued.document.number if issued else "",
        bool(issued and issued.document.voided_at),
    )
