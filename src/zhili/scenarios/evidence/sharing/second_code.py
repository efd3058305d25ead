"""The second code of a link: six digits to the telephone its giver named. The number itself is never shown."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from zhili.core.people import phone_codes, secrets
from zhili.core.people.actors import Actor
from zhili.core.people.phone_codes import CodeRefused
from zhili.scenarios.evidence.sharing.actions import PARTY
from zhili.scenarios.evidence.sharing.models import Share

PURPOSE = "evidence.share"


@dataclass(frozen=True)
class State:
    """What the page says of it: to which number, and whether one is under way."""

    masked: str
    sent: bool
    wait: int


def state(request: HttpRequest, share: Share) -> State | None:
    """None when the link asks for no code."""
    if share.phone_id is None:
        return None
    found = phone_codes.under_way(request)
    mine = found if found is not None and found.purpose == _purpose(share) else None
    masked = secrets.masked([share.phone_id]).get(share.phone_id, "")
    return State(masked, mine is not None, mine.wait if mine else 0)


def send(request: HttpRequest, share: Share) -> str:
    """Send it; why not, in words, or "". The number is opened for that, and the opening is recorded."""
    if share.phone_id is None:
        return ""
    actor = Actor(kind="grant", id=share.grant_id, grant_case=share.case_id, grant_party=PARTY)
    purpose = f"发送共享链接的验证码，物证{share.case.number}"
    number = secrets.open_many([share.phone_id], actor, purpose, share.case_id).get(share.phone_id, "")
    if not number:
        return _("收件人手机号已按期清除，请向出具链接的单位另要一个链接。")
    try:
        phone_codes.send(request, secrets_e164(number), _purpose(share))
    except CodeRefused as refused:
        return refused.message
    return ""


def fault(request: HttpRequest, share: Share) -> str:
    """Check what was typed; why it is not right, or "". A right code is used up."""
    found = phone_codes.under_way(request)
    if found is None or found.purpose != _purpose(share):
        return _("请先获取验证码，发到%(at)s后填在这里。") % {"at": _masked(share)}
    try:
        phone_codes.check(request, request.POST.get("code", "")[:12])
    except CodeRefused as refused:
        return refused.message
    return ""


def secrets_e164(number: str) -> str:
    """As text messages want it."""
    return number if number.startswith("+") else f"+86{number}"


def _masked(share: Share) -> str:
    return secrets.masked([share.phone_id]).get(share.phone_id, "") if share.phone_id else ""


def _purpose(share: Share) -> str:
    return f"{PURPOSE}/{share.pk}"
