"""我也遇到: met with the same matter, and said so instead of reporting it again.

It counts people, not reports: once for an account, once for a phone without one; it may be taken back. Only public
matters that are still open can be joined. Each joining and leaving is a leaf, which says the matter and the count but
not who. Whoever joins sees what everybody sees; one with an account is told when the matter is accepted or answered.
"""

from __future__ import annotations

import hmac
import secrets as randomness
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.cases import doors, query
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, Joined
from zhili.core.people.actors import Actor

ROLE = "joined"
"""The party of a case whose members have joined it, for notices."""


@dataclass(frozen=True)
class Standing:
    """How many joined a matter, whether the asker is among them, and whether they may."""

    number: str
    count: int
    joined: bool
    may: bool


def new_device() -> str:
    """A word a browser without an account keeps, so that it counts once."""
    return randomness.token_urlsafe(24)


def standing(case: Case, actor: Actor, device: str = "") -> Standing:
    """One query, none for whoever could not have joined."""
    who = _who(case, actor, device)
    mine = who is not None and Joined.objects.filter(case=case, who=who).exists()
    return Standing(case.number, case.joined, mine, _why_not(case, actor) is None)


def join(number: str, actor: Actor, device: str = "") -> Standing:
    """Count the asker in; a repeat changes nothing. One that was merged is joined in its lead.

    Raises Refused (403, 404, 409).
    """
    with transaction.atomic():
        case = _open(number)
        if refusal := _why_not(case, actor):
            raise refusal
        who = _who(case, actor, device)
        if who is None:
            raise Refused(
                "no_device", _("这台设备不保存 Cookie，没法只记一次；请登录后再按，或照常报上来。"), 403
            )
        account = actor.account_id if actor.kind == "account" else None
        row = {"account_id": account, "at": timezone.now()}
        _row, made = Joined.objects.get_or_create(case=case, who=who, defaults=row)
        if made:
            _count(case, "joined", actor, who)
    return Standing(case.number, case.joined, True, True)


def leave(number: str, actor: Actor, device: str = "") -> Standing:
    """Take it back; whoever had not joined changes nothing. Raises Refused (404)."""
    with transaction.atomic():
        case = _found(number)
        who = _who(case, actor, device)
        gone = 0
        if who is not None:
            gone, _each = Joined.objects.filter(case=case, who=who).delete()
        if gone and who is not None:
            _count(case, "left", actor, who)
    return Standing(case.number, case.joined, False, _why_not(case, actor) is None)


def of_account(actor: Actor) -> QuerySet[Case]:
    """What an account has joined and may still see, newest first."""
    if actor.kind != "account":
        return Case.objects.none()
    mine = Joined.objects.filter(account_id=actor.account_id)
    return query.public().filter(pk__in=mine.values("case_id")).order_by("-id")


def _found(number: str) -> Case:
    case = query.public().select_for_update().filter(number=number).first()
    if case is None:
        raise Refused("no_case", _("没有找到这件事，或者它不对外公开。"), 404)
    return case


def _open(number: str) -> Case:
    case = _found(number)
    if case.lead_id is None:
        return case
    lead = query.public().select_for_update().filter(pk=case.lead_id).first()
    return lead or case


def _why_not(case: Case, actor: Actor) -> Refused | None:
    if actor.kind not in ("anonymous", "account", "grant"):
        return Refused("as_post", _("您现在以岗位身份登录；自己遇到的，请用个人身份。"), 403)
    if not query.is_open_to_all(case):
        return Refused("no_case", _("没有找到这件事，或者它不对外公开。"), 404)
    if actor.account_id is not None and actor.account_id == case.opener_id:
        return Refused("own", _("这件事就是您报的，已经算您一份。"), 409)
    if actor.kind == "grant" and actor.grant_case == case.pk:
        return Refused("own", _("这件事就是您报的，已经算您一份。"), 409)
    if case.closed_at is not None:
        return Refused("closed", _("这件事已经办结。又遇到了，请重新报上来。"), 409)
    return None


def _who(case: Case, actor: Actor, device: str) -> str | None:
    """The same one within a case; None for a post, and for a browser that keeps nothing."""
    if actor.kind == "account":
        text = f"account/{actor.account_id}"
    elif actor.kind in ("anonymous", "grant") and device:
        text = f"device/{device}"
    else:
        return None
    return hmac.digest(settings.SECRET_KEY.encode(), f"joined/{case.pk}/{text}".encode(), "sha256").hex()


def _count(case: Case, kind: str, actor: Actor, who: str) -> None:
    """Those of the matter and of what was merged into it."""
    rows = Joined.objects.filter(Q(case=case) | Q(case__lead=case))
    case.joined = rows.values("who", "case").count()
    Case.objects.filter(pk=case.pk).update(joined=case.joined)
    doors.record(kind, actor, {"case": case.number, "count": case.joined}, {"who": who})
