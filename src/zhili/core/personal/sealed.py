"""The files made for persons, sealed under the key ring while they wait to be fetched."""

from __future__ import annotations

from django.utils import timezone

from zhili.core.people import keys
from zhili.core.personal.models import Wish, WishState


def put(wish: Wish, content: bytes) -> None:
    """Seal the content into the row; saving it is the caller's."""
    ring = keys.ring()
    wish.sealed, wish.key_id, wish.size = ring.seal(content, wish.pk.bytes), ring.current, len(content)


def taken_out(wish: Wish) -> bytes:
    """The content again. Raises keys.KeyRingError when its key is gone."""
    ring = keys.ring()
    if wish.key_id not in ring.ciphers:
        ring = keys.ring(fresh=True)
    cipher = ring.ciphers.get(wish.key_id)
    if cipher is None or wish.sealed is None:
        raise keys.KeyRingError(f"文件的密钥 {wish.key_id} 不在密钥环中")
    sealed = bytes(wish.sealed)
    return cipher.decrypt(sealed[: keys.NONCE_BYTES], sealed[keys.NONCE_BYTES :], wish.pk.bytes)


def uses(key_id: str) -> int:
    return Wish.objects.filter(key_id=key_id, sealed__isnull=False).count()


def reencrypt() -> int:
    """Seal anew what another key sealed. Few and short-lived, so one at a time."""
    current, count = keys.ring(fresh=True).current, 0
    for wish in Wish.objects.filter(sealed__isnull=False).exclude(key_id=current).iterator(20):
        content, was = taken_out(wish), wish.key_id
        put(wish, content)
        count += Wish.objects.filter(pk=wish.pk, key_id=was, sealed__isnull=False).update(
            sealed=wish.sealed, key_id=wish.key_id
        )
    return count


def prune() -> int:
    """Destroy what waited long enough; how many."""
    over = Wish.objects.filter(state=WishState.READY, until__lte=timezone.now())
    return over.update(state=WishState.OVER, sealed=None, key_id="", size=0)
