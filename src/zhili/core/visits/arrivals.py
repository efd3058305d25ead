"""Scanning in (扫码入企): the officer reads the code on the door, or the business reads the visit's on their phone.

The code on the door is random and stays there; it opens nothing. The visit's code is 80 bits made of the site's own
key, as long as a case's, and shows whoever holds it what this visit is and, once done, its record. Neither names a
person.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.people import grants
from zhili.core.people.actors import Actor
from zhili.core.registers.models import Premises
from zhili.core.trail import changes, leaves
from zhili.core.visits import rights, telling
from zhili.core.visits.answers import VISIT, VisitRefused
from zhili.core.visits.models import Arrival, DoorCode, Officer, Side, Visit, VisitState

LENGTH: Final = 8
KEPT: Final = timedelta(days=366)
"""So long after its day the visit's code still opens it."""
DOOR: Final = "door_code"


def tidy(code: str) -> str:
    """A door's code as people type it, or the address it stands in: 8 symbols; "" when it cannot be one."""
    text = code.strip().rstrip("/").rpartition("/")[2]
    symbols = text.upper().replace("-", "").replace(" ", "").translate(str.maketrans("OIL", "011"))
    return symbols if len(symbols) == LENGTH and set(symbols) <= set(grants.ALPHABET) else ""


@transaction.atomic
def door(premises: Premises, actor: Actor, *, anew: bool = False) -> DoorCode:
    """The code of premises, made at first use, or ``anew`` when the old one got about. Each making is a leaf."""
    changes.begin(DOOR, premises.pk)
    row = DoorCode.objects.filter(premises=premises).first()
    if row is not None and not anew:
        return row
    code = "".join(secrets.choice(grants.ALPHABET) for _n in range(LENGTH))
    made = {"code": code, "made_at": timezone.now()}
    row, _new = DoorCode.objects.update_or_create(premises=premises, defaults=made)
    changes.record(DOOR, "made", actor, key=premises.pk, name=premises.name, facts={"premises": premises.pk})
    return row


def at_door(code: str) -> Premises | None:
    """Whose door it is. One query."""
    row = DoorCode.objects.select_related("premises").filter(code=tidy(code) or "-").first()
    return row.premises if row else None


@transaction.atomic
def arrive(visit_id: int, code: str, actor: Actor, made_at: datetime | None = None) -> Arrival:
    """An officer of the visit read the code on its door. Once for each officer; the visit is under way.

    ``made_at``: when, by the officer's device. Raises VisitRefused, PermissionDenied.
    """
    visit = Visit.objects.select_for_update().filter(pk=visit_id).exclude(state=VisitState.DROPPED).first()
    if visit is None:
        raise VisitRefused(_("没有这次检查，或已取消"))
    going = Officer.objects.filter(visit=visit, inspector__account=actor.account_id or 0).first()
    if going is None or not rights.goes(actor, visit):
        raise PermissionDenied(_("由派往这次检查的人员扫码。"))
    there = at_door(code)
    if there is None or there.pk != visit.premises_id:
        raise VisitRefused(_("这不是这家场所的码，请核对场所或手工输入码下面的八位字符"))
    known = Arrival.objects.filter(visit=visit, side=Side.OFFICER, inspector=going.inspector_id).first()
    return known or _keep(
        Arrival(visit=visit, side=Side.OFFICER, inspector_id=going.inspector_id, body_id=going.body_id),
        actor,
        made_at,
    )


@transaction.atomic
def confirm(visit_id: int, actor: Actor) -> Arrival:
    """Whoever holds the visit's code says that the officers are there. Raises VisitRefused."""
    visit = Visit.objects.select_for_update().get(pk=visit_id)
    if known := Arrival.objects.filter(visit=visit, side=Side.BUSINESS).first():
        return known
    if visit.state not in (VisitState.PLANNED, VisitState.UNDER_WAY) or visit.date > timezone.localdate():
        raise VisitRefused(_("现在不能确认：检查还没有到日子，或已经结束"))
    return _keep(Arrival(visit=visit, side=Side.BUSINESS), actor, None)


def _keep(row: Arrival, actor: Actor, made_at: datetime | None) -> Arrival:
    row.at = timezone.now()
    row.made_at = min(made_at or row.at, row.at)
    row.salt = secrets.token_bytes(16)
    row.leaf_id = leaves.append("record", row.at, telling.arrival(row), {}, bytes(row.salt)).pk
    row.save(force_insert=True)
    visit = row.visit
    if visit.state == VisitState.PLANNED:
        visit.state = VisitState.UNDER_WAY
        visit.save(update_fields=["state"])
        changes.record(
            VISIT, visit.state, actor, key=visit.pk, before={"state": VisitState.PLANNED},
            after={"state": visit.state}, facts={"visit": visit.pk},
        )  # fmt: skip
    return row


def code_of(visit: Visit) -> str:
    """The visit's own code, for the business: the same whenever it is asked for."""
    about = f"visits.visit/{visit.pk}/{visit.premises_id}/{visit.plan_id or 0}"
    return grants.prepare(
        None, "business", seed=hmac.digest(settings.SECRET_KEY.encode(), about.encode(), "sha256")
    )[0]


def by_code(visit_id: int, code: str) -> Visit | None:
    """The visit, for whoever holds its code; None for whatever else, and a year after its day. One query."""
    given = grants.tidy(code)
    visit = Visit.objects.select_related("premises__firm", "plan__office").filter(pk=visit_id).first()
    if given is None or visit is None or visit.date + KEPT < timezone.localdate():
        return None
    return visit if hmac.compare_digest(given, grants.tidy(code_of(visit)) or "") else None


def unscanned(actor: Actor) -> QuerySet[Visit]:
    """Visits of the reader's office and below that were finished though nobody scanned in."""
    scans = Arrival.objects.filter(visit=OuterRef("pk"))
    return rights.visits(actor).filter(~Exists(scans), state=VisitState.DONE)
