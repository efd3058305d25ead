"""Registering a device that sends, giving it a new key, saying what it is about, retiring it: each a leaf."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.people import managing
from zhili.core.people.actors import Actor
from zhili.core.people.managing import AdminRefused
from zhili.core.signals.models import Binding, Protocol, Source
from zhili.core.signals.store.packing import EPOCH
from zhili.core.trail import changes

SENDER: Final = "sender"
NUMBER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")
KEYLESS: Final = frozenset({Protocol.WATCH, Protocol.INTERNAL})
"""The watch protocol has no place for a key; the platform needs none with itself."""
ITSELF: Final = "device"
PER_MINUTE_MOST: Final = 60_000
_SYSTEM: Final = frozenset({"rule", "clock"})


def digest(key: str) -> bytes:
    """What is kept of a key. Keys are 256 random bits, so one plain hash is enough."""
    return hashlib.sha256(key.encode()).digest()


@transaction.atomic
def register(
    number: str,
    protocol: str,
    kind: str,
    *,
    actor: Actor,
    office_id: int | None,
    title: str = "",
    subject_kind: str = ITSELF,
    subject_id: int | None = None,
    division_id: int | None = None,
    cell_id: int | None = None,
    device_id: int | None = None,
    per_minute: int = 60,
) -> tuple[Source, str]:
    """A new device of an office and its key, which is told this once and never again ("" where there is none).

    ``subject_kind``: what it is about ("wearer", "place", "thing", "cell"); "device" is itself.
    Raises AdminRefused beside the field at fault, PermissionDenied.
    """
    _check(actor, office_id)
    number = number.strip()
    if not NUMBER.fullmatch(number):
        raise AdminRefused("number", _("设备号是 1 到 64 个字母、数字或 _ . : - 。"))
    if protocol not in Protocol.values:
        raise AdminRefused("protocol", _("没有这种接入方式。"))
    if not 0 <= per_minute <= PER_MINUTE_MOST:
        raise AdminRefused("per_minute", _("每分钟最多 %(n)d 条。") % {"n": PER_MINUTE_MOST})
    if Source.objects.filter(number=number).exists():
        raise AdminRefused("number", _("这个设备号已经登记过。"))
    key = "" if protocol in KEYLESS else secrets.token_urlsafe(32)
    source = Source(
        number=number,
        protocol=protocol,
        kind=kind.strip()[:32],
        title=title.strip()[:80],
        key_sha256=digest(key) if key else b"",
        subject_kind=subject_kind,
        subject_id=subject_id,
        office_id=office_id,
        division_id=division_id,
        cell_id=cell_id,
        device_id=device_id,
        per_minute=per_minute,
    )
    source.save(force_insert=True)
    if subject_kind == ITSELF and subject_id is None:
        source.subject_id = source.pk
        source.save(update_fields=["subject_id"])
    # what it measured of itself before it was registered is its own; of anybody else, nothing before now
    _begin_binding(source, EPOCH if subject_kind == ITSELF else timezone.now())
    _keep("added", source, actor, after=facts(source))
    return source, key


@transaction.atomic
def rekey(source: Source | int, actor: Actor, reason: str = "") -> str:
    """A new key; the former one is void at once. Raises AdminRefused, PermissionDenied."""
    row = _taken(source, actor)
    if row.protocol in KEYLESS:
        raise AdminRefused("", _("这种接入方式没有密钥。"))
    key = secrets.token_urlsafe(32)
    row.key_sha256 = digest(key)
    row.save(update_fields=["key_sha256"])
    _keep("rekeyed", row, actor, reason=reason)
    return key


@transaction.atomic
def bind(
    source: Source | int,
    subject_kind: str,
    subject_id: int | None,
    actor: Actor,
    *,
    division_id: int | None = None,
    cell_id: int | None = None,
    at: datetime | None = None,
    reason: str = "",
) -> Source:
    """From now on it is about something else ("device", None: only itself). What it measured before stays of the other.

    By anybody who holds a post in its office, or above it. Raises AdminRefused, PermissionDenied.
    """
    row = _locked(source)
    if actor.kind not in _SYSTEM and row.office_id not in (None, actor.office_id):
        managing.check(actor, row.office_id)
    if not row.active:
        raise AdminRefused("", _("这个设备已经停用。"))
    if subject_kind == ITSELF and subject_id is None:
        subject_id = row.pk
    before, at = facts(row), at or timezone.now()
    Binding.objects.filter(source=row, until=None).update(until=at)
    row.subject_kind, row.subject_id = subject_kind, subject_id
    if division_id is not None:
        row.division_id = division_id
    if cell_id is not None:
        row.cell_id = cell_id
    row.save(update_fields=["subject_kind", "subject_id", "division", "cell"])
    _begin_binding(row, at)
    _keep("bound", row, actor, before=before, after=facts(row), reason=reason)
    return row


@transaction.atomic
def retire(source: Source | int, actor: Actor, reason: str = "") -> Source:
    """From now on its messages are refused. Its number stays taken. Raises AdminRefused, PermissionDenied."""
    row = _taken(source, actor)
    row.active = False
    row.save(update_fields=["active"])
    Binding.objects.filter(source=row, until=None).update(until=timezone.now())
    _keep("retired", row, actor, before={"active": True}, after={"active": False}, reason=reason)
    return row


def facts(source: Source) -> dict[str, Any]:
    """What the change record shows. The subject stands in it by its id, as everywhere."""
    return {
        "protocol": source.protocol,
        "kind": source.kind,
        "subject": source.subject_kind,
        "subject_id": source.subject_id,
        "division": source.division_id,
        "cell": source.cell_id,
        "device": source.device_id,
        "per_minute": source.per_minute,
    }


def _check(actor: Actor, office_id: int | None) -> None:
    if actor.kind in _SYSTEM:
        return
    if office_id is None:
        raise PermissionDenied(_("这项设置由本单位或上级单位的管理员办理。"))
    managing.check(actor, office_id)


def _locked(source: Source | int) -> Source:
    pk = source.pk if isinstance(source, Source) else source
    row = Source.objects.select_for_update(of=("self",), no_key=True).filter(pk=pk).first()
    if row is None:
        raise AdminRefused("", _("没有这个设备。"))
    return row


def _taken(source: Source | int, actor: Actor) -> Source:
    row = _locked(source)
    _check(actor, row.office_id)
    if not row.active:
        raise AdminRefused("", _("这个设备已经停用。"))
    return row


def _begin_binding(source: Source, at: datetime) -> None:
    if source.subject_id is not None:
        kind, subject = source.subject_kind, source.subject_id
        Binding.objects.create(source=source, subject_kind=kind, subject_id=subject, since=at)


def _keep(done: str, source: Source, actor: Actor, **rest: Any) -> None:
    changes.begin(SENDER, source.pk)
    changes.record(
        SENDER,
        done,
        actor,
        key=source.pk,
        name=source.title or source.number,
        office=source.office_id,
        **rest,
    )
