"""Contracts: a version is drafted by the firm and signed by three; a change is a new version, signed anew.

What is signed is a digest over the terms and over the sealed values they speak of (by their salted hashes): a contract
changed after a signature, in its terms or in whom it names, no longer verifies, and nothing personal is in a leaf.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from zhili.base.canonical import canonical
from zhili.base.text import redact
from zhili.core.cases import doors
from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor
from zhili.scenarios.wages.kinds import ROLES
from zhili.scenarios.wages.models import ContractSignature, ContractVersion, Engagement

DRAFTED: Final = "wages_contract"
SIGNED: Final = "wages_signed"


@dataclass(frozen=True)
class Standing:
    """How a version stands: who has signed, and whether it is what they signed. ``fault``: in words, "" when sound."""

    signed: tuple[str, ...]
    fault: str

    @property
    def whole(self) -> bool:
        """Signed by all three, and unaltered."""
        return not self.fault and len(self.signed) == len(ROLES)


def terms_of(engagement: Engagement, more: dict[str, Any] | None = None) -> dict[str, Any]:
    """The terms as agreed; persons stand in them by code and by hashes of what is sealed."""
    crew, worker = engagement.crew, engagement.worker
    sealed = {"name": worker.name.hash, "citizen_id": worker.citizen_id.hash}
    if worker.bank_account is not None:
        sealed["bank_account"] = worker.bank_account.hash
    return {
        "project": crew.project.name,
        "number": crew.project.case.number,
        "firm": {"name": crew.firm.name, "code": crew.firm.code},
        "contractor": {"name": crew.project.contractor.name, "code": crew.project.contractor.code},
        "crew": crew.name,
        "worker": {"code": worker.code, **sealed},
        "pay": engagement.pay,
        "rate_fen": engagement.rate_fen,
        "payday": crew.project.payday,
        "starts": engagement.starts.isoformat(),
        "ends": engagement.ends.isoformat() if engagement.ends else None,
        **(more or {}),
    }


def digested(terms: dict[str, Any], engagement_id: int, number: int) -> str:
    """SHA-256 in hex of what is signed."""
    return hashlib.sha256(
        canonical({"engagement": engagement_id, "number": number, "terms": terms})
    ).hexdigest()


def draft(
    actor: Actor, engagement: Engagement, more: dict[str, Any] | None = None, reason: str = ""
) -> ContractVersion:
    """The next version. ``engagement`` with worker and its secrets, crew, firm and project.

    Raises Refused when a former version is there and no reason is given.
    """
    with transaction.atomic():
        Engagement.objects.select_for_update(of=("self",)).get(pk=engagement.pk)
        number = 1 + ContractVersion.objects.filter(engagement=engagement).count()
        reason = redact(" ".join(reason.split()))[:200]
        if number > 1 and not reason:
            raise Refused("no_reason", _("合同已经有一份，要改请写明原因"), 422)
        terms = terms_of(engagement, more)
        made = ContractVersion(engagement=engagement, number=number, terms=terms, reason=reason)
        made.digest = digested(terms, engagement.pk, number)
        kept = doors.record(DRAFTED, actor, {"digest": made.digest, "number": number}, private(made))
        made.drafted_at, made.leaf_id, made.salt = kept.at, kept.leaf_id, kept.salt
        made.save(force_insert=True)
    return made


def latest(engagement: Engagement) -> ContractVersion | None:
    return ContractVersion.objects.filter(engagement=engagement).order_by("-number").first()


def sign(actor: Actor, version: ContractVersion, role: str, how: str) -> ContractSignature:
    """Sign as one of the three; whether ``actor`` may is the caller's (who.py). Signing again changes nothing.

    Raises Refused for a version that was replaced, or that is no longer what was drafted.
    """
    with transaction.atomic():
        Engagement.objects.select_for_update(of=("self",)).get(pk=version.engagement_id)
        newest = ContractVersion.objects.filter(
            engagement_id=version.engagement_id, number__gt=version.number
        )
        if newest.exists():
            raise Refused("replaced", _("这份合同已有新的一份，请看过新的再签"), 409)
        before = ContractSignature.objects.filter(version=version, role=role).first()
        if before is not None:
            return before
        if fault := _altered(version):
            raise Refused("altered", fault, 409)
        made = ContractSignature(version=version, role=role, digest=version.digest, how=how)
        made.account_id = actor.account_id
        kept = doors.record(SIGNED, actor, {"digest": made.digest, "role": role}, signed_private(made))
        made.at, made.leaf_id, made.salt = kept.at, kept.leaf_id, kept.salt
        made.save(force_insert=True)
        if ContractSignature.objects.filter(version=version).count() == len(ROLES):
            _takes_effect(version)
    return made


def _takes_effect(version: ContractVersion) -> None:
    """Signed by all three, how and how much is paid is what the engagement says from now on."""
    terms = version.terms
    Engagement.objects.filter(pk=version.engagement_id).update(pay=terms["pay"], rate_fen=terms["rate_fen"])


def standing(version: ContractVersion) -> Standing:
    """Who signed a version, and whether it is still what they signed. One query."""
    signatures = list(ContractSignature.objects.filter(version=version).order_by("id"))
    fault = _altered(version)
    if not fault and any(one.digest != version.digest for one in signatures):
        fault = _("有人签的不是这一份内容，这份合同验证不通过")
    return Standing(tuple(one.role for one in signatures), fault)


def private(one: ContractVersion) -> dict[str, Any]:
    return {"engagement": one.engagement_id, "terms": one.terms, "reason": one.reason}


def signed_private(one: ContractSignature) -> dict[str, Any]:
    return {"version": one.version_id, "how": one.how, "account": one.account_id}


def _altered(version: ContractVersion) -> str:
    if digested(version.terms, version.engagement_id, version.number) == version.digest:
        return ""
    return _("合同内容在签名之后被改过，验证不通过")
