"""Photos of identity documents: sealed under the key ring, opened with a purpose, sealed anew on a rotation."""

from __future__ import annotations

import hashlib

from django.utils import timezone

from zhili.core.people import keys
from zhili.scenarios.wages.models import DocumentPhoto, Worker


def keep(worker: Worker, content: bytes) -> DocumentPhoto:
    """Seal a photo under the current key."""
    ring = keys.ring()
    return DocumentPhoto.objects.create(
        worker=worker,
        sealed=ring.seal(content, worker.code.encode()),
        key_id=ring.current,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        taken_at=timezone.now(),
    )


def taken_out(photo: DocumentPhoto) -> bytes:
    """The photo again. Raises keys.KeyRingError when its key is gone, or it was erased."""
    ring = keys.ring()
    if photo.key_id not in ring.ciphers:
        ring = keys.ring(fresh=True)
    cipher = ring.ciphers.get(photo.key_id)
    if cipher is None or photo.sealed is None:
        raise keys.KeyRingError(f"证件照片的密钥 {photo.key_id} 不在密钥环中")
    sealed = bytes(photo.sealed)
    return cipher.decrypt(sealed[: keys.NONCE_BYTES], sealed[keys.NONCE_BYTES :], photo.worker.code.encode())


def uses(key_id: str) -> int:
    return DocumentPhoto.objects.filter(key_id=key_id, sealed__isnull=False).count()


def reencrypt() -> int:
    """Seal anew what another key sealed; how many. Safe to run again."""
    ring, count = keys.ring(fresh=True), 0
    left = (
        DocumentPhoto.objects.filter(sealed__isnull=False)
        .exclude(key_id=ring.current)
        .select_related("worker")
    )
    for photo in left.iterator(20):
        sealed = ring.seal(taken_out(photo), photo.worker.code.encode())
        same = DocumentPhoto.objects.filter(pk=photo.pk, key_id=photo.key_id)
        count += same.update(sealed=sealed, key_id=ring.current)
    return count
