"""Pairing a television with its village, like any app on a television: it shows a code, which is typed on the desk.

The television keeps a random word in a cookie no script can read; here stands its SHA-256. The word opens nothing but
the alarms of one village in the words meant for its screens, and is worth nothing once the display is revoked.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core import params
from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor
from zhili.core.trail import changes
from zhili.scenarios.village_screens.models import Display, Pairing

COOKIE = "zhili_tv"
COOKIE_AGE = 400 * 24 * 3600
"""Seconds; browsers keep none longer. Each visit renews it."""
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
LENGTH = 6
MOST_WAITING = 50
"""Codes of one village that may wait at once."""
SEEN_EVERY = timedelta(minutes=1)
SUBJECT = "village_display"


def digest(word: str) -> str:
    return hashlib.sha256(word.encode()).hexdigest()


def of_request(request: HttpRequest) -> Display | None:
    """The paired television that asks; noted as seen, at most once a minute."""
    word = request.COOKIES.get(COOKIE, "")
    if not word or len(word) > 100:
        return None
    found = Display.objects.filter(sha256=digest(word), revoked_at=None).first()
    if found is not None:
        now = timezone.now()
        stale = Q(last_seen_at=None) | Q(last_seen_at__lt=now - SEEN_EVERY)
        Display.objects.filter(stale, pk=found.pk).update(last_seen_at=now)
    return found


def begin(division_id: int, word: str) -> tuple[Pairing, str]:
    """A code for the television to show, and the word for its cookie. Asked again in time, the same code.

    Raises Refused (429) when too many codes of the village wait.
    """
    now = timezone.now()
    Pairing.objects.filter(expires_at__lte=now).delete()
    waiting = Pairing.objects.filter(division_id=division_id)
    if word and (known := waiting.filter(sha256=digest(word)).first()):
        return known, word
    if waiting.count() >= MOST_WAITING:
        raise Refused("too_many", _("正在配对的电视太多，请过一刻钟再试"), 429)
    word = secrets.token_urlsafe(32)
    lasts, _version = params.duration("village_screens.pairing")
    made = Pairing.objects.create(
        code="".join(secrets.choice(ALPHABET) for _n in range(LENGTH)),
        sha256=digest(word),
        division_id=division_id,
        expires_at=now + timedelta(minutes=lasts.amount),
    )
    return made, word


def confirm(actor: Actor, division_id: int, code: str, name: str) -> Display:
    """The code was typed on the village's desk: from now on the television is told of alarms. Raises Refused (422)."""
    wanted = "".join(code.upper().split())
    with transaction.atomic():
        changes.begin(SUBJECT, wanted)
        live = Pairing.objects.filter(expires_at__gt=timezone.now(), division_id=division_id)
        waiting = live.filter(code=wanted).first()
        if waiting is None:
            words = _("没有哪台电视正在显示这个配对码，请核对；过了一刻钟的码要在电视上重新打开")
            raise Refused("no_code", words, 422)
        name = _numbered(division_id, name)
        made = Display.objects.create(
            division_id=division_id,
            name=name,
            sha256=waiting.sha256,
            paired_at=timezone.now(),
            paired_by=actor.id,
        )
        waiting.delete()
        told = {"division": division_id}
        changes.record(SUBJECT, "paired", actor, key=made.pk, name=name, office=actor.office_id, after=told)
    return made


def _numbered(division_id: int, name: str) -> str:
    """A second television of the same place gets a number: each line of the list is one that can be told apart."""
    live = Display.objects.filter(division_id=division_id, revoked_at=None, name__startswith=name[:36])
    taken = set(live.values_list("name", flat=True))
    n, free = 1, name
    while free in taken:
        n += 1
        free = f"{name[:36]} {n}"
    return free


def revoke(actor: Actor, display: Display, reason: str = "") -> None:
    """It is told nothing more, within seconds."""
    with transaction.atomic():
        changes.begin(SUBJECT, display.pk)
        gone = Display.objects.filter(pk=display.pk, revoked_at=None).update(revoked_at=timezone.now())
        if gone:
            office = actor.office_id
            changes.record(
                SUBJECT, "revoked", actor, key=display.pk, name=display.name, office=office, reason=reason
            )
