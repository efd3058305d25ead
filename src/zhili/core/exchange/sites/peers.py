"""The sites we know: added, their keys pinned and revoked, agreements loaded. Each change is a leaf of the trail."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base import notes
from zhili.base.exchange import agreement as agreements_
from zhili.base.exchange.shape import SITE
from zhili.core.cases import registry
from zhili.core.exchange.models import RemoteSite, SiteAgreement, SiteKey
from zhili.core.exchange.sites import keys
from zhili.core.exchange.sites.opening import unfit
from zhili.core.people.actors import Actor
from zhili.core.people.models import Account, AccountKind, Office
from zhili.core.trail import changes
from zhili.core.trail.changes import By

SITE_SUBJECT: Final = "exchange.site"
KEY_SUBJECT: Final = "exchange.key"
AGREEMENT_SUBJECT: Final = "exchange.agreement"


class Misfit(ValueError):
    """Something that cannot be as it was asked for; the message is for the operator. ``field`` of ``Known``, if one."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Known:
    """What an operator says of a site."""

    site: str
    title: str
    url: str
    office: str
    """Code of our office that holds what comes from there."""
    keys: tuple[bytes, ...] = ()
    """Raw public keys (32 bytes each), compared out of band."""
    trail_keys: tuple[str, ...] = ()
    private_allowed: bool = False
    by_gate: bool = False
    per_minute: int = 1_200
    division_code: str = ""


@transaction.atomic
def add(known: Known, by: By) -> RemoteSite:
    """Make a site with its machine account and keys. Raises Misfit."""
    changes.begin(SITE_SUBJECT, known.site)
    _check_name(known.site)
    _check_url(known.url)
    office = Office.objects.filter(code=known.office).first()
    if office is None:
        raise Misfit(_("没有代码为%(code)s的单位。") % {"code": known.office}, "office")
    account = Account(
        username=f"site-{known.site}"[:64],
        kind=AccountKind.MACHINE,
        display_name=(known.title or known.site)[:64],
    )
    account.set_unusable_password()
    account.save()
    site = RemoteSite.objects.create(
        site=known.site, title=(known.title or known.site)[:80], url=known.url.rstrip("/"), account=account,
        office=office, private_allowed=known.private_allowed, by_gate=known.by_gate,
        per_minute=max(1, known.per_minute), division_code=known.division_code[:12],
        trail_keys=[_trail_key(one) for one in known.trail_keys],
    )  # fmt: skip
    after = {
        "url": site.url,
        "office": office.pk,
        "per_minute": site.per_minute,
        "trail_keys": site.trail_keys,
    }
    _keep(
        SITE_SUBJECT, "added", site, by, after=after | {"private": site.private_allowed, "gate": site.by_gate}
    )
    for public in known.keys:
        add_key(site, public, by)
    return site


@transaction.atomic
def change(site: RemoteSite, by: By, reason: str = "", **fields: Any) -> None:
    """Other values of url, title, office, active, per_minute, private_allowed, by_gate, trail_keys. Raises Misfit."""
    changes.begin(SITE_SUBJECT, site.site)
    if "url" in fields:
        _check_url(fields["url"])
        fields["url"] = fields["url"].rstrip("/")
    if "trail_keys" in fields:
        fields["trail_keys"] = [_trail_key(one) for one in fields["trail_keys"]]
    before = {name: _plain(getattr(site, name)) for name in fields}
    after = {name: _plain(value) for name, value in fields.items()}
    if before == after:
        return
    for name, value in fields.items():
        setattr(site, name, value)
    site.save(update_fields=list(fields))
    done = {True: "switched_on", False: "switched_off"}.get(fields.get("active", ""), "changed")
    _keep(SITE_SUBJECT, done, site, by, before=before, after=after, reason=reason)


@transaction.atomic
def add_key(
    site: RemoteSite, public: bytes, by: By, *, until: datetime | None = None, since: datetime | None = None
) -> SiteKey:
    """Another key by which it is known, beside the former ones. Raises Misfit."""
    try:
        Ed25519PublicKey.from_public_bytes(public)
    except ValueError as error:
        raise Misfit(_("这不是 Ed25519 公钥（32字节）。"), "keys") from error
    keyid = keys.key_id(site.site, public)
    changes.begin(KEY_SUBJECT, keyid)
    there = SiteKey.objects.filter(keyid=keyid).first()
    if there is not None:
        words = _("这把钥匙已经吊销，不能再用。") if there.revoked_at else _("这把钥匙已经登记过。")
        raise Misfit(words, "keys")
    key = SiteKey.objects.create(
        site=site, keyid=keyid, public=public, since=since or timezone.now(), until=until
    )
    _keep(KEY_SUBJECT, "added", site, by, key=keyid, facts=_public(key))
    return key


@transaction.atomic
def revoke(key: SiteKey, by: By, reason: str) -> None:
    """It stops at once, for every process: keys are read from the database for each request. Raises Misfit."""
    if not reason.strip():
        raise Misfit(_("请写明吊销的原因。"), "reason")
    changes.begin(KEY_SUBJECT, key.keyid)
    key.refresh_from_db()
    if key.revoked_at is not None:
        return
    key.revoked_at, key.reason = timezone.now(), reason.strip()[:300]
    key.save(update_fields=["revoked_at", "reason"])
    _keep(KEY_SUBJECT, "revoked", key.site, by, key=key.keyid, reason=key.reason, facts=_public(key))


@transaction.atomic
def load_agreement(
    site: RemoteSite,
    document: Mapping[str, Any],
    by: By,
    *,
    procedure: str = "",
    opening: str = "",
    local_field: Mapping[str, str] | None = None,
) -> SiteAgreement:
    """Put an edition in force; the former one of that code is kept and no longer used. Raises Misfit, or WireError
    naming the field at fault."""
    found = agreements_.parse_document(document)
    if set(found.sites) != {site.site, keys.site()}:
        raise Misfit(_("这份协议不是本站和%(site)s之间的。") % {"site": site.site}, "sites")
    _check_opening(procedure, opening)
    changes.begin(AGREEMENT_SUBJECT, f"{site.site}/{found.code}")
    former = SiteAgreement.objects.filter(site=site, code=found.code, active=True).first()
    given = {"procedure": procedure, "opening": opening, "local_field": dict(local_field or {})}
    same = SiteAgreement.objects.filter(site=site, code=found.code, version=found.version).first()
    if same is not None and same.digest != found.digest():
        raise Misfit(_("这个版本号已经用于另一份文本，请换一个版本号。"), "version")
    if former is not None and former.version > found.version:
        raise Misfit(_("已有更新的版本（%(version)s）在用。") % {"version": former.version}, "version")
    if former is not None and former != same:
        SiteAgreement.objects.filter(pk=former.pk).update(active=False)
    row, _made = SiteAgreement.objects.update_or_create(
        site=site, code=found.code, version=found.version,
        defaults={
            **given, "digest": found.digest(), "document": found.document(), "active": True,
            "valid_from": found.valid_from, "valid_to": found.valid_to,
        },
    )  # fmt: skip
    facts = {"site": site.site, "code": row.code, "version": row.version, "digest": row.digest}
    _keep(AGREEMENT_SUBJECT, "loaded", site, by, key=f"{site.site}/{row.code}", after=given, facts=facts)
    return row


@transaction.atomic
def end_agreement(row: SiteAgreement, by: By, reason: str) -> None:
    """It is used no more; matters already handed over under it go on."""
    changes.begin(AGREEMENT_SUBJECT, f"{row.site.site}/{row.code}")
    SiteAgreement.objects.filter(pk=row.pk).update(active=False)
    facts = {"site": row.site.site, "code": row.code, "version": row.version, "digest": row.digest}
    _keep(
        AGREEMENT_SUBJECT,
        "ended",
        row.site,
        by,
        key=f"{row.site.site}/{row.code}",
        reason=reason,
        facts=facts,
    )


def agreement(site: RemoteSite, code: str) -> SiteAgreement | None:
    """The edition in force today."""
    return next((one for one in agreements(site) if one.code == code), None)


def agreements(site: RemoteSite) -> Sequence[SiteAgreement]:
    """All in force today. One query."""
    today = timezone.localdate()
    held = Q(valid_to=None) | Q(valid_to__gte=today)
    return list(
        SiteAgreement.objects.filter(held, site=site, active=True, valid_from__lte=today).order_by("code")
    )


def actor(site: RemoteSite) -> Actor:
    """As whom what comes from there is done."""
    return Actor(kind="site", id=site.pk, account_id=site.account_id, label=site.title)


def _check_name(name: str) -> None:
    if not re.fullmatch(SITE, name, re.ASCII):
        raise Misfit(_("代号只用小写字母、数字、点和连字符。"), "site")
    if name == keys.site():
        raise Misfit(_("这是本站自己的代号。"), "site")
    if RemoteSite.objects.filter(site=name).exists():
        raise Misfit(_("已经有代号为%(site)s的站点。") % {"site": name}, "site")


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise Misfit(_("地址应为 https://… ，不带参数。"), "url")


def _trail_key(text: str) -> str:
    try:
        return str(notes.parse_vkey(text))
    except notes.NoteError as error:
        raise Misfit(_("存证公钥不对：%(why)s") % {"why": error}, "trail_keys") from error


def _check_opening(procedure: str, opening: str) -> None:
    """Empty: nothing comes in under it. Raises Misfit."""
    if not procedure and not opening:
        return
    declared = registry.procedure(procedure)
    if declared is None or opening not in declared.openings:
        raise Misfit(_("没有这样的事项入口：%(name)s") % {"name": f"{procedure}/{opening}"}, "procedure")
    if why := unfit(procedure, opening):
        raise Misfit(why, "opening")


def _public(key: SiteKey) -> dict[str, Any]:
    """What the leaf of a key says openly: which key of which site."""
    return {"keyid": key.keyid, "public": bytes(key.public).hex()}


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, Office) else value


def _keep(subject: str, done: str, site: RemoteSite, by: By, *, key: str = "", **told: Any) -> None:
    changes.record(subject, done, by, key=key or site.site, name=site.title, **told)
