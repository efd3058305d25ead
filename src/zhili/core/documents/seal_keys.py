"""The software signer's keys: one for each office, in ZHILI_HOME/seals, readable by their owner only and encrypted.

A key file is PKCS #8 under a passphrase reckoned from the site's key ring (its index key, which is never rotated) and
the certificate's fingerprint. Its self-signed certificate is in the database, where it stays when the key is replaced.
Such a seal proves that this site sealed the bytes and nothing was changed since; it is no statutory electronic seal
(which takes a certificate of a licensed authority: another adapter, see sealing.py).
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from zhili.core.documents.models import SealCertificate
from zhili.core.people import keys
from zhili.core.people.models import Office

VALID = timedelta(days=5 * 365)
DEMO = "演示印章，不具法律效力"


class NoSealKey(LookupError):
    """The office has no key to seal with."""


@dataclass(frozen=True)
class SealKey:
    """What signs: the private key in DER (PKCS #8), and its certificate."""

    key: bytes
    certificate: SealCertificate


def folder() -> Path:
    return Path(settings.HOME) / "seals"


def make(office: Office, *, demo: bool = False) -> SealCertificate:
    """Make an office's key and certificate; a former one is retired, and what it sealed still verifies.

    The file is there before the row that names it is committed, so that there is never a certificate without its key.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _certificate(office.name, key, demo)
    fingerprint = certificate.fingerprint(hashes.SHA256()).hex()
    pem = certificate.public_bytes(serialization.Encoding.PEM).decode()
    _write(_file(fingerprint), _sealed(key, fingerprint))
    with transaction.atomic():
        Office.objects.select_for_update(of=("self",)).get(pk=office.pk)  # two at once: one after the other
        now = timezone.now()
        SealCertificate.objects.filter(office=office, retired_at=None).update(retired_at=now)
        return SealCertificate.objects.create(
            office=office, fingerprint=fingerprint, pem=pem, demo=demo, made_at=now
        )


def read(office: Office) -> SealKey:
    """The key in use. Raises NoSealKey, or keys.KeyRingError when others may read the file."""
    row = SealCertificate.objects.filter(office=office, retired_at=None).order_by("-made_at").first()
    if row is None:
        raise NoSealKey(f"{office.name} 还没有印章：zhili documents seal-key {office.code}")
    file = _file(row.fingerprint)
    try:
        text = file.read_bytes()
    except FileNotFoundError:
        raise NoSealKey(f"{office.name} 的印章密钥不在 {file}；请从备份恢复，或重新制作") from None
    if file.stat().st_mode & 0o077:
        raise keys.KeyRingError(f"{file} 可被其他用户读取，请执行 chmod 600 后重试")
    try:
        key = serialization.load_pem_private_key(text, _passphrase(row.fingerprint))
    except ValueError:
        raise keys.KeyRingError(f"{file} 不能用本站的密钥环打开：keys.json 与它不是同一套") from None
    plain = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return SealKey(plain, row)


def known() -> list[str]:
    """Every certificate this site ever sealed with, in PEM."""
    return list(SealCertificate.objects.order_by("pk").values_list("pem", flat=True))


def _certificate(name: str, key: ec.EllipticCurvePrivateKey, demo: bool) -> x509.Certificate:
    subject = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, name[:64]),
    ]
    if demo:
        subject.append(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, DEMO))
    subject.append(x509.NameAttribute(NameOID.COMMON_NAME, (("演示 " if demo else "") + name)[:64]))
    usage = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
    since = timezone.now() - timedelta(minutes=5)  # clocks of those who verify may be a little behind
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name(subject))
        .issuer_name(x509.Name(subject))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(since + VALID)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _sealed(key: ec.EllipticCurvePrivateKey, fingerprint: str) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(_passphrase(fingerprint)),
    )


def _passphrase(fingerprint: str) -> bytes:
    info = f"zhili/documents/seal/{fingerprint}".encode()
    return HKDF(hashes.SHA256(), 32, salt=None, info=info).derive(keys.ring().index_key).hex().encode()


def _file(fingerprint: str) -> Path:
    return folder() / f"{fingerprint[:32]}.pem"


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.suppress(OSError):
        file.parent.chmod(0o700)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
