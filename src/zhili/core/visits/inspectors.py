"""Who may check: certificates, specialities, conflicts of interest. Kept by the office's administrators."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from zhili.core.people import managing
from zhili.core.people.actors import Actor
from zhili.core.people.managing import AdminRefused
from zhili.core.people.models import Account, AccountKind
from zhili.core.registers.models import Firm
from zhili.core.trail import changes
from zhili.core.visits.models import Conflict, Inspector

INSPECTOR: Final = "visit_inspector"
CONFLICT: Final = "visit_conflict"

EXPIRED, INACTIVE, CONFLICTED, UNCERTIFIED, ELSEWHERE = (
    "expired",
    "inactive",
    "conflict",
    "speciality",
    "elsewhere",
)


@dataclass(frozen=True)
class GivenInspector:
    """What is said of an officer. ``certificate_until``: the last day it is valid."""

    account_id: int
    office_id: int
    certificate_number: str
    certificate_until: date
    specialities: tuple[str, ...] = ()
    active: bool = True


@dataclass(frozen=True, slots=True)
class Excluded:
    """Somebody who may not go, and why: one of the words above; ``until`` of a certificate that has run out."""

    inspector: int
    reason: str
    until: date | None = None

    def words(self) -> str:
        return words(self.reason, self.until)


def words(reason: str, until: date | None = None) -> str:
    """A reason as people read it. A conflict's own reason is nobody's but the office's."""
    match reason:
        case "expired":
            return _("执法证已于%(day)s到期") % {"day": until.isoformat() if until else "—"}
        case "inactive":
            return _("不在岗")
        case "conflict":
            return _("与检查对象有利害关系，应当回避")
        case "speciality":
            return _("没有所需的专业资格")
        case "elsewhere":
            return _("当天时间已排满")
    return reason


@transaction.atomic
def save(given: GivenInspector, actor: Actor, *, seen: int | None = None, reason: str = "") -> Inspector:
    """Add an officer, or change the one of this account. Raises AdminRefused, PermissionDenied, changes.Overtaken."""
    managing.check(actor, given.office_id)
    _refuse(given)
    row = Inspector.objects.select_for_update().filter(account_id=given.account_id).first()
    before = facts(row) if row is not None else {}
    if row is not None:
        managing.check(actor, row.office_id)
        changes.begin(INSPECTOR, row.pk, seen)
    row = row or Inspector(account_id=given.account_id)
    row.office_id = given.office_id
    row.certificate_number = given.certificate_number.strip()
    row.certificate_until = given.certificate_until
    row.specialities = sorted({one.strip() for one in given.specialities if one.strip()})
    row.active = given.active
    after = facts(row)
    if after != before:
        row.save()
        changes.record(
            INSPECTOR,
            "changed" if before else "added",
            actor,
            key=row.pk,
            name=row.certificate_number,
            office=row.office_id,
            before=before,
            after=after,
            reason=reason,
        )
    return row


def _refuse(given: GivenInspector) -> None:
    number = given.certificate_number.strip()
    if not number:
        raise AdminRefused("certificate_number", _("没有执法证的人员不能检查，请填执法证号"))
    account = Account.objects.filter(pk=given.account_id).first()
    if account is None or account.kind != AccountKind.STAFF:
        raise AdminRefused("account", _("检查人员应当是工作人员"))
    if Inspector.objects.filter(certificate_number=number).exclude(account_id=given.account_id).exists():
        raise AdminRefused("certificate_number", _("这个执法证号已登记在另一人名下"))


def facts(row: Inspector) -> dict[str, Any]:
    """What the change record holds of an officer, and the audit holds the row against."""
    return {
        "account": row.account_id,
        "office": row.office_id,
        "certificate_number": row.certificate_number,
        "certificate_until": row.certificate_until.isoformat(),
        "specialities": list(row.specialities),
        "active": row.active,
    }


@transaction.atomic
def declare_conflict(inspector: Inspector, firm: Firm, reason: str, actor: Actor) -> Conflict:
    """This officer does not check this firm. Officers may declare their own. Raises AdminRefused, PermissionDenied."""
    if actor.account_id is None or actor.account_id != inspector.account_id:
        managing.check(actor, inspector.office_id)
    if not reason.strip():
        raise AdminRefused("reason", _("请写明回避原因"))
    row, made = Conflict.objects.get_or_create(
        inspector=inspector, firm=firm, defaults={"reason": reason.strip()[:200]}
    )
    if made:
        _keep_conflict("added", row, actor, after={"reason": row.reason})
    return row


@transaction.atomic
def end_conflict(conflict: Conflict, reason: str, actor: Actor) -> None:
    """The officer may check the firm again; by the office's administrator. Raises AdminRefused, PermissionDenied."""
    managing.check(actor, conflict.inspector.office_id)
    if not reason.strip():
        raise AdminRefused("reason", _("请写明原因"))
    _keep_conflict("ended", conflict, actor, before={"reason": conflict.reason}, reason=reason)
    conflict.delete()


def _keep_conflict(done: str, row: Conflict, actor: Actor, **told: Any) -> None:
    key = f"{row.inspector_id}-{row.firm_id}"
    changes.record(CONFLICT, done, actor, key=key, office=row.inspector.office_id, **told)


def sort_out(
    rows: Iterable[Inspector], day: date, *, firm_id: int | None = None, specialities: Collection[str] = ()
) -> tuple[list[Inspector], list[Excluded]]:
    """Who may check that day (that firm, these specialities), and who may not and why."""
    rows = list(rows)
    conflicted = set(
        Conflict.objects.filter(firm_id=firm_id, inspector__in=rows).values_list("inspector_id", flat=True)
        if firm_id is not None
        else ()
    )
    able: list[Inspector] = []
    excluded: list[Excluded] = []
    for one in rows:
        if not one.active:
            excluded.append(Excluded(one.pk, INACTIVE))
        elif one.certificate_until < day:
            excluded.append(Excluded(one.pk, EXPIRED, one.certificate_until))
        elif one.pk in conflicted:
            excluded.append(Excluded(one.pk, CONFLICTED))
        elif specialities and not set(specialities) & set(one.specialities):
            excluded.append(Excluded(one.pk, UNCERTIFIED))
        else:
            able.append(one)
    return able, excluded
