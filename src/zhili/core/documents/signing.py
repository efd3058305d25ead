"""A PAdES signature with a picture, by pyHanko: baseline B, or T where a time stamp authority is configured."""

from __future__ import annotations

import io
import os
import uuid

from asn1crypto import keys as asn1_keys
from asn1crypto import pem, x509
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from zhili.core.documents.printing import Printed
from zhili.core.documents.seal_keys import SealKey
from zhili.core.documents.seal_picture import MILLIMETRES

FIELD = "Seal"
POINTS = 72 / 25.4
"""Points in a millimetre."""
HEIGHT, WIDTH = 297 * POINTS, 210 * POINTS
MIDDLE = 0.46
"""How far down the seal the upper edge of the signature comes: it stands a little below the middle."""


class Picture(PdfContent):
    """The one page of another PDF, as the appearance of the signature."""

    def __init__(self, page: bytes) -> None:
        self.page = page
        super().__init__()

    def render(self) -> bytes:
        imported = self._ensure_writer.import_page_as_xobject(PdfFileReader(io.BytesIO(self.page)))
        name = f"/Seal{uuid.uuid4().hex}"
        self.resources.xobject[name] = imported
        left, low, right, high = imported.get_object()["/BBox"]
        self.box = BoxConstraints(width=abs(right - left), height=abs(high - low))
        return f"{name} Do".encode()


def sign(
    printed: Printed, key: SealKey, shape: bytes, *, reason: str = "", stamper: TimeStamper | None = None
) -> bytes:
    """The PDF with the signature of ``key``, drawn as the page ``shape``."""
    certificate = x509.Certificate.load(pem.unarmor(key.certificate.pem.encode())[2])
    store = SimpleCertificateStore()
    store.register(certificate)
    signer = signers.SimpleSigner(certificate, asn1_keys.PrivateKeyInfo.load(key.key), store)
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD,
        subfilter=fields.SigSeedSubFilter.PADES,
        md_algorithm="sha256",
        reason=reason or None,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    page, box = _place(printed)
    spec = fields.SigFieldSpec(FIELD, on_page=page, box=box, readable_field_name="印章")
    style = StaticStampStyle(border_width=0, background=Picture(shape), background_opacity=1.0)
    pdf_signer = signers.PdfSigner(
        meta, signer, timestamper=stamper or _stamper(), stamp_style=style, new_field_spec=spec
    )
    out = io.BytesIO()
    pdf_signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(printed.pdf)), output=out)
    return out.getvalue()


def _place(printed: Printed) -> tuple[int, tuple[int, int, int, int]]:
    """(page, box in points from the lower left) so that the signature and date stand in the seal's lower middle."""
    size = MILLIMETRES * POINTS
    if printed.seal_at is None:
        page, x, y = printed.pages - 1, WIDTH - 150, HEIGHT - 200
    else:
        page, x, y = printed.seal_at.page, printed.seal_at.x, printed.seal_at.y
    left, top = x - size / 2, HEIGHT - y + size * MIDDLE
    return page, (round(left), round(top - size), round(left + size), round(top))


def _stamper() -> TimeStamper | None:
    """A time stamp authority (RFC 3161), where one is configured."""
    url = os.environ.get("ZHILI_TSA_URL", "").strip()
    if not url:
        return None
    from pyhanko.sign.timestamps.requests_client import HTTPTimeStamper

    return HTTPTimeStamper(url, timeout=20)
