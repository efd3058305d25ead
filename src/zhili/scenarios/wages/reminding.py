"""A text message with a worker's own link when days wait for their yes: no app, no account needed; once a day at most.

The number is opened for the sending only, each opening in the trail. What is sent names neither person nor place of
work.
"""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base.codes import CodeError
from zhili.core import params
from zhili.core.cases import doors
from zhili.core.people import phones, secrets, sms
from zhili.core.people.actors import Actor
from zhili.scenarios.wages import who
from zhili.scenarios.wages.models import Confirmation, DayLine, Project, Worker

log = logging.getLogger("zhili.wages")
RECORD: Final = "wages_reminded"
SENDER: Final = Actor(kind="rule", label="考勤提醒")
BACK: Final = timedelta(days=45)
"""As far back as the worker's page shows days."""
HOURS: Final = range(18, 21)
"""In the evening, after work, when the day has been written (our own design)."""
BATCH: Final = 200
LONGEST_S: Final = 30
"""A slow provider does not hold up the other duties; whoever is left comes with the next turn."""


def remind() -> int:
    """Send what is due in this evening's hours; how many messages. Nothing without a provider or a public address."""
    now = timezone.localtime()
    if now.hour not in HOURS or not sms.offered() or not settings.SITE_URL:
        return 0
    sent, until = 0, time.monotonic() + LONGEST_S
    for worker in _waiting():
        sent += _send(worker)
        if time.monotonic() > until:
            break
    return sent


def _waiting() -> list[Worker]:
    """Whoever has a telephone and a day they have said nothing to, and was sent nothing today."""
    today = timezone.localdate()
    said = Confirmation.objects.filter(line=OuterRef("pk"), role="worker")
    newer = DayLine.objects.filter(
        sheet=OuterRef("sheet"), engagement=OuterRef("engagement"), number__gt=OuterRef("number")
    )
    lines = DayLine.objects.filter(
        ~Exists(said), ~Exists(newer),
        sheet__lacking__gt=0, sheet__date__gte=today - BACK, sheet__date__lte=today,
    )  # fmt: skip
    rows = Worker.objects.filter(
        pk__in=lines.values("engagement__worker"),
        phone__isnull=False,
        phone__erased_at=None,
        erased_at=None,
    )
    return list(rows.exclude(reminded_on=today).order_by("pk")[:BATCH])


def _send(worker: Worker) -> int:
    """Written down as sent before it goes: a lost answer of the provider may cost one message, never sends two."""
    today = timezone.localdate()
    mine = Worker.objects.filter(pk=worker.pk).exclude(reminded_on=today)
    if not mine.update(reminded_on=today):
        return 0
    project = (
        Project.objects.filter(crews__engagements__worker=worker)
        .order_by("-crews__engagements__starts")
        .first()
    )
    if project is None or worker.phone_id is None:
        return 0
    opened = secrets.open_many([worker.phone_id], SENDER, "发送考勤确认链接", project.pk)
    try:
        number = phones.tidy(opened.get(worker.phone_id, ""))
    except CodeError:  # a landline takes no message
        return 0
    address = f"{settings.SITE_URL.rstrip('/')}/wages/me/{who.link(project, worker, 'wages.sms_link')}"
    words = _("您有考勤等确认，打开就能看、能说对不对：%(address)s") % {"address": address}
    text = sms.Text(
        number,
        params.get("wages.sms_template").text,
        {"link": address},
        words,
        f"wages-{worker.pk}-{today.isoformat()}",
    )
    told = sms.provider().send(text)
    doors.record(RECORD, SENDER, {"status": told.status.value}, {"worker": worker.pk})
    if told.status == sms.Status.FAILED:
        log.warning("reminder of worker %s was not taken: %s", worker.pk, told.error)
        return 0
    return 1
