"""Receipts inside PDFs: found again, and the page around them proven to be the one that was issued.

No PDF library reads what strangers send here: the attached file is looked for by its marks, and a signature over all
bytes of the file, in its last line, says the rest (``bundles.signed_pdf``).
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Final

from django.utils.translation import gettext as _

from zhili.base import notes
from zhili.base.notes import NoteError
from zhili.core.trail import checking
from zhili.core.trail.checking import WHOLE, Checked, NotOurs, Point, whole_text

MARK: Final = f"%{WHOLE} ".encode()
_SEAL = re.compile(re.escape(MARK) + rb"([A-Za-z0-9+/=]+)\n")
_STREAM = re.compile(rb"<<(?:[^<>]|<[0-9A-Fa-f]*>|<<(?:[^<>]|<[0-9A-Fa-f]*>)*>>)*>>\s*stream\r?\n")
_LENGTH = re.compile(rb"/Length (\d+)")
LARGEST: Final = 32 << 20
"""Bytes an attached file may unfold to."""


def holds_receipt(pdf: bytes) -> bool:
    """Whether this PDF is a receipt, whole or not: it has a file attached and says that we signed it, or holds one."""
    return MARK in pdf[-4096:] or next(_attached(pdf), None) is not None


def check(pdf: bytes, pinned: Iterable[str] = ()) -> Checked:
    """The receipt inside, checked, and the page around it. Raises NotOurs."""
    inside = list(_attached(pdf))
    if len(inside) != 1:
        raise NotOurs(_("这个 PDF 里没有凭据，或凭据残缺：请用下载的原件，打印或另存过的不能核验"))
    pinned = list(pinned)
    checked = checking.check(inside[0], pinned)
    page = _page(pdf, pinned or inside[0].get("keys", []))
    if not page.holds:  # "the whole file is as it was issued" beside an altered page would contradict it
        words = _("附在其中的数据与出具时一字不差")
        checked.points = [
            replace(one, words=words) if one.part == "signature" and one.holds else one
            for one in checked.points
        ]
    checked.points.append(page)
    return checked


def _attached(pdf: bytes) -> Iterator[dict[str, Any]]:
    """Every attached file that says it is one of ours."""
    for match in _STREAM.finditer(pdf):
        head = match[0]
        length = _LENGTH.search(head)
        if b"/EmbeddedFile" not in head or length is None:
            continue
        body = pdf[match.end() : match.end() + int(length[1])]
        try:
            yield checking.read(_unfolded(body) if b"/FlateDecode" in head else body)
        except (zlib.error, NotOurs):
            continue


def _unfolded(body: bytes) -> bytes:
    """Never more than LARGEST, however well it was packed."""
    unfolding = zlib.decompressobj()
    found = unfolding.decompress(body, LARGEST)
    if not unfolding.eof:
        raise zlib.error("does not end")
    return found


def _page(pdf: bytes, keys: Iterable[str]) -> Point:
    seals = list(_SEAL.finditer(pdf))
    if len(seals) != 1 or seals[0].end() != len(pdf):
        return Point("page", False, _("PDF 的页面没有签名，或签名之后又加了东西"))
    try:
        encoded = seals[0][1].decode()
        note = base64.b64decode(encoded, validate=True)
        if base64.b64encode(note).decode() != encoded:
            raise NoteError("another spelling")
        said = notes.verify_note(note.decode(), keys).note.text
    except (NoteError, ValueError, TypeError):
        return Point("page", False, _("PDF 页面的签名不成立：签名被改动，或不是本站签的"))
    if said != whole_text("pdf", pdf[: seals[0].start()]):
        return Point("page", False, _("PDF 的页面在出具以后被改动过"))
    return Point("page", True, _("PDF 的页面与出具时一字不差"))
