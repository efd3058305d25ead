"""Personal values: encrypted in one table, shown masked, opened only with a purpose, erased by schedule.

AES-256-GCM with a random 96-bit nonce for each row (one key may write 2³² rows; rotate before). The row's
id and kind are bound to the ciphertext as associated data, so a value cannot be moved to another row.
The salted hash goes into steps and leaves. The blind index (HMAC-SHA256 under a key of its own, over the
normalised value) finds a phone or identity number again without decrypting anything.
"""

import hashlib
import hmac
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from django.db import transaction
from django.utils import timezone

from zhili.base.canonical import SALT_BYTES, commitment
from zhili.base.codes import CodeError, check_phone
from zhili.base.text import fold, mask
from zhili.core.people import keys, second_factor
from zhili.core.people.actors import Actor
from zhili.core.people.models import Secret

# "text": free text somebody wrote personal values into; its redacted form is shown, the original kept here
KINDS: Final = frozenset({"name", "phone", "citizen_id", "address", "email", "text"})
FINDABLE: Final = frozenset({"phone", "citizen_id", "email"})  # nobody is looked up by name or address
BATCH: Final = 500
NONCE_BYTES: Final = 12
INDEX_BYTES: Final = 16
MASKED_LENGTH: Final = 255
RETIRE_AFTER: Final = timedelta(minutes=1)  # well above keys.STALE_SECONDS


class SecretUnreadable(RuntimeError):
    """A ciphertext does not belong to its row, was altered, or its key is gone."""


@dataclass(frozen=True, slots=True)
class SecretRow:
    """A row of `people_secret`, column by column; nothing written yet."""

    id: UUID
    kind: str
    ciphertext: bytes
    salt: bytes
    hash: str
    blind_index: bytes | None
    key_id: str
    masked: str
    subject_id: int | None
    expires_at: datetime | None


def prepare(
    kind: str, plain: str, subject_id: int | None = None, expires: datetime | None = None
) -> SecretRow:
    """Encrypt, hash, index and mask one value (about 30 µs). `subject_id` is the account it is about."""
    if kind not in KINDS:
        raise ValueError(f"no such kind of personal value: {kind}")
    ring = keys.ring()
    key = _new_id()
    salt = os.urandom(SALT_BYTES)
    return SecretRow(
        id=key,
        kind=kind,
        ciphertext=_encrypt(ring, ring.current, key, kind, plain),
        salt=salt,
        hash=commitment(salt, plain).hex(),
        blind_index=_index(ring, kind, plain) if kind in FINDABLE else None,
        key_id=ring.current,
        masked=mask(kind, plain)[:MASKED_LENGTH],
        subject_id=subject_id,
        expires_at=expires,
    )


def save(rows: Iterable[SecretRow]) -> None:
    """Write prepared rows, in one query."""
    columns = SecretRow.__slots__
    Secret.objects.bulk_create(Secret(**{name: getattr(row, name) for name in columns}) for row in rows)


def open_many(ids: Iterable[UUID], actor: Actor, purpose: str, case_id: int | None = None) -> dict[UUID, str]:
    """The plain values, each opening kept in the trail first, in the same transaction.

    Erased and unknown ids are left out. Whether this actor may open them is the caller's to decide (the
    case's scope); an actor nobody can name may never. Raises ValueError without a purpose,
    SecretUnreadable when a row was tampered with. Three queries for any number.
    """
    from zhili.core.trail.access import record_access

    if actor.kind == "anonymous":
        raise PermissionError("匿名者不能查看个人信息")
    if not purpose.strip():
        raise ValueError("查看个人信息必须说明用途")
    with transaction.atomic():
        found = list(Secret.objects.filter(pk__in=set(ids), erased_at=None))
        if not found:
            return {}
        record_access(
            [secret.pk for secret in found],
            actor_kind=actor.kind,
            actor_id=actor.id,
            office_id=actor.office_id,
            account_id=actor.account_id,
            purpose=purpose,
            case_id=case_id,
        )
        return {secret.pk: _decrypt(secret) for secret in found}


def masked(ids: Iterable[UUID]) -> dict[UUID, str]:
    """What lists show. Nothing is decrypted and nothing recorded; an erased value is an empty text."""
    return dict(Secret.objects.filter(pk__in=set(ids)).values_list("pk", "masked"))


def readable(secret: Secret) -> bool:
    """Whether the ring opens this value. The value itself is thrown away unseen: nobody has read it."""
    try:
        _decrypt(secret)
    except SecretUnreadable:
        return False
    return True


def find(kind: str, plain: str) -> list[UUID]:
    """Ids of the values of this kind equal to this one, oldest first; [] for kinds without an index."""
    if kind not in FINDABLE:
        return []
    rows = Secret.objects.filter(blind_index=blind_index(kind, plain))
    return list(rows.order_by("pk").values_list("pk", flat=True))


def blind_index(kind: str, plain: str) -> bytes:
    """16 bytes, the same for the same value however it is written (spaces, full width, +86)."""
    return _index(keys.ring(), kind, plain)


def erase(ids: Iterable[UUID], at: datetime | None = None, under: str = "") -> int:
    """Destroy these values now; how many. The row stays as a tombstone: its hash, when, and ``under`` what rule."""
    return Secret.objects.filter(pk__in=set(ids), erased_at=None).update(
        ciphertext=None,
        salt=None,
        blind_index=None,
        masked="",
        erased_at=at or timezone.now(),
        erased_under=under[:200],
    )


def rotate(batch: int = BATCH) -> int:
    """Add a new key and encrypt everything with it, second factors too. Returns how many were."""
    keys.add_key()
    return reencrypt(batch)


def reencrypt(batch: int = BATCH) -> int:
    """Encrypt with the current key whatever another one wrote, in short transactions. Safe to run again."""
    ring = keys.ring(fresh=True)
    total, last = 0, UUID(int=0)
    while True:
        with transaction.atomic():
            rows = Secret.objects.filter(erased_at=None, pk__gt=last).exclude(key_id=ring.current)
            found = list(rows.order_by("pk").select_for_update(of=("self",))[:batch])
            for secret in found:
                plain = _decrypt(secret)
                secret.ciphertext = _encrypt(ring, ring.current, secret.pk, secret.kind, plain)
                secret.key_id = ring.current
            Secret.objects.bulk_update(found, ["ciphertext", "key_id"])
        total += len(found)
        if len(found) < batch:
            return total + second_factor.reencrypt()
        last = found[-1].pk


def retire(key_id: str) -> None:
    """Take a former key out of the ring. Raises keys.KeyRingError while anything still needs it."""
    ring = keys.ring(fresh=True)
    if datetime.now(UTC) - ring.made[ring.current] < RETIRE_AFTER:
        raise keys.KeyRingError("新密钥启用不足一分钟，其他进程可能仍在使用旧密钥，请稍后再试")
    if Secret.objects.filter(key_id=key_id, erased_at=None).exists():
        raise keys.KeyRingError(f"仍有个人信息使用密钥 {key_id}，请先重新加密")
    if second_factor.uses(key_id):
        raise keys.KeyRingError(f"仍有两步验证使用密钥 {key_id}，请先重新加密")
    keys.remove_key(key_id)


def _encrypt(ring: keys.Ring, key_id: str, row: UUID, kind: str, plain: str) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + ring.ciphers[key_id].encrypt(nonce, plain.encode(), row.bytes + kind.encode())


def _decrypt(secret: Secret) -> str:
    ring = keys.ring()
    if secret.key_id not in ring.ciphers:
        ring = keys.ring(fresh=True)  # another process has just rotated
    cipher = ring.ciphers.get(secret.key_id)
    if cipher is None or secret.ciphertext is None:
        raise SecretUnreadable(f"个人信息 {secret.pk} 的密钥 {secret.key_id} 不在密钥环中")
    sealed = bytes(secret.ciphertext)
    bound = secret.pk.bytes + secret.kind.encode()
    try:
        return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound).decode()
    except InvalidTag as error:
        raise SecretUnreadable(f"个人信息 {secret.pk} 与其密文不符，可能被改动") from error


def _index(ring: keys.Ring, kind: str, plain: str) -> bytes:
    text = f"{kind}\0{_same(kind, plain)}".encode()
    return hmac.digest(ring.index_key, text, hashlib.sha256)[:INDEX_BYTES]


def _same(kind: str, plain: str) -> str:
    """One spelling for one value. Phones as E.164; the two usual forms do without the slow parser."""
    if kind != "phone":
        return fold(plain)
    digits = plain.removeprefix("+86")
    if len(digits) == 11 and digits.isascii() and digits.isdigit() and digits[0] == "1":
        return f"+86{digits}"
    try:
        return check_phone(plain)
    except CodeError:
        return fold(plain)


def _new_id() -> UUID:
    """A UUID version 7 (RFC 9562): random, yet in order of time, so that the index is appended to."""
    stamp = time.time_ns() // 1_000_000
    number = stamp << 80 | int.from_bytes(os.urandom(10))
    return UUID(int=number & ~(0xF << 76) & ~(0x3 << 62) | 0x7 << 76 | 0x2 << 62)
