"""What the signature in a PDF says: whole, altered, by whom. Runs aside, since the file may be anybody's.

``python -m zhili.core.documents.inspecting``: {"pdf": base64, "known": [PEM …]} in, {"state", "signer", "fingerprint",
"signed_at", "stamped"} out. States: ``unsigned``, ``altered``, ``unknown`` (whole, but by a certificate not known
here), ``valid``, ``unreadable``.
"""

from __future__ import annotations

import base64
import io
import json
import logging
import sys
from typing import Any

from zhili.core.documents import aside


def inspect(pdf: bytes, known: list[str]) -> dict[str, Any]:
    """The answer for the last signature of the file, which must cover it all."""
    from asn1crypto import pem, x509
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader

    roots = [x509.Certificate.load(pem.unarmor(one.encode())[2]) for one in known]
    try:
        signatures = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
    except (PdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        return {"state": "unreadable"}
    if not signatures:
        return {"state": "unsigned"}
    try:
        return _judge(signatures[-1], roots, pdf)
    except Exception as error:  # a signature that cannot even be read is not whole
        return {"state": "altered", "why": f"{type(error).__name__}: {error}"[:300]}


def _judge(signature: Any, roots: list[Any], pdf: bytes) -> dict[str, Any]:
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    said_at = signature.self_reported_timestamp
    signer = signature.signer_cert
    ours = signer.sha256.hex() in {one.sha256.hex() for one in roots}
    # the certificate is judged at the time of signing: our own trail says when that was, see docs/operate.md
    context = ValidationContext(trust_roots=[signer], allow_fetching=False, moment=said_at)
    status = validate_pdf_signature(signature, signer_validation_context=context)
    whole = (
        status.intact
        and status.valid
        and status.coverage == SignatureCoverageLevel.ENTIRE_FILE
        and status.modification_level == ModificationLevel.NONE
        and _filled_plainly(signature, pdf)
    )
    return {
        "state": "altered" if not whole else "valid" if ours and status.trusted else "unknown",
        "signer": str(signer.subject.native.get("common_name", "")),
        "fingerprint": signer.sha256.hex(),
        "signed_at": said_at.isoformat() if said_at else None,
        "stamped": bool(status.timestamp_validity),
    }


def _filled_plainly(signature: Any, pdf: bytes) -> bool:
    """Whether the one place a signature cannot cover holds it and nothing else: its hex, then zeros."""
    from asn1crypto import cms

    first, length, second, _rest = (int(n) for n in signature.byte_range)
    gap = pdf[first + length : second]
    inside = gap[1:-1].lower()
    written = cms.ContentInfo.load(signature.pkcs7_content).dump().hex().encode()
    return gap[:1] == b"<" and gap[-1:] == b">" and inside == written.ljust(len(inside), b"0")


def main() -> int:
    job = aside.begin()
    logging.disable(logging.CRITICAL)  # what a stranger's file is called faulty for goes to nobody's log
    try:
        import pyhanko.sign  # noqa: F401
    except ImportError as error:
        return aside.lacking(error)
    json.dump(inspect(base64.b64decode(job["pdf"]), job["known"]), sys.stdout)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
