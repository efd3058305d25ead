"""Personal values: encrypted in one table, shown masked, opened only with a purpose, erased by schedule.

AES-256-GCM or SM4-GCM (ciphers.py), a random 96-bit nonce for each row (one key may write 2³² rows; rotate before).
The row's id and kind are bound to the ciphertext as associated data, so a value cannot be moved to another row.
The salted hash goes into steps and leaves. The blind index (HMAC-SHA256 under a key of its own, over the
normalised value) finds a phone or identity number again without decrypting anything.
"""

import hashlib
import hmac
import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from django.db import connection, transaction
from django.db.models import Count, Q
from django.utils import timezone

from zhili.base.canonical import SALT_BYTES, commitment
from zhili.base.codes import CodeError, check_phone
from zhili.base.text import fold, mask
from zhili.core.people import keys, second_factor
from zhili.core.people.actors import Actor
from zhili.core.people.models import Secret
from zhili.core.streams import emit

# "text": free text somebody wrote personal values into; its redacted form is shown, the original kept here
KINDS: Final = frozenset({"name", "phone", "citizen_id", "address", "email", "text", "bank_account"})
FINDABLE: Final = frozenset({"phone", "citizen_id", "email"})  # nobody is looked up by name or address
BATCH: Final = 500
NONCE_BYTES: Final = 12
INDEX_BYTES: Final = 16
MASKED_LENGTH: Final = 255
OPENED: Final = "secrets_opened"
"""The event of an opening by somebody who acts for an office: whom it is about may want to know."""
TOLD_AT_ONCE: Final = 500
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


def open_many(
    ids: Iterable[UUID],
    actor: Actor,
    purpose: str,
    case_id: int | None = None,
    *,
    cases: Mapping[UUID, int] | None = None,
) -> dict[UUID, str]:
    """The plain values, each opening kept in the trail first, in the same transaction.

    Erased and unknown ids are left out; for one that its person corrected the value is the corrected one. ``cases``:
    the case of each, where they are of several. Whether this actor may open them is the caller's to decide (the
    case's scope); an actor nobody can name may never. Raises ValueError without a purpose,
    SecretUnreadable when a row was tampered with. Four queries for any number.
    """
    from zhili.core.trail.access import record_access

    if actor.kind == "anonymous":
        raise PermissionError("匿名者不能查看个人信息")
    if not purpose.strip():
        raise ValueError("查看个人信息必须说明用途")
    with transaction.atomic():
        found = _present(set(ids))
        if not found:
            return {}
        within = {one.pk: cases[asked] for asked, one in found.items() if cases and asked in cases}
        opened = {one.pk: one for one in found.values()}
        record_access(
            list(opened),
            actor_kind=actor.kind,
            actor_id=actor.id,
            office_id=actor.office_id,
            account_id=actor.account_id,
            purpose=purpose,
            case_id=case_id,
            cases=within,
        )
        if actor.kind == "post":
            _tell(list(opened), actor, case_id)
        return {asked: _decrypt(secret) for asked, secret in found.items()}


def _tell(opened: list[UUID], actor: Actor, case_id: int | None) -> None:
    for start in range(0, len(opened), TOLD_AT_ONCE):
        some = [str(one) for one in opened[start : start + TOLD_AT_ONCE]]
        emit(OPENED, case_id, {"secrets": some, "office": actor.office_id, "account": actor.account_id})


def _present(ids: set[UUID]) -> dict[UUID, Secret]:
    """By the id asked for, what stands there now. One query, and one more for each time something was corrected."""
    there = Q(erased_at=None) | Q(replaced_by__isnull=False)
    found = {one.pk: one for one in Secret.objects.filter(there, pk__in=ids)}
    while replaced := {asked: one.replaced_by for asked, one in found.items() if one.replaced_by}:
        newer = {one.pk: one for one in Secret.objects.filter(there, pk__in=set(replaced.values()))}
        for asked, pk in replaced.items():
            if pk in newer:
                found[asked] = newer[pk]
            else:
                del found[asked]
    return found


def masked(ids: Iterable[UUID]) -> dict[UUID, str]:
    """What lists show. Nothing is decrypted and nothing recorded; an erased value is an empty text."""
    rows = list(Secret.objects.filter(pk__in=set(ids)).values_list("pk", "masked", "replaced_by"))
    shown = {pk: text for pk, text, _newer in rows}
    if replaced := {pk for pk, _text, newer in rows if newer}:
        shown |= {asked: one.masked for asked, one in _present(replaced).items()}
    return shown


def correct(secret: Secret, plain: str, under: str) -> SecretRow:
    """Put another value in place of one: the former is destroyed, ``under`` what rule, and points to the new one.

    What steps and leaves say of the former stands, and still proves that it was given.
    """
    row = prepare(secret.kind, plain, secret.subject_id, secret.expires_at)
    with transaction.atomic():
        save([row])
        erase([secret.pk], under=under)
        Secret.objects.filter(pk=secret.pk).update(replaced_by=row.id)
    return row


def readable(secret: Secret) -> bool:
    """Whether the ring opens this value. The value itself is thrown away unseen: nobody has read it."""
    try:
        _decrypt(secret)
    except SecretUnreadable:
        return False
    return True


def unsound(secret: Secret) -> str:
    """The column in which a row is not what its hash says; "" when all is well. The value is thrown away unseen."""
    if secret.erased_at is not None:
        left = (secret.ciphertext, secret.salt, secret.blind_index, secret.masked or None)
        return "" if left == (None,) * 4 else "ciphertext|salt|blind_index|masked"
    try:
        plain = _decrypt(secret)
    except SecretUnreadable:
        return "ciphertext|key_id|kind"
    if commitment(bytes(secret.salt or b"").ljust(SALT_BYTES), plain).hex() != secret.hash:
        return "salt|hash"
    if secret.masked != mask(secret.kind, plain)[:MASKED_LENGTH]:
        return "masked"
    index = blind_index(secret.kind, plain) if secret.kind in FINDABLE else None
    return (
        ""
        if index == (bytes(secret.blind_index) if secret.blind_index is not None else None)
        else "blind_index"
    )


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


RESEAL: Final = """
UPDATE people_secret s SET ciphertext = u.sealed, key_id = %s
FROM unnest(%s::uuid[], %s::bytea[]) AS u(id, sealed) WHERE s.id = u.id"""
Told = Callable[[int, int], None]
"""Is told how many are done, and of how many."""


def rotate(batch: int = BATCH, told: Told | None = None) -> int:
    """Add a new key and encrypt everything with it, second factors too. Returns how many were.

    Killed in between, everything stays readable (both keys are in the ring) and ``reencrypt`` does the rest.
    """
    keys.add_key()
    return reencrypt(batch, told)


def reencrypt(batch: int = BATCH, told: Told | None = None) -> int:
    """Encrypt with the current key whatever another one wrote, in short transactions. Safe to run again."""
    ring = keys.ring(fresh=True)
    left = Secret.objects.filter(erased_at=None).exclude(key_id=ring.current).count() if told else 0
    total, last = 0, UUID(int=0)
    while True:
        with transaction.atomic():
            rows = Secret.objects.filter(erased_at=None, pk__gt=last).exclude(key_id=ring.current)
            found = list(rows.order_by("pk").select_for_update(of=("self",))[:batch])
            sealed = [_encrypt(ring, ring.current, one.pk, one.kind, _decrypt(one)) for one in found]
            with connection.cursor() as cursor:  # bulk_update's long CASE took six times as long
                cursor.execute(RESEAL, [ring.current, [one.pk for one in found], sealed])
        total += len(found)
        if told:
            told(total, max(total, left))
        if len(found) < batch:
            return total + second_factor.reencrypt() + sum(one.reencrypt() for one in keys.holders())
        last = found[-1].pk


def in_use() -> dict[str, int]:
    """How many values and second factors each key of the ring still seals."""
    counts = dict.fromkeys(keys.ring(fresh=True).made, 0)
    rows = Secret.objects.filter(erased_at=None).order_by().values_list("key_id")
    counts |= dict(rows.annotate(n=Count("pk")))
    for key in counts:
        counts[key] += second_factor.uses(key) + sum(one.uses(key) for one in keys.holders())
    return counts


def retire(key_id: str) -> None:
    """Take a former key out of the ring. Raises keys.KeyRingError while anything still needs it."""
    ring = keys.ring(fresh=True)
    if key_id not in ring.made:
        raise keys.KeyRingError(f"密钥环中没有 {key_id}")
    if datetime.now(UTC) - ring.made[ring.current] < RETIRE_AFTER:
        raise keys.KeyRingError("新密钥启用不足一分钟，其他进程可能仍在使用旧密钥，请稍后再试")
    if Secret.objects.filter(key_id=key_id, erased_at=None).exists():
        raise keys.KeyRingError(f"仍有个人信息使用密钥 {key_id}，请先重新加密")
    if second_factor.uses(key_id):
        raise keys.KeyRingError(f"仍有两步验证使用密钥 {key_id}，请先重新加密")
    for holder in keys.holders():
        if holder.uses(key_id):
            raise keys.KeyRingError(f"仍有{holder.name}使用密钥 {key_id}，请先重新加密")
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
