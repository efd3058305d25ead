"""The record of inspection as a PDF: what stands on it, the pictures small, the receipt of the trail inside."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from django.core.files.storage import default_storage
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from zhili.core.documents import printing
from zhili.core.files import blobs, decisions
from zhili.core.files.models import File
from zhili.core.trail import bundles
from zhili.core.visits import records
from zhili.core.visits.models import VisitRecord

NAME: Final = "receipt.json"
LONGEST: Final = 720
"""Pixels of a picture's longer side on paper: seven centimetres at 250 dpi."""


def pdf(row: VisitRecord, qr: str, address: str, site: str) -> bytes:
    """The record with its receipt inside, signed over all bytes. ``qr``: an SVG of ``address``, where it is checked.

    Raises printing.Busy, aside.Lacking, aside.Failed.
    """
    pictures = dict(_pictures(row.document))
    said = records.leaves_of(row)
    about = {
        "kind": "visit",
        "title": row.document["premises"]["name"],
        "procedure": _("现场检查"),
        "visit": row.visit_id,
        "site": site,
    }
    proof = bundles.bundle(list(said), about=about, said=said)
    inside = {
        "name": NAME,
        "text": bundles.as_bytes(proof).decode(),
        "what": _("存证凭据，可在任何电脑上核验"),
        "at": row.at.isoformat(),
    }
    html = render_to_string(
        "visits/record.html",
        {
            "row": row,
            "said": _read(row.document),
            "there": frozenset(pictures),
            "qr": qr,
            "address": address,
            "leaves": len(said),
        },
    )
    return bundles.signed_pdf(printing.print_page(html, [_style()], [inside], pictures))


def _read(document: dict[str, Any]) -> dict[str, Any]:
    """The document with its times as times, for the page."""
    whole = {**document, "date": date.fromisoformat(document["date"])}
    whole["arrivals"] = [[*one[:3], datetime.fromisoformat(one[3])] for one in document["arrivals"]]
    whole["signatures"] = [{**one, "at": datetime.fromisoformat(one["at"])} for one in document["signatures"]]
    return whole


def _named(document: dict[str, Any]) -> list[str]:
    photos = [p for i in document["items"] for a in i["answers"] for s in a["said"] for p in s["photos"]]
    return photos + [one["picture"] for one in document["signatures"] if one["picture"]]


def _pictures(document: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """(id, JPEG) of each picture that may be shown and can be drawn."""
    rows = list(File.objects.filter(pk__in=_named(document)))
    held = decisions.standings(one.sha256 for one in rows)
    for file in rows:
        standing = held.get(file.sha256)
        if file.scan == "waits" or (standing and standing.withdrawn):
            continue
        try:
            with default_storage.open(blobs.original(file.sha256)) as stream, Image.open(stream) as image:
                yield str(file.pk), _small(image)
        except OSError:
            continue


def _small(image: Image.Image) -> bytes:
    upright = ImageOps.exif_transpose(image).convert("RGBA")
    upright.thumbnail((LONGEST, LONGEST))
    paper = Image.new("RGB", upright.size, "white")
    paper.paste(upright, mask=upright.getchannel("A"))
    out = BytesIO()
    paper.save(out, "JPEG", quality=78)
    return out.getvalue()


@cache
def _style() -> str:
    return (Path(__file__).parent / "static/visits/record.css").read_text(encoding="utf-8")
