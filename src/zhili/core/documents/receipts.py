"""A receipt on paper: number, steps and how to check, with the file that proves them inside the PDF.

The file in it is what counts (``trail.bundles``); so that the page people look at cannot say something else, the PDF
ends with a signature over all its bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from zhili.base.notes import parse_checkpoint, parse_note
from zhili.core.documents import printing
from zhili.core.trail import bundles, programs

NAME = "receipt.json"
"""What the file inside the PDF is called."""


@dataclass(frozen=True)
class Line:
    """A step on the page. ``index``: its number in the tree, None while it is only promised."""

    seq: int
    index: int | None
    at: datetime
    said: str
    hash: str
    own: bool


@dataclass(frozen=True)
class Page:
    """A receipt as its reader sees it, on the screen and on paper."""

    number: str
    title: str
    procedure: str
    made_at: datetime
    lines: list[Line]
    origin: str
    size: int
    root: str
    keys: list[str]
    stamped: bool
    by: datetime | None
    """Until when what is only promised will stand in the tree."""

    @property
    def waiting(self) -> int:
        """How many steps are promised and not in the tree yet."""
        return sum(line.index is None for line in self.lines)


def page_of(file: Mapping[str, Any]) -> Page:
    """What stands on the page, read from the file itself."""
    about = file["about"]
    head = parse_checkpoint(parse_note(file["checkpoint"]).text) if "checkpoint" in file else None
    promised = parse_note(file["promise"]).text.split("\n") if "promise" in file else None
    lines = [_line(entry) for entry in file["leaves"]]
    return Page(
        about["number"],
        about["title"],
        about["procedure"],
        datetime.fromisoformat(about["made_at"]),
        sorted(lines, key=lambda line: line.seq),
        head.origin if head else "",
        head.size if head else 0,
        head.root.hex() if head else "",
        list(file["keys"]),
        bool(file.get("stamps")),
        datetime.fromisoformat(promised[2]) if promised else None,
    )


def printed(file: Mapping[str, Any], qr: str, address: str) -> bytes:
    """The PDF: the page, the file inside it, a signature over both. ``qr``: an SVG of ``address``.

    Raises printing.Busy, aside.Lacking, aside.Failed.
    """
    page = page_of(file)
    program = "verify_receipt.py" if programs.address("verify_receipt") else ""
    html = render_to_string(
        "documents/receipt.html", {"page": page, "qr": qr, "address": address, "program": program}
    )
    inside = {
        "name": NAME,
        "text": bundles.as_bytes(file).decode(),
        "what": _("存证凭据，可在任何电脑上核验"),
        "at": page.made_at.isoformat(),
    }
    return bundles.signed_pdf(printing.print_page(html, [_style()], [inside]))


def _line(entry: Mapping[str, Any]) -> Line:
    body = json.loads(entry["leaf"])
    at = datetime.fromisoformat(body["at"])
    said = entry.get("said") or body["what"]["action"]
    return Line(body["what"]["seq"], entry.get("index"), at, said, entry["hash"], "private" in entry)


@cache
def _style() -> str:
    return (Path(__file__).parent / "static/documents/receipt.css").read_text(encoding="utf-8")
