"""The printed document: right text, tagged and titled, sealed, checked; and a single changed byte is found."""

import io
import re
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pypdf import PdfReader

from zhili.core.cases.models import Step
from zhili.core.documents import drafts, inspecting, printing, rendering, seal_keys, verifying
from zhili.core.documents.models import OutgoingDocument, Rendering, SealCertificate
from zhili.core.documents.signing import sign
from zhili.core.documents.tests.desk import TEXT, Desk, queue
from zhili.core.files import blobs
from zhili.core.files.models import Attachment, File
from zhili.core.trail.models import Leaf

pytestmark = pytest.mark.usefixtures("near")


def sealed(document: OutgoingDocument, settings: Any) -> bytes:
    """What the worker made of it."""
    row = Rendering.objects.select_related("file").get(document=document)
    assert row.state == "ready", row.error
    assert row.file is not None
    return (Path(settings.MEDIA_ROOT) / blobs.original(row.file.sha256)).read_bytes()


def made(desk: Desk, settings: Any, **text: Any) -> tuple[OutgoingDocument, bytes]:
    seal_keys.make(desk.office)
    document = desk.issued(**text)
    queue()
    assert rendering.render_due() == 1
    return document, sealed(document, settings)


def gap(pdf: bytes) -> tuple[int, int]:
    """Where the signature itself stands, which it cannot cover."""
    found = re.search(rb"/ByteRange ?\[ ?0 +(\d+) +(\d+)", pdf)
    assert found is not None
    return int(found[1]), int(found[2])


def words(pdf: bytes) -> str:
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def test_an_issued_document_becomes_a_sealed_pdf_once(desk: Desk, settings: Any) -> None:
    document, pdf = made(desk, settings)
    text = words(pdf)
    for part in (
        document.number,
        "关于窨井盖破损问题的答复函",
        "上报人：",
        "井盖边缘翘起约4厘米",
        desk.office.name,
    ):
        assert part in text
    reader = PdfReader(io.BytesIO(pdf))
    root = reader.trailer["/Root"].get_object()
    assert root["/Lang"] == "zh-CN"
    assert root["/MarkInfo"]["/Marked"]
    assert reader.metadata is not None
    assert reader.metadata.title == TEXT["title"]
    step = Step.objects.get(case=document.case, action="made")
    row = Rendering.objects.get(document=document)
    assert step.data["sha256"] == row.sha256
    assert Leaf.objects.filter(subject=document.pk, kind="step").count() == 5
    assert Attachment.objects.get(case_id=document.pk).step_seq == step.seq
    assert row.file is not None
    assert row.file.name == f"{document.number}.pdf"
    queue()
    assert rendering.render_due() == 0
    assert Step.objects.filter(case=document.case, action="made").count() == 1


def test_two_workers_with_the_same_document_keep_one_file(desk: Desk, settings: Any) -> None:
    document, _pdf = made(desk, settings)
    printed = printing.print_sheet(drafts.sheet_of(document, drafts.current(document)))
    again = rendering.keep(document, printed, rendering.Sealed(printed.pdf))
    assert again is False
    assert Step.objects.filter(case=document.case, action="made").count() == 1
    assert File.objects.filter(expires_at=None).count() == 1


def test_the_same_sheet_gives_the_same_bytes(desk: Desk) -> None:
    document = desk.issued()
    sheet = drafts.sheet_of(document, drafts.current(document))
    assert printing.print_sheet(sheet).pdf == printing.print_sheet(sheet).pdf


def test_a_seal_is_found_whole_and_a_changed_byte_is_found_too(desk: Desk, settings: Any) -> None:
    document, pdf = made(desk, settings)
    found = verifying.verify(pdf)
    assert (found.state, found.number, found.void) == ("valid", document.number, False)
    assert found.signer == desk.office.name
    assert not found.demo
    assert found.signed_at is not None
    first, last = gap(pdf)
    for place in (len(pdf) // 2, first + 21, last - 40):
        bad = bytearray(pdf)
        bad[place] ^= 1
        worse = verifying.verify(bytes(bad))
        assert worse.state in ("altered", "unreadable"), place
        assert worse.number == ""


def test_any_of_many_single_bytes_changed_shows_in_the_signature_itself(desk: Desk, settings: Any) -> None:
    """Without our record of the hash: what somebody finds who has only the file."""
    _document, pdf = made(desk, settings)
    known = seal_keys.known()
    assert inspecting.inspect(pdf, known)["state"] == "valid"
    first, last = gap(pdf)
    places = [n for n in range(20, len(pdf), len(pdf) // 40) if not first <= n < last]
    places += range(last - 200, last, 20)
    for place in places:
        bad = bytearray(pdf)
        bad[place] ^= 1
        assert inspecting.inspect(bytes(bad), known)["state"] in ("altered", "unreadable", "unsigned"), place


def test_an_addition_after_the_seal_is_found(desk: Desk, settings: Any) -> None:
    from pypdf import PdfWriter

    _document, pdf = made(desk, settings)
    writer = PdfWriter(io.BytesIO(pdf), incremental=True)
    writer.add_metadata({"/Title": "别的标题"})
    out = io.BytesIO()
    writer.write(out)
    assert out.getvalue()[: len(pdf)] == pdf
    assert verifying.verify(out.getvalue()).state == "altered"


def test_a_seal_of_somebody_else_is_whole_but_unknown(desk: Desk, settings: Any) -> None:
    _document, pdf = made(desk, settings)
    Rendering.objects.update(certificate=None)
    SealCertificate.objects.all().delete()
    assert verifying.verify(pdf).state == "unknown"


def test_what_is_no_sealed_pdf_is_said_to_be_none(db: None) -> None:
    assert verifying.verify(b"not a pdf").state == "unreadable"
    assert verifying.verify(b"").state == "unreadable"
    printed = printing.print_picture("<!doctype html><title>x</title><p>x", "")
    assert verifying.verify(printed).state == "unsigned"


def test_a_former_seal_still_verifies_after_a_new_one_was_made(desk: Desk, settings: Any) -> None:
    _document, pdf = made(desk, settings)
    seal_keys.make(desk.office, demo=True)
    assert verifying.verify(pdf).state == "valid"
    assert SealCertificate.objects.filter(retired_at=None).get().demo


def test_a_key_is_encrypted_and_only_its_owner_may_read_it(desk: Desk, settings: Any) -> None:
    seal_keys.make(desk.office)
    (file,) = seal_keys.folder().iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(seal_keys.folder().stat().st_mode) == 0o700
    assert b"BEGIN ENCRYPTED PRIVATE KEY" in file.read_bytes()
    file.chmod(0o644)
    from zhili.core.people.keys import KeyRingError

    with pytest.raises(KeyRingError, match="chmod 600"):
        seal_keys.read(desk.office)


def test_an_office_without_a_seal_waits_and_is_served_later(desk: Desk, settings: Any) -> None:
    document = desk.issued()
    queue()
    rendering.render_due()
    row = Rendering.objects.get(document=document)
    assert (row.state, row.attempts) == ("queued", 0)
    assert "seal-key" in row.error
    seal_keys.make(desk.office)
    rendering.again(document)
    rendering.render_due()
    assert sealed(document, settings)[:5] == b"%PDF-"


def test_a_time_stamp_is_asked_for_where_one_is_configured(desk: Desk, settings: Any) -> None:
    from pyhanko.sign.timestamps import DummyTimeStamper

    stamper = DummyTimeStamper(*authority())
    seal_keys.make(desk.office)
    document = desk.issued()
    printed = printing.print_sheet(drafts.sheet_of(document, drafts.current(document)))
    shape = printing.print_picture("<!doctype html><title>x</title><p>x", "@page { size: 42mm }")
    pdf = sign(printed, seal_keys.read(desk.office), shape, stamper=stamper)
    found = inspecting.inspect(pdf, seal_keys.known())
    assert found["state"] == "valid"
    assert found["stamped"]


def authority() -> tuple[Any, Any]:
    """Certificate and key of a time stamp authority, as asn1crypto holds them."""
    from asn1crypto import keys as asn1_keys
    from asn1crypto import x509 as asn1_x509
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "时间戳")])
    now = timezone.now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    der = certificate.public_bytes(serialization.Encoding.DER)
    return asn1_x509.Certificate.load(der), asn1_keys.PrivateKeyInfo.load(plain)
