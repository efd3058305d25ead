"""Messages to offices about warnings: in the app, to all who act for the office, without a personal value."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from zhili.core.notices.models import Channel, Notice, State
from zhili.core.signals import registry
from zhili.core.signals.models import Level, Warning
from zhili.core.signals.warnings import wording


def note(warnings: Iterable[Warning], what: str, now: datetime) -> None:
    """One message to the office of each; told twice it is one. ``what``: raised, escalated."""
    rows = []
    with translation.override(settings.LANGUAGE_CODE):
        for one in warnings:
            if one.office_id is None:
                continue
            subject, body = words(one, what)
            rows.append(
                Notice(
                    office_id=one.office_id,
                    case_id=one.case_id,
                    kind=f"signals.{one.rule}"[:120],
                    channel=Channel.APP,
                    subject=subject,
                    body=body,
                    key=f"warning/{one.pk}/{what}/{one.rung}/o{one.office_id}",
                    state=State.SENT,
                    sent_at=now,
                )
            )
    Notice.objects.bulk_create(rows, ignore_conflicts=True)


def words(one: Warning, what: str) -> tuple[str, str]:
    rule = registry.rules().get(one.rule)
    title = wording.title(one.rule)
    head = _("%(level)s预警：%(title)s") % {"level": Level(one.level).label, "title": title}
    if what == ESCALATED:
        head = _("无人接手，升级：%(head)s") % {"head": head}
    said = wording.sentence(rule, one.facts) if rule else title
    where = wording.place(one)
    return head[:200], f"{where}　{said}" if where else said


ESCALATED: Final = "escalated"
