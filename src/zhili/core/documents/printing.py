"""From a sheet to a PDF, by the press."""

from __future__ import annotations

import base64
import threading
from collections.abc import Mapping
from dataclasses import dataclass

from zhili.core.documents import aside, sheets
from zhili.core.documents.sheets import Sheet

PRESS = "zhili.core.documents.press"
SECONDS = 60
PREVIEW_SECONDS = 20
_previews = threading.BoundedSemaphore(2)


class Busy(RuntimeError):
    """Too many previews at once; ask again in a moment."""


@dataclass(frozen=True)
class Spot:
    """A place on a page: page from 0, and points from its top left."""

    page: int
    x: float
    y: float


@dataclass(frozen=True)
class Printed:
    """A PDF. ``seal_at`` is the middle of the upper edge of the signature, where the seal goes."""

    pdf: bytes
    pages: int
    seal_at: Spot | None


def print_sheet(sheet: Sheet, seconds: int = SECONDS) -> Printed:
    """The PDF of a sheet: tagged, its text selectable. Raises aside.Lacking, aside.Failed."""
    html, styles = sheets.on_paper(sheet)
    done = aside.run(PRESS, {"html": html, "styles": styles, "marks": ["seal"]}, seconds)
    mark = done["marks"].get("seal")
    return Printed(base64.b64decode(done["pdf"]), int(done["pages"]), Spot(*mark) if mark else None)


def preview(sheet: Sheet) -> bytes:
    """The PDF of a draft, for somebody waiting; two at a time in a process.

    Raises Busy, aside.Lacking, aside.Failed.
    """
    if not _previews.acquire(timeout=PREVIEW_SECONDS / 2):
        raise Busy
    try:
        return print_sheet(sheet, PREVIEW_SECONDS).pdf
    finally:
        _previews.release()


def print_page(
    html: str,
    styles: list[str],
    attached: list[dict[str, str]] | None = None,
    images: Mapping[str, bytes] | None = None,
) -> bytes:
    """A page for somebody waiting, with files and pictures in it (``press.press``); two at a time, as previews are.

    Raises Busy, aside.Lacking, aside.Failed.
    """
    pictures = {name: base64.b64encode(body).decode() for name, body in (images or {}).items()}
    job = {"html": html, "styles": styles, "marks": [], "attached": attached or [], "images": pictures}
    if not _previews.acquire(timeout=PREVIEW_SECONDS / 2):
        raise Busy
    try:
        return base64.b64decode(aside.run(PRESS, job, PREVIEW_SECONDS)["pdf"])
    finally:
        _previews.release()


def print_picture(html: str, style: str, seconds: int = SECONDS) -> bytes:
    """One page that is only a picture, such as a seal."""
    job = {"html": html, "styles": [style], "marks": [], "tagged": False}
    return base64.b64decode(aside.run(PRESS, job, seconds)["pdf"])


def missing() -> str:
    """What this machine lacks for printing, in the library's own words; empty when it can print."""
    job = {"html": "<!doctype html><title>x</title><p>x", "styles": [], "marks": []}
    try:
        aside.run(PRESS, job, SECONDS)
    except aside.Lacking as error:
        return str(error) or "WeasyPrint"
    return ""
