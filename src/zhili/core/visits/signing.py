"""Names under the record: drawn on a phone, kept as a picture as of one on paper, bound to what it stands under.

It is a picture and no more: nobody is recognised by it, no pressure and no speed is kept. Whoever is on site may
refuse, which is written down with its reason (two officers then sign alone). Their name is not asked for: the drawn
one says it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zhili.core.files import attaching
from zhili.core.files.models import File
from zhili.core.people.actors import Actor
from zhili.core.trail import leaves
from zhili.core.visits import checklists, officers, rights, telling
from zhili.core.visits.answers import VisitRefused
from zhili.core.visits.combining import Told
from zhili.core.visits.models import Officer, Signature, Visit, VisitState

CAPACITIES: Final = {
    "charge": gettext_noop("负责人"),
    "staff": gettext_noop("现场工作人员"),
    "other": gettext_noop("其他在场人"),
}
Shown = list[list[Any]]
"""Rows of (item, question, value as text, note). Photos are bound by the leaves of the answers."""


@dataclass(frozen=True, slots=True)
class GivenSignature:
    """A signature as it comes in. ``inspector``: None for whoever is on site. A ``reason``, no picture: refused."""

    inspector: int | None
    shown: Shown
    made_at: datetime
    capacity: str = ""
    reason: str = ""
    picture: File | None = None


@transaction.atomic
def sign(visit_id: int, given: GivenSignature, actor: Actor) -> Signature:
    """Keep a signature taken by one of the visit's officers; the very same twice is kept once.

    Taken after the visit was closed too: a phone may come back late. Raises VisitRefused, PermissionDenied.
    """
    visit = Visit.objects.select_for_update().filter(pk=visit_id).exclude(state=VisitState.DROPPED).first()
    if visit is None:
        raise VisitRefused(_("没有这次检查，或已取消"))
    if not rights.goes(actor, visit) or actor.account_id is None:
        raise PermissionDenied(_("签字由派往这次检查的人员收取。"))
    _check(visit, given)
    now = timezone.now()
    made_at = min(given.made_at, now)
    known = Signature.objects.filter(
        visit=visit, inspector=given.inspector, author=actor.account_id, made_at=made_at
    ).first()
    if known is not None:
        return known
    if given.picture is not None and given.picture.expires_at is not None:
        attaching.hold([given.picture])
    row = Signature(
        visit=visit,
        inspector_id=given.inspector,
        capacity="" if given.inspector else given.capacity,
        reason=given.reason.strip()[:300],
        file=given.picture,
        sha256=given.picture.sha256 if given.picture else "",
        shown=given.shown,
        digest=officers.digest({"shown": given.shown}),
        author_id=actor.account_id,
        label=actor.label[:180],
        made_at=made_at,
        at=now,
        salt=secrets.token_bytes(16),
    )
    shown, sealed = telling.signature(row)
    row.leaf_id = leaves.append("record", now, shown, sealed, bytes(row.salt)).pk
    row.save(force_insert=True)
    return row


def _check(visit: Visit, given: GivenSignature) -> None:
    if given.inspector and not Officer.objects.filter(visit=visit, inspector=given.inspector).exists():
        raise VisitRefused(_("这名检查人员不在这次检查的名单上"))
    if not given.inspector and given.capacity not in CAPACITIES:
        raise VisitRefused(_("请选在场人是什么身份"))
    if given.inspector and given.picture is None:
        raise VisitRefused(_("检查人员应当签字"))
    if given.picture is None and not given.reason.strip():
        raise VisitRefused(_("请签字，或写明拒绝签字的原因"))
    if not fits(given.shown):
        raise VisitRefused(_("签字时看到的内容没有传好"))


def fits(shown: Any) -> bool:
    """Whether it is what a signer had before them."""
    kinds = (int, str, str, str)
    return (
        isinstance(shown, list)
        and len(shown) <= 20 * checklists.MOST
        and all(
            isinstance(row, list)
            and len(row) == len(kinds)
            and all(type(value) is kind for value, kind in zip(row, kinds, strict=True))
            and len(row[2]) + len(row[3]) <= 2 * checklists.LONGEST
            for row in shown
        )
    )


def shown_now(told: Mapping[tuple[int, str], Told]) -> Shown:
    """What a signer has before them: the last standing answer to each question."""
    return [
        [item, question, str(last.value), last.note]
        for (item, question), one in sorted(told.items())
        for last in one.standing[-1:]
    ]


def changed_since(row: Signature, told: Mapping[tuple[int, str], Told]) -> int:
    """How many questions say something else now than what was signed."""
    before = {(a[0], a[1]): a[2:] for a in row.shown}
    now = {(a[0], a[1]): a[2:] for a in shown_now(told)}
    return sum(before.get(key) != now.get(key) for key in before.keys() | now.keys())


def last_of_each(rows: Sequence[Signature]) -> list[Signature]:
    """Of each signer the last, officers first."""
    last: dict[int, Signature] = {}
    for row in sorted(rows, key=lambda row: (row.made_at, row.pk)):
        last[row.inspector_id or 0] = row
    return sorted(last.values(), key=lambda row: (row.inspector_id is None, row.inspector_id or 0))


def signer(row: Signature) -> str:
    """Who, in words: an officer by number, whoever was on site by capacity."""
    if row.inspector is not None:
        return _("检查人员 %(number)s") % {"number": row.inspector.certificate_number}
    return _("在场人（%(capacity)s）") % {"capacity": _(CAPACITIES.get(row.capacity, row.capacity))}
