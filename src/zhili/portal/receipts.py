"""The receipt a reporter takes away: a number, a code, and a picture a phone can read."""

import io

import segno
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

RECEIPT_COOKIE = "zhili_receipt"
RECEIPT_KEPT = 1800
"""Seconds the browser that made the report may show the code again."""


def address_with(request: HttpRequest, number: str, code: str) -> str:
    """The address of a case; with the code, the reporter's own view of it."""
    address = request.build_absolute_uri(f"/c/{number}")
    return f"{address}?g={code}" if code else address


def qr(text: str) -> SafeString:
    """The text as an inline SVG picture of a QR code."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out,
        kind="svg",
        xmldecl=False,
        svgns=True,
        scale=4,
        border=2,
        omitsize=True,
        svgclass=None,
        lineclass=None,
    )
    return mark_safe(out.getvalue().decode())  # noqa: S308 – drawn by segno from the text, holds none of it
