"""What is printed: labels with a code for the phone, the chain of custody, the list of what was returned."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import segno
from django.core.files.storage import default_storage
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from zhili.core.documents import printing
from zhili.core.files import blobs
from zhili.core.files.models import File

PNG = ("image/png", "image/jpeg")


def code(text: str) -> SafeString:
    """The text as a QR code: an inline SVG."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out,
        kind="svg",
        xmldecl=False,
        svgns=True,
        scale=4,
        border=1,
        omitsize=True,
        svgclass=None,
        lineclass=None,
    )
    return mark_safe(out.getvalue().decode())  # noqa: S308 – drawn by segno from the text, holds none of it


def pdf(template: str, context: Mapping[str, Any], images: Mapping[str, bytes] | None = None) -> bytes:
    """A sheet of ours. Raises printing.Busy, aside.Lacking, aside.Failed."""
    html = render_to_string(f"evidence/print/{template}.html", {**context, "printed_at": timezone.now()})
    return printing.print_page(html, [_style(template)], images=images)


def picture(ids: Iterable[str]) -> bytes | None:
    """The bytes of the first of these files, when it is a picture that can stand on paper."""
    found = File.objects.filter(pk__in=list(ids), mime__in=PNG).first()
    if found is None:
        return None
    with default_storage.open(blobs.original(found.sha256)) as source:
        return bytes(source.read())


@cache
def _style(template: str) -> str:
    folder = Path(__file__).parent / "static/evidence"
    name = "labels.css" if template == "labels" else "paper.css"
    return (folder / name).read_text(encoding="utf-8")
